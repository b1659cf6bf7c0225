// A worker of memory-manager.stress.test.ts: stores messages, hands them to the next worker, reads, changes and frees what it gets, and works
// on one message that all share, until it is told to stop or is terminated. Every message can be verified by itself: each payload word is
// its trace id plus the word's index.

import { parentPort, workerData } from 'node:worker_threads'
import {
  ConcurrentMemoryManager,
  type ConcurrentReadGuard,
  type ConcurrentWriteGuard,
  LockTimeoutError,
  type MessageToken,
  NoFreeSlotsError,
  NotAllocatedError,
  PoisonedError,
} from './public.js'

export interface WorkerInput {
  readonly memory: SharedArrayBuffer
  /** 64-bit words shared with the host and the other workers: see the constants below. */
  readonly control: SharedArrayBuffer
  readonly peer: number
  readonly workerCount: number
  /** Of the worker's random numbers. */
  readonly seed: number
}

/** What a worker posts: `joined`, then counts when it has stopped. */
export type WorkerOutput = 'joined' | WorkerCounts

export interface WorkerCounts {
  readonly stored: number
  readonly freed: number
  readonly received: number
  readonly gone: number
  readonly poisoned: number
  readonly timeouts: number
  readonly boardReads: number
  readonly boardWrites: number
}

// Words of the control block.
export const STOP = 0
export const FAILURES = 1
/** The token of the message that all share. */
export const BOARD = 2
/** For each worker, from here on: 1 asks it to stand still in the middle of its next write, 2 says that it does. */
export const STALL = 3
const RINGS = 16
const RING_ENTRIES = 16
const RING_HEAD = 0
const RING_TAIL = 1
const RING_FIRST_ENTRY = 2
const RING_WORDS = RING_FIRST_ENTRY + RING_ENTRIES

export const CONTROL_BYTES = (RINGS + 8 * RING_WORDS) * 8
export const PAYLOAD_BYTES = 64
const PAYLOAD_WORDS = PAYLOAD_BYTES / 4
const WAIT = { waitMsMax: 20 }

export class Traffic {
  readonly #manager: ConcurrentMemoryManager
  readonly #control: BigInt64Array
  readonly #peer: number
  /** First word of the ring that this worker reads; the one it writes. */
  readonly #incoming: number
  readonly #outgoing: number
  #random: number
  #held: MessageToken[] = []
  readonly counts = { stored: 0, freed: 0, received: 0, gone: 0, poisoned: 0, timeouts: 0, boardReads: 0, boardWrites: 0 }

  constructor(input: WorkerInput, manager: ConcurrentMemoryManager) {
    this.#manager = manager
    this.#control = new BigInt64Array(input.control)
    this.#peer = input.peer
    const index = input.peer - 1
    this.#incoming = RINGS + RING_WORDS * index
    this.#outgoing = RINGS + RING_WORDS * ((index + 1) % input.workerCount)
    this.#random = input.seed
  }

  run(): void {
    while (Atomics.load(this.#control, STOP) === 0n) {
      switch (this.#draw(8)) {
        case 0:
        case 1:
          this.#store()
          break
        case 2:
          this.#send()
          break
        case 3:
          this.#receive()
          break
        case 4:
          this.#free()
          break
        case 5:
          this.#change()
          break
        case 6:
          this.#readBoard()
          break
        default:
          this.#writeBoard()
      }
    }
    for (const token of this.#held) this.#attempt(() => this.#read(token))
  }

  #store(): void {
    if (this.#held.length === 4) return
    this.#attempt(() => {
      this.#held.push(this.#manager.storeShared(messageFrom(this.#draw(2 ** 30)), this.#peer))
      this.counts.stored += 1
    })
  }

