// A mutex that guards one value in the arena and survives the death of its holder. Steps: mutex-steps.ts; words: mutex-word.ts, cell.ts.
//
//   +0   header and main word (primitive-block.ts)
//   +64  cell 0, then cell 1

import { CellAccess, cellBytes } from './cell.js'
import { type Codec, requireCodec } from './codec.js'
import type { FabricMemory } from './fabric-memory.js'
import type { FabricMutexGuard } from './fabric-mutex-guard.js'
import { requireHolder, requirePolls } from './lease-limits.js'
import type { MemLease } from './mem-lease.js'
import { inspectMutex, type MutexState } from './mutex-inspect.js'
import { MutexSteps, NO_WAIT } from './mutex-steps.js'
import { unlockedWord } from './mutex-word.js'
import { BLOCK_HEADER_BYTES, type Block, blockAt, claimBlock, MUTEX, openWithCodec, publishBlock, sessionOf } from './primitive-block.js'

const CELLS = 2

/**
 * One party's handle. The lock is held under the party's lease: when the lease ends, another may take the lock over, and the party's guard
 * cannot publish any more. Who acts on something outside of the arena compares `guard.fence` there.
 *
 * ```ts
 * import assert from 'node:assert'
 * import { Fabric, FabricMutex, MemBuilder, u64 } from 'heddle/primitives/fabric-sync'
 *
 * const options = { arenaBytes: 4096 }
 * const fabric = Fabric.create(new SharedArrayBuffer(Fabric.byteLength(options)), 0, options)
 * const lease = new MemBuilder(fabric).holderId(1).acquire()
 * const counter = FabricMutex.create(lease, 0, u64, 0n)
 *
 * const guard = counter.lock(1, 100)
 * guard.update((count) => count + 1n)
 * guard.release()
 * const next = counter.tryLock(1)
 * assert(next?.value === 1n)
 * next.abandon()
 * ```
 */
export class FabricMutex<T> {
  readonly #steps: MutexSteps<T>

  /** Use {@link FabricMutex.create} or {@link FabricMutex.attach}. */
  constructor(steps: MutexSteps<T>) {
    this.#steps = steps
  }

  /** Bytes that a mutex of such values takes in the arena: a multiple of 8. Pure. Throws BadArgumentError. */
  static byteLength(codec: Codec<unknown>): number {
    requireCodec(codec)
    return BLOCK_HEADER_BYTES + CELLS * cellBytes(codec)
  }

  /**
   * Makes a mutex, unlocked, with `initial` published. One party does this; the others attach.
   *
   * @param baseOffset in the arena, a multiple of 8
   * @throws BadLayoutError where the bytes are outside the arena, formatted or another primitive's; FabricError `IoError` where the codec
   * throws, `CapacityExceeded` without a free range word, and where the lease is over; BadArgumentError
   */
  static create<T>(lease: MemLease, baseOffset: number, codec: Codec<T>, initial: T): FabricMutex<T> {
    const session = sessionOf(lease)
    const { memory } = session
    const byteLength = FabricMutex.byteLength(codec)
    const cell = new CellAccess(memory, codec)
    cell.stage(initial)
    const block = claimBlock(session, baseOffset, byteLength)
    for (let at = 0; at < CELLS; at++) cell.store(block.bodyIndex + at * cell.wordCount, 0)
    publishBlock(memory, block, MUTEX, { codecBytes: codec.byteLength, parameter: 0 }, unlockedWord(memory.pair, 0, 0))
    return new FabricMutex(new MutexSteps(session, block, cell))
  }

  /**
   * Opens a mutex that another party made. Writes nothing.
   *
   * @throws BadLayoutError where there is none, or it is half made; FabricError `Unsupported` for a codec of another size; BadArgumentError
   */
  static attach<T>(lease: MemLease, baseOffset: number, codec: Codec<T>): FabricMutex<T> {
    const session = sessionOf(lease)
    return new FabricMutex(new MutexSteps(session, openMutex(session.memory, baseOffset, codec), new CellAccess(session.memory, codec)))
  }

  /**
   * Takes the lock, from a holder whose lease has ended too. The caller's own leases are not renewed while it waits, so
   * the locks that it holds may be taken over meanwhile: wait for less than the leases run, renew, and ask again.
   *
   * @param holderId that of the lease
   * @param maxPolls how many times it may wait for another, up to 1 ms each: 0 to 2^31 - 1
   * @throws FabricError `Timeout`; `AlreadyHeld` by this session; `LeaseExpired`, `Revoked`, `Fenced` or `Disconnected` where the caller's lease
   * is over; `Fenced` where the lock was taken over while the value was read; `IoError` where the codec throws; `Unsupported` where the fences
   * are used up; BadArgumentError
   */
  lock(holderId: number, maxPolls: number): FabricMutexGuard<T> {
    requireHolder(this.#steps.session, holderId)
    requirePolls(maxPolls)
    return this.#steps.acquire(maxPolls) as FabricMutexGuard<T>
  }

  /** As {@link lock}, without waiting: `undefined` where a live session holds it. */
  tryLock(holderId: number): FabricMutexGuard<T> | undefined {
    requireHolder(this.#steps.session, holderId)
    return this.#steps.acquire(NO_WAIT)
  }

  /** The mutex as plain data, for invariants. Exact only while no party takes a step. */
  inspect(): MutexState {
    return inspectMutex(this.#steps.session.memory, this.#steps.block)
  }
}

/** Where a mutex of such values lies. Throws as {@link FabricMutex.attach}. */
export function openMutex(memory: FabricMemory, baseOffset: number, codec: Codec<unknown>): Block {
  openWithCodec(memory, baseOffset, MUTEX, codec)
  return blockAt(memory, baseOffset, FabricMutex.byteLength(codec))
}
