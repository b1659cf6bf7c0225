// The main word of a barrier, 64 bits, and its seats.
//
//   low half    phase (32): phases that were completed; it wraps
//   high half   0..7 count of the members that have arrived; 8 BROKEN; 9..31 break epoch (23): how often it was reset; it wraps
//   seat        32 bits: session reference of the member without its low byte (lease generation << 8 | lease index), 0 = empty
//
// Phase, count, BROKEN and epoch share one word: an arrival, the completion, a break and a reset compete in one compare-and-swap.

import type { WordPair } from '../word-pair.js'

export const EMPTY_SEAT = 0
const REFERENCE_SHIFT = 8
const COUNT_MASK = 0xff
const BROKEN_BIT = 0x100
const EPOCH_SHIFT = 9

/** The phase, from the low half: 0 to 2^32 - 1. */
export function phaseOf(low: number): number {
  return low >>> 0
}

/** The phase after it. */
export function phaseAfter(phase: number): number {
  return (phase + 1) >>> 0
}

/** Members that have arrived, from the high half. */
export function countOf(high: number): number {
  return high & COUNT_MASK
}

export function isBroken(high: number): boolean {
  return (high & BROKEN_BIT) !== 0
}

/** The break epoch, from the high half. */
export function epochOf(high: number): number {
  return high >>> EPOCH_SHIFT
}

/** The word of a barrier that is not broken. */
export function barrierWord(pair: WordPair, phase: number, epoch: number, count: number): bigint {
  return pair.join(phase | 0, (epoch << EPOCH_SHIFT) | count)
}

/** `word` with BROKEN. */
export function brokenWord(pair: WordPair, word: bigint): bigint {
  const low = pair.low(word)
  const high = pair.high(word)
  return pair.join(low, high | BROKEN_BIT)
}

/** What a seat holds for a session reference. */
export function seatOf(reference: number): number {
  return reference >>> REFERENCE_SHIFT
}

/** The session reference in a seat. */
export function referenceInSeat(seat: number): number {
  return seat << REFERENCE_SHIFT
}
