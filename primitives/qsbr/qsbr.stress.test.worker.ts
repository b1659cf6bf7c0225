// A worker of qsbr.stress.test.ts: an executor on a lock-free stack of pool slots. It pushes, pops, reads through nodes that others pop, retires
// and passes, pauses now and then, and deregisters when it is told to stop.
//
// A node's last word is its mark: alive while it is linked or may be read, overwritten when it is freed. Who reads another mark holds a node that
// was freed.

import { parentPort, workerData } from 'node:worker_threads'
import { type SlotRef, VarSlotPool } from '../varslot-pool/public.js'
import { DeregisterTimeoutError, SharedManager } from './public.js'

export interface WorkerInput {
  readonly manager: SharedArrayBuffer
  readonly pool: SharedArrayBuffer
  readonly control: SharedArrayBuffer
  /** Executor id and pool id. */
  readonly id: number
  /** Of the worker's random numbers. */
  readonly seed: number
}

/** What a worker posts: `ready`, then its counts. */
export type WorkerOutput = 'ready' | { readonly popped: number; readonly freed: number; readonly epochs: number }

export const CONFIGS = [{ slotSize: 64, slotCount: 64 }]
const SLOT_WORDS = 16
export const PEERS = 5

// Words of the control block.
export const STOP = 0
export const FAILURES = 1
export const HEAD = 2
export const CONTROL_BYTES = 12

// Words of a node.
const NEXT_WORD = 0
const MARK_WORD = 15
const ALIVE = 0x600d
const FREED = 0xdead

const END = 0
/** A link is generation * 64 + slot index, plus one; generations stay far below 2^25. */
const LINK_SLOTS = 64

export function refOf(link: number): SlotRef {
  return { classIdx: 0, extentIdx: 0, slotIdx: (link - 1) % LINK_SLOTS, generation: Math.floor((link - 1) / LINK_SLOTS) }
}

export class Stack {
  readonly #control: Int32Array
  readonly #nodes: Int32Array
  readonly #pool: VarSlotPool
  readonly #id: number

  constructor(pool: VarSlotPool, buffer: SharedArrayBuffer, control: Int32Array, id: number) {
    this.#pool = pool
    this.#id = id
    this.#control = control
    const { classOffsets } = VarSlotPool.layout(CONFIGS, { peerCapacity: PEERS })
    this.#nodes = new Int32Array(buffer, classOffsets[0]?.dataOffset, (CONFIGS[0]?.slotCount ?? 0) * SLOT_WORDS)
  }

  push(ref: SlotRef): void {
    const node = ref.slotIdx * SLOT_WORDS
    Atomics.store(this.#nodes, node + MARK_WORD, ALIVE)
    const link = ref.generation * LINK_SLOTS + ref.slotIdx + 1
    for (;;) {
      const top = Atomics.load(this.#control, HEAD)
      Atomics.store(this.#nodes, node + NEXT_WORD, top)
      if (Atomics.compareExchange(this.#control, HEAD, top, link) === top) return
    }
  }

  pop(): SlotRef | undefined {
    for (;;) {
      const top = Atomics.load(this.#control, HEAD)
      if (top === END) return undefined
      const ref = refOf(top)
      this.#requireAlive(ref)
      const next = Atomics.load(this.#nodes, ref.slotIdx * SLOT_WORDS + NEXT_WORD)
      if (Atomics.compareExchange(this.#control, HEAD, top, next) !== top) continue
      return ref
    }
  }

  /** Reads the node on top again and again: nobody may free it meanwhile. */
  peek(times: number): void {
    const top = Atomics.load(this.#control, HEAD)
    for (let time = 0; top !== END && time < times; time++) this.#requireAlive(refOf(top))
  }

  /** Unlinks all. */
  takeAll(): SlotRef[] {
    const refs: SlotRef[] = []
    for (let link = Atomics.exchange(this.#control, HEAD, END); link !== END; ) {
      const ref = refOf(link)
      refs.push(ref)
      link = Atomics.load(this.#nodes, ref.slotIdx * SLOT_WORDS + NEXT_WORD)
    }
    return refs
  }

  free(ref: SlotRef): void {
    this.#requireAlive(ref)
    Atomics.store(this.#nodes, ref.slotIdx * SLOT_WORDS + MARK_WORD, FREED)
    this.#pool.free(ref, this.#id)
  }

  #requireAlive(ref: SlotRef): void {
    const mark = Atomics.load(this.#nodes, ref.slotIdx * SLOT_WORDS + MARK_WORD)
    if (mark === ALIVE) return
    Atomics.add(this.#control, FAILURES, 1)
    throw new Error(`slot ${ref.slotIdx} was freed while executor ${this.#id} held it: mark ${mark.toString(16)}`)
  }
}

function run(input: WorkerInput): void {
  const control = new Int32Array(input.control)
  const pool = VarSlotPool.attach(input.pool, 0, CONFIGS)
  pool.joinPeer(input.id)
  const stack = new Stack(pool, input.pool, control, input.id)
  const local = SharedManager.attach(input.manager, 0).registerNewExecutor(input.id)
  parentPort?.postMessage('ready' satisfies WorkerOutput)
  let random = input.seed
  const draw = (bound: number) => {
    random ^= random << 13
    random ^= random >>> 17
    random ^= random << 5
    return (random >>> 0) % bound
  }
  const counts = { popped: 0, freed: 0, epochs: local.currentEpoch() }
  const reclaimer = {
    free(ref: SlotRef) {
      stack.free(ref)
      counts.freed += 1
    },
  }
  while (Atomics.load(control, STOP) === 0) {
    const pushed = draw(2) === 0 ? pool.allocate(64, input.id) : undefined
    if (pushed !== undefined) stack.push(pushed)
    if (draw(4) === 0) stack.peek(draw(50))
    const popped = draw(2) === 0 ? stack.pop() : undefined
    if (popped !== undefined) {
      pool.adopt(popped, input.id)
      local.scheduleDeallocate(reclaimer, popped)
      counts.popped += 1
    }
    local.maybePassEpoch(performance.now())
    if (draw(1000) === 0) {
      local.temporaryDeregister()
      local.resumeAfterTemporaryDeregister()
    }
  }
  counts.epochs = local.currentEpoch() - counts.epochs
  for (;;) {
    try {
      local.deregister(100)
      break
    } catch (error) {
      if (!(error instanceof DeregisterTimeoutError)) throw error
    }
  }
  parentPort?.postMessage(counts satisfies WorkerOutput)
}

// The test imports this file too, from a worker of the test runner's.
if (workerData?.manager instanceof SharedArrayBuffer) run(workerData as WorkerInput)
