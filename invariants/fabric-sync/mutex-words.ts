// Reads one mutex from a fabric's words: its main word and its cells.

import { BODY_OFFSET, cellName, type FabricWords, generationOf, indexOf, type NamedWords, referenceIn } from './fabric-words.js'

export const UNLOCKED = 0
const CELL_BIT = 0x80
const CELLS = 2

export class MutexWords implements NamedWords {
  readonly what = 'mutex'
  readonly fabric: FabricWords
  /** Byte offset of the mutex in the arena. */
  readonly base: number
  /** 64-bit words of one cell. */
  readonly cellWords: number

  constructor(fabric: FabricWords, base: number, codecBytes: number) {
    this.fabric = fabric
    this.base = base
    this.cellWords = Math.ceil(codecBytes / 4)
    fabric.add(this)
  }

  /** Session reference of the holder, or {@link UNLOCKED}. */
  holder(): number {
    return referenceIn(this.fabric.mainHigh(this.base))
  }

  fence(): number {
    return (this.fabric.mainHigh(this.base) & 0x7f) * 2 ** 32 + (this.fabric.mainLow(this.base) >>> 0)
  }

  /** The published cell: 0 or 1. */
  cell(): number {
    return (this.fabric.mainHigh(this.base) & CELL_BIT) === 0 ? 0 : 1
  }

  /** Data word `word` of a cell, signed. */
  data(cell: number, word: number): number {
    return this.fabric.arenaWord(this.base + BODY_OFFSET + 8 * (cell * this.cellWords + word))
  }

  /** The data words of a cell, signed. */
  cellData(cell: number): number[] {
    const words: number[] = []
    for (let word = 0; word < this.cellWords; word++) words.push(this.data(cell, word))
    return words
  }

  /** Tag of that word, signed. */
  tag(cell: number, word: number): number {
    return this.fabric.arenaWord(this.base + BODY_OFFSET + 8 * (cell * this.cellWords + word) + 4)
  }

  /** The data words of the published cell, for messages: `[1 0]`. */
  publishedText(): string {
    return this.cellText(this.cell())
  }

  /** For reports. */
  describe(): Record<string, string> {
    const holder = this.holder()
    const who = holder === UNLOCKED ? 'unlocked' : `lease ${indexOf(holder)} g${generationOf(holder)}`
    return { mutex: `${who}, fence ${this.fence()}, cell ${this.cell()}`, cell0: this.cellText(0), cell1: this.cellText(1) }
  }

  bodyName(offset: number): string | undefined {
    return cellName(offset, CELLS, this.cellWords)
  }

  cellText(cell: number): string {
    const words: string[] = []
    for (let word = 0; word < this.cellWords; word++) words.push(`${this.data(cell, word)} t${this.tag(cell, word)}`)
    return `[${words.join(', ')}]`
  }
}

/** Where an invariant finds the mutex that it judges: usually `(world) => world.mutexWords`. */
export type MutexWordsOf<World> = (world: World) => MutexWords
