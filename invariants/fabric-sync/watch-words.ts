// Reads one watch from a fabric's words, by the published layout: its main word and its cells.
//
//   main word   low: version, bits 0..31 of 39; high: 0..6 version bits 32..38, 7 CLOSED, 8..31 session reference of the sender

import { BODY_OFFSET, cellName, type FabricWords, type NamedWords } from './fabric-words.js'

export class WatchWords implements NamedWords {
  readonly what = 'watch'
  readonly fabric: FabricWords
  /** Byte offset of the watch in the arena. */
  readonly base: number
  /** 64-bit words of one cell. */
  readonly cellWords: number
  readonly cells: number

  constructor(fabric: FabricWords, base: number, codecBytes: number, cells: number) {
    this.fabric = fabric
    this.base = base
    this.cellWords = Math.ceil(codecBytes / 4)
    this.cells = cells
    fabric.add(this)
  }

  version(): number {
    return (this.fabric.mainHigh(this.base) & 0x7f) * 2 ** 32 + (this.fabric.mainLow(this.base) >>> 0)
  }

  isClosed(): boolean {
    return (this.fabric.mainHigh(this.base) & 0x80) !== 0
  }

  bodyName(offset: number): string | undefined {
    return cellName(offset, this.cells, this.cellWords)
  }

  cellText(cell: number): string {
    const words: string[] = []
    for (let word = 0; word < this.cellWords; word++) {
      const at = this.base + BODY_OFFSET + 8 * (cell * this.cellWords + word)
      words.push(`${this.fabric.arenaWord(at)} t${this.fabric.arenaWord(at + 4)}`)
    }
    return `[${words.join(', ')}]`
  }

  /** For reports. */
  describe(): Record<string, string> {
    const state: Record<string, string> = { watch: `version ${this.version()}${this.isClosed() ? ', CLOSED' : ''}` }
    for (let cell = 0; cell < this.cells; cell++) state[`cell${cell}`] = this.cellText(cell)
    return state
  }
}

/** Where an invariant finds the watch that it judges: usually `(world) => world.watchWords`. */
export type WatchWordsOf<World> = (world: World) => WatchWords
