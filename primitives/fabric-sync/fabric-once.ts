// A value in the arena that is initialised once, also when an initialiser dies. Steps: once-steps.ts; words: once-word.ts, cell.ts.
//
//   +0   header and main word (primitive-block.ts)
//   +64  one cell

import { BadArgumentError } from '../errors.js'
import { CellAccess, cellBytes } from './cell.js'
import { type Codec, requireCodec } from './codec.js'
import type { FabricMemory } from './fabric-memory.js'
import { requireHolder, requirePolls } from './lease-limits.js'
import { NOBODY } from './lease-word.js'
import type { MemLease } from './mem-lease.js'
import { inspectOnce, type OnceState } from './once-inspect.js'
import { OnceSteps } from './once-steps.js'
import { EMPTY, onceWord } from './once-word.js'
import { BLOCK_HEADER_BYTES, type Block, blockAt, claimBlock, ONCE, openWithCodec, publishBlock, sessionOf } from './primitive-block.js'

/**
 * One party's handle. The initialiser runs again only after it threw or its runner's lease ended; one result at most is published.
 *
 * Every call checks the caller's lease first and throws FabricError `LeaseExpired`, `Revoked`, `Fenced` or `Disconnected` where it is over.
 *
 * ```ts
 * import assert from 'node:assert'
 * import { Fabric, FabricOnce, MemBuilder, u32 } from 'heddle/primitives/fabric-sync'
 *
 * const options = { arenaBytes: 4096 }
 * const fabric = Fabric.create(new SharedArrayBuffer(Fabric.byteLength(options)), 0, options)
 * const lease = new MemBuilder(fabric).holderId(1).acquire()
 * const answer = FabricOnce.create(lease, 0, u32)
 *
 * assert(answer.get() === undefined)
 * assert(answer.getOrInit(1, () => 42, 100) === 42)
 * assert(answer.getOrInit(1, () => 43, 100) === 42)
 * ```
 */
export class FabricOnce<T> {
  readonly #steps: OnceSteps<T>

  /** Use {@link FabricOnce.create} or {@link FabricOnce.attach}. */
  constructor(steps: OnceSteps<T>) {
    this.#steps = steps
  }

  /** Bytes that a once of such a value takes in the arena: a multiple of 8. Pure. Throws BadArgumentError. */
  static byteLength(codec: Codec<unknown>): number {
    requireCodec(codec)
    return BLOCK_HEADER_BYTES + cellBytes(codec)
  }

  /**
   * Makes an empty once. One party does this; the others attach.
   *
   * @param baseOffset in the arena, a multiple of 8
   * @throws BadLayoutError where the bytes are outside the arena, formatted or another primitive's; FabricError `CapacityExceeded` without a
   * free range word; BadArgumentError
   */
  static create<T>(lease: MemLease, baseOffset: number, codec: Codec<T>): FabricOnce<T> {
    const session = sessionOf(lease)
    const { memory } = session
    const byteLength = FabricOnce.byteLength(codec)
    const cell = new CellAccess(memory, codec)
    const block = claimBlock(session, baseOffset, byteLength)
    // Nothing is staged: the words are 0, and so is their tag.
    cell.store(block.bodyIndex, 0)
    publishBlock(memory, block, ONCE, { codecBytes: codec.byteLength, parameter: 0 }, onceWord(memory.pair, EMPTY, NOBODY, 0))
    return new FabricOnce(new OnceSteps(session, block, cell))
  }

  /**
   * Opens a once that another party made. Writes nothing.
   *
   * @throws BadLayoutError where there is none, or it is half made; FabricError `Unsupported` for a codec of another size; BadArgumentError
   */
  static attach<T>(lease: MemLease, baseOffset: number, codec: Codec<T>): FabricOnce<T> {
    const session = sessionOf(lease)
    return new FabricOnce(new OnceSteps(session, openOnce(session.memory, baseOffset, codec), new CellAccess(session.memory, codec)))
  }

  /** The value, or undefined where none is published yet. Throws FabricError `IoError` where the codec throws. */
  get(): T | undefined {
    return this.#steps.get()
  }

  /** Whether a value is published. */
  isDone(): boolean {
    return this.#steps.isDone()
  }

  /**
   * The value; where there is none, what `f` returns, which is published. Of several callers one runs `f` and the others wait for it; who
   * waits for a runner whose lease ends takes over and runs its own `f`. The caller's lease is not renewed while it waits, nor while `f` runs: wait for
   * less than it runs, renew, and ask again; an `f` that takes long renews it.
   *
   * @param holderId that of the lease
   * @param f what it throws is thrown on, and another may try
   * @param maxPolls how many times it may wait for another, up to 1 ms each: 0 to 2^31 - 1
   * @throws FabricError `Timeout`; `AlreadyHeld` inside `f`; `Fenced` where another took over while `f` ran: nothing was published, ask again;
   * `IoError` where the codec throws; `Unsupported` where the attempts are used up; BadArgumentError
   */
  getOrInit(holderId: number, f: () => T, maxPolls: number): T {
    requireHolder(this.#steps.session, holderId)
    if (typeof f !== 'function') throw new BadArgumentError('f', f, 'a function')
    requirePolls(maxPolls)
    return this.#steps.getOrInit(f, maxPolls)
  }

  /** The once as plain data, for invariants. Exact only while no party takes a step. */
  inspect(): OnceState {
    return inspectOnce(this.#steps.session.memory, this.#steps.block)
  }
}

/** Where a once of such a value lies. Throws as {@link FabricOnce.attach}. */
export function openOnce(memory: FabricMemory, baseOffset: number, codec: Codec<unknown>): Block {
  openWithCodec(memory, baseOffset, ONCE, codec)
  return blockAt(memory, baseOffset, FabricOnce.byteLength(codec))
}
