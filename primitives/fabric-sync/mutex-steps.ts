// The steps of a mutex on shared memory: M1 to M7 take it, P0 to P5 publish and unlock. FabricMutex and its guard are faces over this.
//
// Holding the lock means holding a lease: the main word names the holder's session. Acquisition and takeover are one compare-and-swap, which
// raises the fence. Two cells: one is published, the other is where the holder writes (cell.ts).
//
// Source: FabricMutex of grafos_sync. As published the lock is a load, a store and a load, or its owner's word is cleared before the value is
// written; the cells, the fence in the word, and the one compare-and-swap for lock and takeover are ours.

import type { CellAccess } from './cell.js'
import { FabricError } from './fabric-error.js'
import { FabricMutexGuard } from './fabric-mutex-guard.js'
import { NOBODY } from './lease-word.js'
import { cellOf, FENCE_MAX, fenceOf, holderOf, mutexWord, unlockedWord } from './mutex-word.js'
import type { Block } from './primitive-block.js'
import type { Session } from './session.js'

/** Tried once, for `tryLock`: what is held by another is not waited for. */
export const NO_WAIT = -1
/** No fence: they begin with 1. */
export const NOT_TAKEN = 0

export class MutexSteps<T> {
  readonly session: Session
  readonly block: Block
  protected readonly cell: CellAccess<T>

  constructor(session: Session, block: Block, cell: CellAccess<T>) {
    this.session = session
    this.block = block
    this.cell = cell
  }

  /**
   * M1 to M7. `undefined` only with {@link NO_WAIT}: another session holds the mutex.
   *
   * @param maxPolls how many times it may sleep up to 1 ms
   */
  acquire(maxPolls: number): FabricMutexGuard<T> | undefined {
    const { longs, pair } = this.session.memory
    const { mainIndex } = this.block
    let polls = 0
    for (;;) {
      const word = Atomics.load(longs, mainIndex) // M1
      const holder = holderOf(pair.high(word))
      const free = holder === NOBODY || this.#mayTakeFrom(holder)
      if (!free) {
        if (maxPolls === NO_WAIT) return undefined
        if (polls === maxPolls) throw timeout(this.block, maxPolls)
        polls += 1
        this.session.memory.poll(mainIndex, word) // M3
        continue
      }
      // The check of the lease comes after the load that the compare-and-swap is made against: M4.
      this.session.own()
      const fence = this.take(word) // M5
      if (fence !== NOT_TAKEN) return this.verified(fence, cellOf(pair.high(word)))
    }
  }

  /** Whether the session that holds it has ended: M2. */
  #mayTakeFrom(holder: number): boolean {
    if (holder === this.session.reference)
      throw new FabricError('AlreadyHeld', `expected a mutex that this session does not hold, got ${at(this.block)}, which it holds`)
    // Only a party that is alive judges another.
    this.session.own()
    return this.session.leases.ended(holder)
  }

  /** M5: one compare-and-swap, for a free lock and for a takeover. The fence, or {@link NOT_TAKEN} if somebody else was faster. */
  protected take(word: bigint): number {
    const { longs, pair } = this.session.memory
    const high = pair.high(word)
    const fence = fenceOf(pair.low(word), high) + 1
    if (fence > FENCE_MAX) {
      throw new FabricError('Unsupported', `expected a fence of at most ${FENCE_MAX} of ${at(this.block)}, got all of them used up: make a new mutex`)
    }
    const taken = mutexWord(pair, this.session.reference, cellOf(high), fence)
    const seen = Atomics.compareExchange(longs, this.block.mainIndex, word, taken)
    return seen === word ? fence : NOT_TAKEN
  }

  /** M6, M7: the guard, if the lock is still held once all of the value is read. */
  protected verified(fence: number, cell: number): FabricMutexGuard<T> {
    this.cell.load(this.cellIndex(cell)) // M6
    this.requireHeld(fence, cell) // M7
    let value: T
    try {
      value = this.cell.decode()
    } catch (error) {
      // Without a guard nobody would unlock.
      this.unlock(fence, cell, cell)
      throw error
    }
    return this.guardOf(fence, cell, value)
  }

  /** The guard of a lock that was taken. No step. */
  protected guardOf(fence: number, cell: number, value: T): FabricMutexGuard<T> {
    return new FabricMutexGuard(this, fence, cell, value)
  }

  /** Encodes the value that {@link publish} will write. No step. Throws FabricError `IoError`. */
  stage(value: T): void {
    this.cell.stage(value)
  }

  /** P0 to P5: writes what was staged into the spare cell, publishes it and unlocks. */
  publish(fence: number, cell: number): void {
    const { pair } = this.session.memory
    const spare = 1 - cell
    this.session.own() // P0
    const held = mutexWord(pair, this.session.reference, cell, fence)
    const written = this.cell.write(this.cellIndex(spare), fence | 0, this.block.mainIndex, held) // P1 to P3
    if (!written) throw fenced(this.block, fence)
    this.unlock(fence, cell, spare)
  }

  /** P4, P5: unlocks, with `nextCell` published. */
  unlock(fence: number, cell: number, nextCell: number): void {
    const { longs, pair } = this.session.memory
    const { mainIndex } = this.block
    this.session.own()
    const held = mutexWord(pair, this.session.reference, cell, fence)
    const unlocked = unlockedWord(pair, nextCell, fence)
    const seen = Atomics.compareExchange(longs, mainIndex, held, unlocked) // P4
    if (seen !== held) throw fenced(this.block, fence)
    Atomics.notify(longs, mainIndex) // P5
  }

  /** Index of a cell's first word in the fabric's 64-bit words. */
  protected cellIndex(cell: number): number {
    return this.block.bodyIndex + cell * this.cell.wordCount
  }

  protected requireHeld(fence: number, cell: number): void {
    const { longs, pair } = this.session.memory
    const word = Atomics.load(longs, this.block.mainIndex)
    const held = mutexWord(pair, this.session.reference, cell, fence)
    if (word !== held) throw fenced(this.block, fence)
  }
}

function at(block: Block): string {
  return `the mutex at offset ${block.baseOffset}`
}

function fenced(block: Block, fence: number): FabricError {
  return new FabricError('Fenced', `expected ${at(block)} to be held with fence ${fence}, got it taken over: the value was not published`)
}

function timeout(block: Block, maxPolls: number): FabricError {
  return new FabricError('Timeout', `expected ${at(block)} to be unlocked within ${maxPolls} polls, got it held by a live session`)
}
