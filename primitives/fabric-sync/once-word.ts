// The main word of a once, 64 bits:
//
//   low half    attempt (32): how often initialisation was begun
//   high half   0..1 state; 8..31 session reference of who runs the initialiser, or ran it
//   states      EMPTY 0 -> RUNNING 1 -> DONE 2, for good; RUNNING -> EMPTY when the initialiser throws; RUNNING -> RUNNING with attempt + 1 when
//               the lease of its runner has ended

import type { WordPair } from '../word-pair.js'

export const EMPTY = 0
export const RUNNING = 1
export const DONE = 2
export type OnceStateBits = typeof EMPTY | typeof RUNNING | typeof DONE

/** The last attempt: a once that has reached it cannot be begun again. */
export const ATTEMPT_MAX = 2 ** 32 - 1

const STATE_MASK = 0b11

/** The state, from the high half. */
export function stateOf(high: number): number {
  return high & STATE_MASK
}

/** The attempt, from the low half: 0 to {@link ATTEMPT_MAX}. */
export function attemptOf(low: number): number {
  return low >>> 0
}

/** The word with these parts. `runner` is a session reference or NOBODY. */
export function onceWord(pair: WordPair, state: OnceStateBits, runner: number, attempt: number): bigint {
  return pair.join(attempt | 0, runner | state)
}
