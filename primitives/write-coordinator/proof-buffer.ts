// Proofs of commits that have a number and are not written yet, in one piece, ready to be appended.

import { viewOf } from './little-endian.js'

const CAPACITY_MIN = 4096
/** A buffer that grew beyond this is not kept. */
const CAPACITY_KEPT_MAX = 16 * 1024 * 1024

export class ProofBuffer {
  bytes = new Uint8Array(CAPACITY_MIN)
  view = viewOf(this.bytes)
  /** Bytes in use. */
  size = 0

  /** Makes room for `length` more bytes. */
  reserve(length: number): void {
    const needed = this.size + length
    if (needed <= this.bytes.length) return
    this.#replace(Math.max(needed, this.bytes.length * 2))
  }

  /** Empties it. */
  clear(): void {
    this.size = 0
    if (this.bytes.length > CAPACITY_KEPT_MAX) this.#replace(CAPACITY_MIN)
  }

  #replace(capacity: number): void {
    const bytes = new Uint8Array(capacity)
    bytes.set(this.bytes.subarray(0, this.size))
    this.bytes = bytes
    this.view = viewOf(bytes)
  }
}
