// Notices which of some shared words changed since it last looked. Shared by the invariants that judge changes.
//
// Cost: one word for each that is watched at each look.

/** Judges one change; a message ends the look. */
export type JudgeWord = (at: number, before: number, after: number) => string | undefined

export class WordsWatch<Memory> {
  readonly #count: (memory: Memory) => number
  readonly #read: (memory: Memory, at: number) => number
  #seen = new Int32Array(0)

  /** @param read word `at` of those that are watched, of which there are `count` */
  constructor(count: (memory: Memory) => number, read: (memory: Memory, at: number) => number) {
    this.#count = count
    this.#read = read
  }

  /** Takes the words as they are. */
  begin(memory: Memory): void {
    const count = this.#count(memory)
    if (this.#seen.length !== count) this.#seen = new Int32Array(count)
    for (let at = 0; at < count; at++) this.#seen[at] = this.#read(memory, at)
  }

  /** Hands each word that changed since the last look to `judge`. */
  look(memory: Memory, judge: JudgeWord): string | undefined {
    for (let at = 0; at < this.#seen.length; at++) {
      const before = this.#seen[at] as number
      const after = this.#read(memory, at)
      if (before === after) continue
      this.#seen[at] = after
      const message = judge(at, before, after)
      if (message !== undefined) return message
    }
    return undefined
  }
}
