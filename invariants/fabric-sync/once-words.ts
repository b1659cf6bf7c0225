// Reads one once from a fabric's words, by the published layout: its main word and its cell.
//
//   main word   low: attempt; high: 0..1 state, 8..31 session reference of the runner

import { BODY_OFFSET, type FabricWords, generationOf, indexOf, type NamedWords, referenceIn } from './fabric-words.js'

export const STATE_RUNNING = 1
export const STATE_DONE = 2
const STATE_NAMES = ['empty', 'running', 'done'] as const

export class OnceWords implements NamedWords {
  readonly what = 'once'
  readonly fabric: FabricWords
  /** Byte offset of the once in the arena. */
  readonly base: number
  /** 64-bit words of its cell. */
  readonly cellWords: number

  constructor(fabric: FabricWords, base: number, codecBytes: number) {
    this.fabric = fabric
    this.base = base
    this.cellWords = Math.ceil(codecBytes / 4)
    fabric.add(this)
  }

  bodyName(offset: number): string | undefined {
    const word = offset / 8
    return word >= 0 && word < this.cellWords && Number.isInteger(word) ? `cell word ${word}` : undefined
  }

  state(): number {
    return this.fabric.mainHigh(this.base) & 0b11
  }

  attempt(): number {
    return this.fabric.mainLow(this.base) >>> 0
  }

  /** Session reference of who runs the initialiser, or ran it. */
  runner(): number {
    return referenceIn(this.fabric.mainHigh(this.base))
  }

  /** Data word `word` of the cell, signed. */
  data(word: number): number {
    return this.fabric.arenaWord(this.base + BODY_OFFSET + 8 * word)
  }

  /** Tag of that word, signed. */
  tag(word: number): number {
    return this.fabric.arenaWord(this.base + BODY_OFFSET + 8 * word + 4)
  }

  /** Whether the cell holds these data words. */
  holds(words: readonly number[]): boolean {
    for (let word = 0; word < this.cellWords; word++) if (this.data(word) !== words[word]) return false
    return true
  }

  cellText(): string {
    const words: string[] = []
    for (let word = 0; word < this.cellWords; word++) words.push(`${this.data(word)} t${this.tag(word)}`)
    return `[${words.join(', ')}]`
  }

  /** For reports. */
  describe(): Record<string, string> {
    const runner = this.runner()
    const who = runner === 0 ? '' : ` by lease ${indexOf(runner)} g${generationOf(runner)}`
    return { once: `${STATE_NAMES[this.state()] ?? 'corrupt'}${who}, attempt ${this.attempt()}`, cell: this.cellText() }
  }
}

/** Where an invariant finds the once that it judges: usually `(world) => world.onceWords`. */
export type OnceWordsOf<World> = (world: World) => OnceWords
