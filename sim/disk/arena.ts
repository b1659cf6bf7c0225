// Memory for the bytes of one execution's files, all given back at once. To make an array of its own for each of them, and to collect it, takes longer
// than most of what is done with it.

/** What a few small files need with all that is written to them; the rest is made as it comes. */
const ARENA_BYTES = 2 ** 18

export class Arena {
  #bytes: Uint8Array<ArrayBuffer> | undefined
  #used = 0

  /** Zeros. */
  zeros(length: number): Uint8Array<ArrayBuffer> {
    const start = this.#reserve(length)
    return start === -1 ? new Uint8Array(length) : this.#view(start, length).fill(0)
  }

  copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const start = this.#reserve(bytes.length)
    const copy = start === -1 ? new Uint8Array(bytes.length) : this.#view(start, bytes.length)
    copy.set(bytes)
    return copy
  }

  /** Everything that was taken will be overwritten: nobody may use it any more. */
  reset(): void {
    this.#used = 0
  }

  /** Takes so many bytes: where they begin; -1 where there is no room. */
  #reserve(length: number): number {
    const start = this.#used
    if (start + length > ARENA_BYTES) return -1
    this.#used = start + length
    return start
  }

  #view(start: number, length: number): Uint8Array<ArrayBuffer> {
    this.#bytes ??= new Uint8Array(ARENA_BYTES)
    return new Uint8Array(this.#bytes.buffer, start, length)
  }
}
