// The main word of a mutex, 64 bits:
//
//   low half    fence, bits 0..31 of 39
//   high half   0..6 fence bits 32..38; 7 the cell that is published; 8..31 session reference of the holder, 0 = unlocked
//
// The fence counts acquisitions; it never wraps.

import type { WordPair } from '../word-pair.js'
import { COUNTER_MAX, counterOf, NOBODY, referenceOf, withCounter } from './lease-word.js'

const CELL_BIT = 0x80

/** The last fence: a mutex that has reached it is used up. */
export const FENCE_MAX = COUNTER_MAX

/** Which of the two cells is published: 0 or 1. */
export function cellOf(high: number): number {
  return (high & CELL_BIT) === 0 ? 0 : 1
}

/** Session reference of the holder, from the high half; NOBODY when unlocked. */
export const holderOf = referenceOf

/** 0 to {@link FENCE_MAX}. */
export const fenceOf = counterOf

/** The word with these parts. */
export function mutexWord(pair: WordPair, holder: number, cell: number, fence: number): bigint {
  return withCounter(pair, fence, holder | (cell === 0 ? 0 : CELL_BIT))
}

/** The word of an unlocked mutex. */
export function unlockedWord(pair: WordPair, cell: number, fence: number): bigint {
  return mutexWord(pair, NOBODY, cell, fence)
}
