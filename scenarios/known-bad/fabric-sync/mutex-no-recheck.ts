// H4: the words of the spare cell are swapped without a look at the lock between load and swap (no P2).
//
// The holder pauses before the load. Another takes the lock over, fills the same spare cell and publishes it; the zombie loads a word of the
// published value and swaps its own in.

import { CellAccess } from '../../../primitives/fabric-sync/cell.js'

export class NoRecheck<T> extends CellAccess<T> {
  override write(firstIndex: number, tag: number): boolean {
    const { longs, pair } = this.memory
    for (let word = 0; word < this.wordCount; word++) {
      const data = pair.join(this.staged[word] as number, tag)
      for (;;) {
        const old = Atomics.load(longs, firstIndex + word)
        const seen = Atomics.compareExchange(longs, firstIndex + word, old, data)
        if (seen === old) break
      }
    }
    return true
  }
}
