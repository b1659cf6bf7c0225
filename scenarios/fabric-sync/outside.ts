// Something outside of the arena that parties write to while they hold a lock. It takes part in no lease, so it compares fences itself.
//
//   word   fence << 8 | writer: the last write that it accepted

const WORD = 0
const WRITER_BITS = 8

export class Outside {
  readonly #words = new Int32Array(new SharedArrayBuffer(4))

  /** Writes under a fence; false where a later holder has written before. */
  write(fence: number, writer: number): boolean {
    for (;;) {
      const before = Atomics.load(this.#words, WORD)
      if (before >>> WRITER_BITS > fence) return false
      const after = (fence << WRITER_BITS) | writer
      const seen = Atomics.compareExchange(this.#words, WORD, before, after)
      if (seen === before) return true
    }
  }
}
