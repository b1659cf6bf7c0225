// Shared buffers, pooled between executions: a new SharedArrayBuffer costs as much as dozens of steps.

/** Buffers kept for one size; an execution that wants more gets fresh ones. */
const KEPT_PER_SIZE = 64
/** Larger buffers are not kept. */
const BYTES_MAX = 1 << 20

interface Shelf {
  readonly buffers: SharedArrayBuffer[]
  readonly bytes: Uint8Array[]
  /** Buffers of this shelf that the current execution has taken. */
  taken: number
}

export class BufferPool {
  readonly #shelves = new Map<number, Shelf>()
  /** Those from which the current execution has taken: so many at the front. To shorten the array instead would cost 25 ns. */
  readonly #used: Shelf[] = []
  #usedCount = 0
  #shelfOfLast: Shelf | undefined
  #sizeOfLast = -1

  /** Everything that was taken is free again: only between executions. */
  reset(): void {
    for (let i = 0; i < this.#usedCount; i++) (this.#used[i] as Shelf).taken = 0
    this.#usedCount = 0
  }

  /** A buffer of `byteLength` zero bytes. */
  take(byteLength: number): SharedArrayBuffer {
    if (byteLength > BYTES_MAX) return new SharedArrayBuffer(byteLength)
    const shelf = byteLength === this.#sizeOfLast ? (this.#shelfOfLast as Shelf) : this.#shelf(byteLength)
    const at = shelf.taken
    if (at === 0) this.#used[this.#usedCount++] = shelf
    if (at >= KEPT_PER_SIZE) return new SharedArrayBuffer(byteLength)
    shelf.taken = at + 1
    if (at === shelf.buffers.length) {
      const buffer = new SharedArrayBuffer(byteLength)
      shelf.buffers.push(buffer)
      shelf.bytes.push(new Uint8Array(buffer))
      return buffer
    }
    clear(shelf.bytes[at] as Uint8Array)
    return shelf.buffers[at] as SharedArrayBuffer
  }

  #shelf(byteLength: number): Shelf {
    let shelf = this.#shelves.get(byteLength)
    if (shelf === undefined) {
      shelf = { buffers: [], bytes: [], taken: 0 }
      this.#shelves.set(byteLength, shelf)
    }
    this.#shelfOfLast = shelf
    this.#sizeOfLast = byteLength
    return shelf
  }
}

/** Up to 64 bytes a loop is quicker than `fill`, which costs 40 ns to call. */
function clear(bytes: Uint8Array): void {
  if (bytes.length > 64) bytes.fill(0)
  else for (let i = 0; i < bytes.length; i++) bytes[i] = 0
}
