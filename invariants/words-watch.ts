// Notices which of some shared words changed since it last looked. Shared by the invariants that judge changes.
//
// Cost: two entries of arrays for each word at each look.

/** A block of shared memory that is read word by word. */
export interface WordMemory {
  readonly words: Int32Array
}

/** Judges the change of word `at`, counted among those that are watched; a message ends the look. */
export type JudgeWord = (at: number, before: number, after: number) => string | undefined

export class WordsWatch<Memory extends WordMemory> {
  readonly #count: (memory: Memory) => number
  readonly #indexOf: (memory: Memory, at: number) => number
  /** In the memory's words, of each that is watched. */
  #indexes = new Int32Array(0)
  #seen = new Int32Array(0)

  /** Watches `count` words, of which number `at` lies at index `indexOf` of the memory's words. */
  constructor(count: (memory: Memory) => number, indexOf: (memory: Memory, at: number) => number) {
    this.#count = count
    this.#indexOf = indexOf
  }

  /** Takes the words as they are. */
  begin(memory: Memory): void {
    const count = this.#count(memory)
    if (this.#seen.length !== count) {
      this.#indexes = new Int32Array(count)
      this.#seen = new Int32Array(count)
    }
    for (let at = 0; at < count; at++) {
      const index = this.#indexOf(memory, at)
      this.#indexes[at] = index
      this.#seen[at] = memory.words[index] as number
    }
  }

  /** Hands each word that changed since the last look to `judge`. */
  look({ words }: Memory, judge: JudgeWord): string | undefined {
    const indexes = this.#indexes
    const seen = this.#seen
    for (let at = 0; at < seen.length; at++) {
      const before = seen[at] as number
      const after = words[indexes[at] as number] as number
      if (before === after) continue
      seen[at] = after
      const message = judge(at, before, after)
      if (message !== undefined) return message
    }
    return undefined
  }
}
