// The chain through all markers: FNV-1a-64 (Fowler, Noll, Vo) over the previous chain value and a marker's first bytes. In two halves, so
// that no BigInt is created. It tells which marker stood before this one; it is no protection against somebody who forges markers.

/** Low part of the FNV prime 2^40 + 0x1b3. */
const PRIME_LOW = 0x1b3
const OFFSET_BASIS_LOW = 0x84222325
const OFFSET_BASIS_HIGH = 0xcbf29ce4
const TWO_32 = 2 ** 32
/** Bytes of a chain value. */
const CHAIN_BYTES = 8

export class FnvChain {
  /** The value, in unsigned halves. */
  low = 0
  high = 0

  /** Begins at a 64-bit number below 2^53: the store's id. */
  startAt(value: number): void {
    this.low = value >>> 0
    this.high = Math.floor(value / TWO_32)
  }

  copyFrom(other: FnvChain): void {
    this.low = other.low
    this.high = other.high
  }

  /** The next value: the hash of this value, in little-endian bytes, and of `bytes[begin … end - 1]`. */
  extend(bytes: Uint8Array, begin: number, end: number): void {
    const before = this.low
    const beforeHigh = this.high
    // In local variables, since a field that holds a number above 2^31 is an object of its own.
    let low = OFFSET_BASIS_LOW | 0
    let high = OFFSET_BASIS_HIGH | 0
    for (let at = begin - CHAIN_BYTES; at < end; at++) {
      const place = at - begin + CHAIN_BYTES
      const word = place < 4 ? before : beforeHigh
      const byte = place < CHAIN_BYTES ? (word >>> ((place & 3) << 3)) & 255 : (bytes[at] as number)
      // Times 2^40 + 0x1b3, modulo 2^64, in pieces that stay below 2^31: the low half by 16 bits at a time, what it carries, and 2^40, which moves
      // the low half into the high one by 8 bits.
      low ^= byte
      const lower = (low & 0xffff) * PRIME_LOW
      const upper = (low >>> 16) * PRIME_LOW + (lower >>> 16)
      high = (Math.imul(high, PRIME_LOW) + (upper >>> 16) + (low << 8)) | 0
      low = (upper << 16) | (lower & 0xffff)
    }
    this.low = low >>> 0
    this.high = high >>> 0
  }

  asBigInt(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low)
  }
}
