// Splits a 64-bit word of shared memory into two 32-bit halves and joins them again, without BigInt arithmetic, which
// would create a heap object for each intermediate value.
//
// All pairs of a thread share one scratch of 8 bytes. That is no state: whoever uses it fills it first, and no value stays in it across a
// step; `low`, `high` and `join` are each complete. A scratch for each handle would cost as much as the rest of an attach.

/** Which half of a 64-bit element holds bits 0..31 on this machine. */
export const LOW = new Uint8Array(Int32Array.of(1).buffer)[0] === 1 ? 0 : 1
/** Which half holds bits 32..63. */
export const HIGH = 1 - LOW

/** The same 8 bytes twice: as one 64-bit word and as its halves. */
const WHOLE = new BigInt64Array(1)
const HALVES = new Int32Array(WHOLE.buffer)

export class WordPair {
  protected readonly whole = WHOLE
  protected readonly halves = HALVES

  /** Bits 0..31 of `word`, signed. */
  low(word: bigint): number {
    this.whole[0] = word
    return this.halves[LOW] as number
  }

  /** Bits 32..63 of `word`, signed. */
  high(word: bigint): number {
    this.whole[0] = word
    return this.halves[HIGH] as number
  }

  /** The 64-bit word with these halves; each is taken modulo 2^32. */
  join(low: number, high: number): bigint {
    this.halves[LOW] = low
    this.halves[HIGH] = high
    return this.whole[0] as bigint
  }
}
