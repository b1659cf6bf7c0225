// How a session lease is packed into one 64-bit word, and how the words of the primitives name a session.
//
//   lease word   low half    expiry, bits 0..31 of 40, in ms since the fabric's epoch
//                high half   0..7 expiry bits 32..39; 8..12 zero; 13..15 state; 16..31 generation
//   states       FREE 0, never used -> ACTIVE 1 -> EXPIRED 2, REVOKED 3 or RELEASED 4 -> ACTIVE with generation + 1; any -> FENCED 5, for good
//
// State, generation and expiry share one word, so renewal, expiry and revocation compete in one compare-and-swap and exactly one wins.
//
// A *session reference* names a lease in one of its generations. It takes bits 8..31 of a high half: 8..15 lease index, 16..31 generation;
// bits 0..7 are left to the primitive whose word it is. No session has generation 0, so reference 0 is nobody.
//
// The counters that share a word with a reference (the fence of a mutex, the version of a watch) have 39 bits: 0..31 are the low half, 32..38
// are bits 0..6 of the high half.

import type { WordPair } from '../word-pair.js'

export const FREE = 0
export const ACTIVE = 1
export const EXPIRED = 2
export const REVOKED = 3
export const RELEASED = 4
export const FENCED = 5
export type LeaseStateBits = typeof FREE | typeof ACTIVE | typeof EXPIRED | typeof REVOKED | typeof RELEASED | typeof FENCED

/** A slot that would reach this generation is closed instead. */
export const GENERATION_MAX = 0xffff
/** The last moment that an expiry can name, in ms since the epoch: more than 34 years. */
export const EXPIRY_MS_MAX = 2 ** 40 - 1

const EXPIRY_HIGH_MASK = 0xff
const STATE_SHIFT = 13
const STATE_MASK = 0b111
const GENERATION_SHIFT = 16
const INDEX_SHIFT = 8
const INDEX_MASK = 0xff
const TWO_32 = 2 ** 32

/** The bits of a high half that hold a session reference. */
export const REFERENCE_MASK = ~0xff
/** The reference of no session. */
export const NOBODY = 0

/** The last value of a 39-bit counter. */
export const COUNTER_MAX = 2 ** 39 - 1
/** The bits of a high half that hold bits 32..38 of a counter. */
export const COUNTER_HIGH_MASK = 0x7f

/** The state, from the high half of a lease word. */
export function stateOf(high: number): number {
  return (high >>> STATE_SHIFT) & STATE_MASK
}

/** State and generation in one comparison: what {@link activeStatus} gives while a lease is ACTIVE. From the high half of a lease word. */
export function statusOf(high: number): number {
  return high & ~EXPIRY_HIGH_MASK
}

/** The status of an ACTIVE lease with this generation. */
export function activeStatus(generation: number): number {
  return (generation << GENERATION_SHIFT) | (ACTIVE << STATE_SHIFT)
}

/** The generation, from the high half of a lease word or of a reference: 0 to 65,535. */
export function generationOf(high: number): number {
  return high >>> GENERATION_SHIFT
}

/** The expiry of a lease word in ms since the epoch. */
export function expiryOf(low: number, high: number): number {
  return (high & EXPIRY_HIGH_MASK) * TWO_32 + (low >>> 0)
}

/** The lease word with these parts. */
export function leaseWord(pair: WordPair, state: LeaseStateBits, generation: number, expiryMs: number): bigint {
  const high = (generation << GENERATION_SHIFT) | (state << STATE_SHIFT) | Math.floor(expiryMs / TWO_32)
  return pair.join(expiryMs | 0, high)
}

/** `word`, a lease word, with another state. */
export function withState(pair: WordPair, word: bigint, state: LeaseStateBits): bigint {
  const low = pair.low(word)
  const high = pair.high(word)
  return pair.join(low, (high & ~(STATE_MASK << STATE_SHIFT)) | (state << STATE_SHIFT))
}

/** The reference of a session: bits 8..31 of a high half, signed; its other bits are 0. */
export function referenceTo(index: number, generation: number): number {
  return (generation << GENERATION_SHIFT) | (index << INDEX_SHIFT)
}

/** The session that a high half names: {@link NOBODY}, or as {@link referenceTo} makes it. */
export function referenceOf(high: number): number {
  return high & REFERENCE_MASK
}

/** The lease index that a reference names: 0 to 255. */
export function indexOf(reference: number): number {
  return (reference >>> INDEX_SHIFT) & INDEX_MASK
}

/** The 39-bit counter in the halves of a word. */
export function counterOf(low: number, high: number): number {
  return (high & COUNTER_HIGH_MASK) * TWO_32 + (low >>> 0)
}

/** The word that holds a counter, beside `highBits`: the other bits of its high half. */
export function withCounter(pair: WordPair, counter: number, highBits: number): bigint {
  return pair.join(counter | 0, highBits | Math.floor(counter / TWO_32))
}

// A lease id is what parties tell each other: 16 bits of the epoch, so that an id of another fabric is recognised, the generation, the index.

const EPOCH_BITS_LIMIT = 2 ** 16
/** A reference without its low byte is below this. */
const REFERENCES = 2 ** 24

/** The id of a lease: an integer below 2^40. */
export function leaseIdOf(epochMs: number, reference: number): number {
  return (epochMs % EPOCH_BITS_LIMIT) * REFERENCES + (reference >>> INDEX_SHIFT)
}

/** The reference that a lease id names, or undefined if it is no id of the fabric with this epoch. */
export function referenceOfId(epochMs: number, leaseId: number): number | undefined {
  if (!Number.isSafeInteger(leaseId) || leaseId < 0) return undefined
  if (Math.floor(leaseId / REFERENCES) !== epochMs % EPOCH_BITS_LIMIT) return undefined
  const reference = ((leaseId % REFERENCES) << INDEX_SHIFT) | 0
  return generationOf(reference) === 0 ? undefined : reference
}
