// A worker of varslot-pool.stress.test.ts. Two kinds: `traffic` allocates, fills, verifies, frees and hands slots to the next
// worker until it is told to stop or is terminated; `race` frees the same slots as its twin.

import { parentPort, workerData } from 'node:worker_threads'
import { DoubleFreeError, type SizeClassConfig, type SlotRef, StaleSlotError, VarSlotPool } from './public.js'

export interface WorkerInput {
  readonly kind: 'traffic' | 'race'
  readonly pool: SharedArrayBuffer
  readonly configs: readonly SizeClassConfig[]
  /** Words shared with the host and the other workers: see the constants below. */
  readonly control: SharedArrayBuffer
  readonly peer: number
  readonly workerCount: number
  /** Of the worker's random numbers. */
  readonly seed: number
}

/** What a worker posts: `joined`, then counts when it has stopped. */
export type WorkerOutput = 'joined' | { readonly allocated: number; readonly freed: number; readonly received: number; readonly stale: number }

// Words of the control block.
export const STOP = 0
export const FAILURES = 1
/** Race: number of the current round; number of the last round that the twin has done; the round's slot and generation; its winners. */
export const ROUND = 2
export const ROUND_DONE = 3
export const ROUND_SLOT = 4
export const ROUND_GENERATION = 5
export const ROUND_WINNERS = 6
const RINGS = 16
const RING_ENTRIES = 16
const RING_HEAD = 0
const RING_TAIL = 1
const RING_FIRST_ENTRY = 2
const ENTRY_WORDS = 4
const RING_WORDS = RING_FIRST_ENTRY + RING_ENTRIES * ENTRY_WORDS

export const CONTROL_BYTES = (RINGS + 8 * RING_WORDS) * 4
const HELD_MAX = 6

interface Held {
  readonly ref: SlotRef
  /** What the slot was filled with. */
  readonly seed: number
}

class Traffic {
  readonly #pool: VarSlotPool
  readonly #control: Int32Array
  readonly #peer: number
  readonly #sizes: readonly number[]
  /** First word of the ring that this worker reads; the next one it writes. */
  readonly #incoming: number
  readonly #outgoing: number
  #random: number
  #held: Held[] = []
  readonly counts = { allocated: 0, freed: 0, received: 0, stale: 0 }

  constructor(input: WorkerInput, pool: VarSlotPool) {
    this.#pool = pool
    this.#control = new Int32Array(input.control)
    this.#peer = input.peer
    this.#sizes = input.configs.map((config) => config.slotSize)
    const index = input.peer - 1
    this.#incoming = RINGS + RING_WORDS * index
    this.#outgoing = RINGS + RING_WORDS * ((index + 1) % input.workerCount)
    this.#random = input.seed
  }

