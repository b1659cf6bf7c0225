// Splits a 64-bit word of shared memory into two 32-bit halves and joins them again, without BigInt arithmetic, which
// would create a heap object for each intermediate value.
//
// It is a private scratch of one handle. No value stays in it across a step: `low`, `high` and `join` are each complete.

/** Which half of a 64-bit element holds bits 0..31 on this machine. */
const LOW = new Uint8Array(Int32Array.of(1).buffer)[0] === 1 ? 0 : 1
const HIGH = 1 - LOW

export class WordPair {
  /** The same 8 bytes twice: as one 64-bit word and as its halves. */
  readonly #whole = new BigInt64Array(1)
  readonly #halves = new Int32Array(this.#whole.buffer)

  /** Bits 0..31 of `word`, signed. */
  low(word: bigint): number {
    this.#whole[0] = word
    return this.#halves[LOW] as number
  }

  /** Bits 32..63 of `word`, signed. */
  high(word: bigint): number {
    this.#whole[0] = word
    return this.#halves[HIGH] as number
  }

  /** The 64-bit word with these halves; each is taken modulo 2^32. */
  join(low: number, high: number): bigint {
    this.#halves[LOW] = low
    this.#halves[HIGH] = high
    return this.#whole[0] as bigint
  }
}
