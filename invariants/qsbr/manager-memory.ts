// A manager's shared word, read from its memory by the published layout, and the executors' own state: what the qsbr invariants look at. They do
// not use the manager that they judge.

/** Byte offsets of the word's halves, from the manager's begin. */
const SETS_OFFSET = 16
const EPOCH_OFFSET = 20
const PENDING_MASK = 0xffff
const REGISTERED_SHIFT = 16
const MANAGER_BYTES = 64

export class ManagerMemory {
  readonly buffer: SharedArrayBuffer
  readonly #byteOffset: number
  readonly #halves: Int32Array

  constructor(buffer: SharedArrayBuffer, byteOffset = 0) {
    this.buffer = buffer
    this.#byteOffset = byteOffset
    this.#halves = new Int32Array(buffer, byteOffset, MANAGER_BYTES / 4)
  }

  get epoch(): number {
    return (this.#halves[EPOCH_OFFSET / 4] as number) >>> 0
  }

  /** One bit for each executor id. */
  get registered(): number {
    return (this.#halves[SETS_OFFSET / 4] as number) >>> REGISTERED_SHIFT
  }

  /** Those that have not passed in this epoch, one bit for each executor id. */
  get pending(): number {
    return (this.#halves[SETS_OFFSET / 4] as number) & PENDING_MASK
  }

  /** Both sets in one number: for comparing. */
  get sets(): number {
    return this.#halves[SETS_OFFSET / 4] as number
  }

  /** Name of a location; undefined outside the manager. */
  nameOf(byteOffset: number): string | undefined {
    const at = byteOffset - this.#byteOffset
    if (at < 0 || at >= MANAGER_BYTES) return undefined
    return at === SETS_OFFSET ? 'word' : at === EPOCH_OFFSET ? 'epoch half' : `header+${at}`
  }

  describe(): { epoch: number; registered: string; pending: string } {
    return { epoch: this.epoch, registered: setText(this.registered), pending: setText(this.pending) }
  }
}

/** What an executor knows of itself: as `LocalManager.inspect` shows it. */
export interface ExecutorSnapshot {
  executorId: number
  phase: 'registered' | 'paused' | 'evicted' | 'left' | 'gone'
  localEpoch: number
  passed: boolean
  openSize: number
  closedBags: { tag: number; size: number }[]
}

/** A local manager, as far as invariants need it. */
export interface Executor {
  /** Fills `reuse`, if given, and returns it. */
  inspect(reuse?: ExecutorSnapshot): ExecutorSnapshot
  pendingReclaims(): number
}

/** A snapshot to be filled. */
export function blankSnapshot(): ExecutorSnapshot {
  return { executorId: 0, phase: 'gone', localEpoch: 0, passed: false, openSize: 0, closedBags: [] }
}

/** Looks at executors again and again: each has a snapshot of its own that is filled anew, whose bags are mostly as many as before. */
export class Snapshots {
  readonly #byPeer: ExecutorSnapshot[] = []

  /** The executor's state now, until the next look at it. */
  take(peer: number, executor: Executor): ExecutorSnapshot {
    while (this.#byPeer.length <= peer) this.#byPeer.push(blankSnapshot())
    return executor.inspect(this.#byPeer[peer])
  }
}

/** What the invariants look at in a scenario's world. */
export interface QsbrView {
  readonly memory: ManagerMemory
  /** By simulated peer: its local manager, from its registration on. */
  readonly executors: readonly (Executor | undefined)[]
}

export type QsbrViewOf<World> = (world: World) => QsbrView

/** Executor ids in a set. */
export function setText(set: number): string {
  const ids: number[] = []
  for (let id = 0; set >>> id !== 0; id++) if (((set >>> id) & 1) !== 0) ids.push(id)
  return `{${ids.join(', ')}}`
}

/** How many there are in a set. */
export function countOf(set: number): number {
  let count = 0
  for (let rest = set; rest !== 0; rest &= rest - 1) count += 1
  return count
}
