// Reads a file in pieces that are larger than what is asked for, since most of it is read in order.

import { StorageError } from './errors.js'
import type { Storage } from './storage.js'

/** Windows begin at multiples of this, and are twice as long where the file is. */
const WINDOW_STRIDE = 64 * 1024

export class FileWindow {
  readonly file: string
  /** Bytes of the file. */
  readonly size: number
  readonly #storage: Storage
  #begin = 0
  #bytes: Uint8Array = new Uint8Array(0)

  constructor(storage: Storage, file: string, size: number) {
    this.#storage = storage
    this.file = file
    this.size = size
  }

  /** Exactly `length` bytes from `offset`, all of which lie in the file. They stay as they are. */
  bytes(offset: number, length: number): Uint8Array {
    const isInside = offset >= this.#begin && offset + length <= this.#begin + this.#bytes.length
    if (!isInside) {
      const begin = Math.floor(offset / WINDOW_STRIDE) * WINDOW_STRIDE
      const end = Math.min(this.size, Math.max(begin + 2 * WINDOW_STRIDE, offset + length))
      const bytes = this.#storage.read(this.file, begin, end - begin)
      if (bytes.length !== end - begin)
        throw new StorageError(this.file, 'read', `expected ${end - begin} bytes at ${begin} of ${this.file}, got ${bytes.length}`)
      this.#bytes = bytes
      this.#begin = begin
    }
    return this.#bytes.subarray(offset - this.#begin, offset - this.#begin + length)
  }
}
