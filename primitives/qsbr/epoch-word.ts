// The one word of a manager: the epoch, who is registered, and who of them has not passed in this epoch.
//
//   bits  0..15  pending: registered executors that have not passed in this epoch, one bit for each id
//   bits 16..31  registered
//   bits 32..63  epoch, modulo 2^32
//
// Sets, unlike counts, let a dead executor be taken out exactly: a count cannot say whether it includes the dead one. One word for all
// three, so that whoever registers is pending in exactly the epoch that it takes as its own.
//
// Switch rule: whoever takes the last executor out of `pending` ends the epoch in the same compare-and-swap: the epoch goes up by one, and
// all that are registered are pending again. So `pending` is empty only if `registered` is.

import { CorruptStateError } from '../errors.js'
import { HIGH, LOW, WordPair } from '../word-pair.js'

/** One bit for each executor in each set. */
export const EXECUTOR_CAPACITY_MAX = 16
const PENDING_MASK = 0xffff
const REGISTERED_SHIFT = 16

/** Takes words apart and makes new ones; touches no shared memory. An executor is given by its bit, `1 << id`. */
export class EpochWord extends WordPair {
  /** 0 to 2^32 - 1. */
  epoch(word: bigint): number {
    this.whole[0] = word
    return (this.halves[HIGH] as number) >>> 0
  }

  /** Throws CorruptStateError if no sequence of operations leads to such sets. */
  requireSound(word: bigint): void {
    const sets = this.#sets(word)
    const registered = sets >>> REGISTERED_SHIFT
    const pending = sets & PENDING_MASK
    if ((pending & ~registered) === 0 && (pending !== 0 || registered === 0)) return
    throw new CorruptStateError(`expected the pending executors to be some of the registered ones, got the sets of bits ${pending} of ${registered}`)
  }

  registered(word: bigint): number {
    return this.#sets(word) >>> REGISTERED_SHIFT
  }

  pending(word: bigint): number {
    return this.#sets(word) & PENDING_MASK
  }

  isRegistered(word: bigint, bit: number): boolean {
    return (this.#sets(word) & (bit << REGISTERED_SHIFT)) !== 0
  }

  isPending(word: bigint, bit: number): boolean {
    return (this.#sets(word) & bit) !== 0
  }

  /** The executor is registered and pending. */
  afterJoin(word: bigint, bit: number): bigint {
    this.whole[0] = word
    this.halves[LOW] = (this.halves[LOW] as number) | bit | (bit << REGISTERED_SHIFT)
    return this.whole[0]
  }

  /** The executor has passed: switch rule. */
  afterPass(word: bigint, bit: number): bigint {
    return this.#switched(word, this.#sets(word) & ~bit)
  }

  /** The executor has left, whether it had passed or not: switch rule. */
  afterLeave(word: bigint, bit: number): bigint {
    return this.#switched(word, this.#sets(word) & ~(bit | (bit << REGISTERED_SHIFT)))
  }

  /** Both sets: the low half. */
  #sets(word: bigint): number {
    this.whole[0] = word
    return this.halves[LOW] as number
  }

  #switched(word: bigint, sets: number): bigint {
    this.whole[0] = word
    this.halves[LOW] = sets
    if ((sets & PENDING_MASK) === 0) {
      this.halves[LOW] = sets | (sets >>> REGISTERED_SHIFT)
      this.halves[HIGH] = (this.halves[HIGH] as number) + 1
    }
    return this.whole[0] as bigint
  }
}

/** How far `epoch` is ahead of `from`, modulo 2^32, signed: never more than the truth where that is 0 or 1. */
export function epochsSince(epoch: number, from: number): number {
  return (epoch - from) | 0
}

/** Ids of the executors in a set, ascending. */
export function executorsIn(set: number): number[] {
  const ids: number[] = []
  for (let id = 0; id < EXECUTOR_CAPACITY_MAX; id++) if ((set & (1 << id)) !== 0) ids.push(id)
  return ids
}

/** How many executors are in a set. */
export function countOf(set: number): number {
  let count = 0
  for (let rest = set; rest !== 0; rest &= rest - 1) count += 1
  return count
}
