// H4: the words of the spare cell are stored, not swapped (P3).
//
// The holder has seen that the lock is its own and pauses past its lease. Another takes the lock over, fills the same spare cell and publishes
// it; the zombie's store lands in the published value.

import { CellAccess } from '../../../primitives/fabric-sync/cell.js'

export class PlainCellWrite<T> extends CellAccess<T> {
  override write(firstIndex: number, tag: number, mainIndex: number, mainWord: bigint): boolean {
    const { longs, pair } = this.memory
    for (let word = 0; word < this.wordCount; word++) {
      const data = pair.join(this.staged[word] as number, tag)
      const main = Atomics.load(longs, mainIndex)
      if (main !== mainWord) return false
      Atomics.store(longs, firstIndex + word, data)
    }
    return true
  }
}
