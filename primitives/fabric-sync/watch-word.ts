// The main word of a watch, 64 bits:
//
//   low half    version, bits 0..31 of 39
//   high half   0..6 version bits 32..38; 7 CLOSED; 8..31 session reference of the sender
//
// The version counts values that were sent; it never wraps. Version v lies in cell v mod cells, and each of its words has tag v. CLOSED is for
// good: a closed word never changes again.

import type { WordPair } from '../word-pair.js'
import { COUNTER_MAX, counterOf, referenceOf, withCounter } from './lease-word.js'

const CLOSED_BIT = 0x80

/** The last version: a channel that has reached it is used up. */
export const VERSION_MAX = COUNTER_MAX

/** 0 to {@link VERSION_MAX}. */
export const versionOf = counterOf

/** Session reference of the sender, from the high half. */
export const senderOf = referenceOf

export function isClosedWord(high: number): boolean {
  return (high & CLOSED_BIT) !== 0
}

/** The word of an open channel. */
export function openWord(pair: WordPair, sender: number, version: number): bigint {
  return withCounter(pair, version, sender)
}

/** `word` with CLOSED. */
export function closedWord(pair: WordPair, word: bigint): bigint {
  const low = pair.low(word)
  const high = pair.high(word)
  return pair.join(low, high | CLOSED_BIT)
}