  /** Hands a message on. The sender stays its owner until the receiver adopts it, and does not touch it any more. */
  #send(): void {
    const tail = Atomics.load(this.#control, this.#outgoing + RING_TAIL)
    const head = Atomics.load(this.#control, this.#outgoing + RING_HEAD)
    if (tail - head === BigInt(RING_ENTRIES)) return
    const token = this.#held.shift()
    if (token === undefined) return
    Atomics.store(this.#control, this.#outgoing + RING_FIRST_ENTRY + (Number(tail) % RING_ENTRIES), BigInt(token))
    Atomics.store(this.#control, this.#outgoing + RING_TAIL, tail + 1n)
  }

  #receive(): void {
    if (this.#held.length === 4) return
    const head = Atomics.load(this.#control, this.#incoming + RING_HEAD)
    if (head === Atomics.load(this.#control, this.#incoming + RING_TAIL)) return
    const token = Number(Atomics.load(this.#control, this.#incoming + RING_FIRST_ENTRY + (Number(head) % RING_ENTRIES))) as MessageToken
    this.#attempt(() => {
      this.#manager.adopt(token, this.#peer)
      this.#held.push(token)
      this.counts.received += 1
    })
    Atomics.store(this.#control, this.#incoming + RING_HEAD, head + 1n)
  }

  #free(): void {
    const token = this.#held.shift()
    if (token === undefined) return
    this.#attempt(() => this.#read(token))
    this.#attempt(() => {
      this.#manager.freeShared(token, this.#peer)
      this.counts.freed += 1
    })
    if (this.#draw(8) !== 0) return
    try {
      this.#manager.freeShared(token, this.#peer)
      this.#fail(`${token} was freed twice`)
    } catch (error) {
      if (!(error instanceof NotAllocatedError)) throw error
    }
  }

  #change(): void {
    const token = this.#held[0]
    if (token !== undefined) this.#attempt(() => this.#write(token))
  }

  #readBoard(): void {
    const token = Number(Atomics.load(this.#control, BOARD)) as MessageToken
    this.#attempt(() => {
      this.#read(token)
      this.counts.boardReads += 1
    })
  }

  /** Whoever finds the shared message poisoned by a dead writer replaces it. */
  #writeBoard(): void {
    const token = Atomics.load(this.#control, BOARD)
    const failure = this.#attempt(() => {
      this.#write(Number(token) as MessageToken)
      this.counts.boardWrites += 1
    })
    if (!(failure instanceof PoisonedError) && !(failure instanceof NotAllocatedError)) return
    if (failure instanceof PoisonedError) this.#attempt(() => this.#manager.freeShared(Number(token) as MessageToken, this.#peer, WAIT))
    this.#attempt(() => {
      const fresh = this.#manager.storeShared(messageFrom(this.#draw(2 ** 30)), this.#peer)
      const seen = Atomics.compareExchange(this.#control, BOARD, token, BigInt(fresh))
      if (seen !== token) this.#manager.freeShared(fresh, this.#peer)
    })
  }

  #read(token: MessageToken): void {
    const guard = this.#manager.readShared(token, this.#peer, WAIT)
    this.#verify(guard)
    guard.release()
  }

  #write(token: MessageToken): void {
    this.#manager.withWrite(
      token,
      this.#peer,
      (guard) => {
        this.#verify(guard)
        const { header, payload } = messageFrom(this.#draw(2 ** 30))
        guard.payload.set(payload.subarray(0, PAYLOAD_BYTES / 2))
        this.#stallIfAsked()
        guard.payload.set(payload)
        guard.header.traceId = header.traceId
        this.#verify(guard)
      },
      WAIT,
    )
  }

  /** Stands still until it is terminated. */
  #stallIfAsked(): void {
    const index = STALL + this.#peer
    if (Atomics.load(this.#control, index) !== 1n) return
    Atomics.store(this.#control, index, 2n)
    while (Atomics.load(this.#control, STOP) === 0n) Atomics.wait(this.#control, STOP, 0n, 100)
  }

  #verify(guard: ConcurrentReadGuard | ConcurrentWriteGuard): void {
    const { payload, token } = guard
    const { traceId } = guard.header
    const words = new Uint32Array(payload.buffer, payload.byteOffset, PAYLOAD_WORDS)
    if (payload.byteLength !== PAYLOAD_BYTES || words.some((word, index) => word !== traceId + index)) this.#fail(`${token} is mixed`)
  }

  /** Runs what may be refused because others were faster, or died; returns the refusal. */
  #attempt(run: () => void): unknown {
    try {
      run()
      return undefined
    } catch (error) {
      if (error instanceof NotAllocatedError) this.counts.gone += 1
      else if (error instanceof PoisonedError) this.counts.poisoned += 1
      else if (error instanceof LockTimeoutError) this.counts.timeouts += 1
      else if (!(error instanceof NoFreeSlotsError)) throw error
      return error
    }
  }

  #fail(message: string): never {
    Atomics.add(this.#control, FAILURES, 1n)
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

/** A message that can be verified by itself. */
export function messageFrom(traceId: number) {
  const words = new Uint32Array(PAYLOAD_WORDS)
  for (let index = 0; index < PAYLOAD_WORDS; index++) words[index] = traceId + index
  return { header: { traceId }, payload: new Uint8Array(words.buffer) }
}

if (parentPort !== null && (workerData as WorkerInput | undefined)?.control !== undefined) {
  const input = workerData as WorkerInput
  const manager = ConcurrentMemoryManager.attach(input.memory, 0)
  manager.joinPeer(input.peer)
  parentPort.postMessage('joined' satisfies WorkerOutput)
  const traffic = new Traffic(input, manager)
  traffic.run()
  parentPort.postMessage(traffic.counts satisfies WorkerOutput)
}