  run(): void {
    while (Atomics.load(this.#control, STOP) === 0) {
      switch (this.#draw(4)) {
        case 0:
          this.#receive()
          break
        case 1:
          if (this.#held.length < HELD_MAX) this.#allocate()
          break
        case 2:
          this.#free()
          break
        default:
          this.#send()
      }
    }
    for (const held of this.#held) this.#verify(held)
  }

  #allocate(): void {
    const ref = this.#pool.allocate(this.#draw((this.#sizes.at(-1) as number) + 1), this.#peer)
    if (ref === undefined) return
    const held = { ref, seed: this.#draw(2 ** 30) }
    words(this.#pool.slotDataMut(ref)).forEach((_, index, all) => {
      all[index] = held.seed + index
    })
    this.#held.push(held)
    this.counts.allocated += 1
  }

  #free(): void {
    const held = this.#held.shift()
    if (held === undefined) return
    this.#verify(held)
    this.#pool.free(held.ref, this.#peer)
    this.counts.freed += 1
    if (this.#draw(8) !== 0) return
    try {
      this.#pool.free(held.ref, this.#peer)
      this.#fail(`slot ${JSON.stringify(held.ref)} was freed twice`)
    } catch (error) {
      if (!(error instanceof DoubleFreeError)) throw error
    }
  }

  /** Hands a slot on. The sender stays its owner until the receiver adopts it, and does not touch it any more. */
  #send(): void {
    const tail = Atomics.load(this.#control, this.#outgoing + RING_TAIL)
    const head = Atomics.load(this.#control, this.#outgoing + RING_HEAD)
    if (tail - head === RING_ENTRIES) return
    const held = this.#held.shift()
    if (held === undefined) return
    const entry = this.#outgoing + RING_FIRST_ENTRY + (tail % RING_ENTRIES) * ENTRY_WORDS
    Atomics.store(this.#control, entry, held.ref.classIdx)
    Atomics.store(this.#control, entry + 1, held.ref.slotIdx)
    Atomics.store(this.#control, entry + 2, held.ref.generation)
    Atomics.store(this.#control, entry + 3, held.seed)
    Atomics.store(this.#control, this.#outgoing + RING_TAIL, tail + 1)
  }

  #receive(): void {
    const head = Atomics.load(this.#control, this.#incoming + RING_HEAD)
    if (head === Atomics.load(this.#control, this.#incoming + RING_TAIL)) return
    const entry = this.#incoming + RING_FIRST_ENTRY + (head % RING_ENTRIES) * ENTRY_WORDS
    const classIdx = Atomics.load(this.#control, entry)
    const slotIdx = Atomics.load(this.#control, entry + 1)
    const generation = Atomics.load(this.#control, entry + 2)
    const seed = Atomics.load(this.#control, entry + 3)
    const ref = { classIdx, extentIdx: 0, slotIdx, generation }
    try {
      this.#pool.adopt(ref, this.#peer)
      this.#held.push({ ref, seed })
      this.counts.received += 1
    } catch (error) {
      // The sender was terminated and its slots were reclaimed before this one was adopted.
      if (!(error instanceof StaleSlotError)) throw error
      this.counts.stale += 1
    }
    Atomics.store(this.#control, this.#incoming + RING_HEAD, head + 1)
  }

  #verify({ ref, seed }: Held): void {
    const wrong = words(this.#pool.slotData(ref)).findIndex((word, index) => word !== seed + index)
    if (wrong !== -1) this.#fail(`slot ${JSON.stringify(ref)} was overwritten at word ${wrong}`)
  }

  #fail(message: string): void {
    Atomics.add(this.#control, FAILURES, 1)
    throw new Error(message)
  }

  /** xorshift32: 0 to `bound - 1`. */
  #draw(bound: number): number {
    let x = this.#random
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#random = x
    return (x >>> 0) % bound
  }
}

function words(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}

/** Frees the slot of every round at the same time as its twin does, and counts who won. */
function race(input: WorkerInput, pool: VarSlotPool): void {
  const control = new Int32Array(input.control)
  for (let round = 1; ; round++) {
    if (!awaitRound(control, ROUND, round)) return
    const ref = { classIdx: 0, extentIdx: 0, slotIdx: Atomics.load(control, ROUND_SLOT), generation: Atomics.load(control, ROUND_GENERATION) }
    tryFree(pool, ref, input.peer, control)
    Atomics.store(control, ROUND_DONE, round)
    Atomics.notify(control, ROUND_DONE)
  }
}

/** Waits until the word has come to `round`; false if told to stop. Spins first, so that the twins start together. */
export function awaitRound(control: Int32Array, index: number, round: number): boolean {
  for (let spins = 0; ; spins++) {
    const current = Atomics.load(control, index)
    if (current >= round) return true
    if (Atomics.load(control, STOP) !== 0) return false
    // The twin may not be running at all on a busy machine: then give it the core, at most for a while.
    if (spins > 500) Atomics.wait(control, index, current, 5)
  }
}

/** Frees the slot unless the twin was first. */
export function tryFree(pool: VarSlotPool, ref: SlotRef, peer: number, control: Int32Array): void {
  try {
    pool.free(ref, peer)
    Atomics.add(control, ROUND_WINNERS, 1)
  } catch (error) {
    if (!(error instanceof DoubleFreeError)) throw error
  }
}

if (parentPort !== null && (workerData as WorkerInput | undefined)?.control !== undefined) {
  const input = workerData as WorkerInput
  const pool = VarSlotPool.attach(input.pool, 0, input.configs)
  pool.joinPeer(input.peer)
  parentPort.postMessage('joined' satisfies WorkerOutput)
  if (input.kind === 'race') {
    race(input, pool)
  } else {
    const traffic = new Traffic(input, pool)
    traffic.run()
    parentPort.postMessage(traffic.counts satisfies WorkerOutput)
  }
}
