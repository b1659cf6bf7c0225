// H14: the value is stored without a look at what is there. An initialiser that was replaced stores a word late, into the value that its successor
// has written or published.

import { CellAccess } from '../../../primitives/fabric-sync/cell.js'

export class OncePlainWrite<T> extends CellAccess<T> {
  override write(firstIndex: number, tag: number, mainIndex: number, mainWord: bigint): boolean {
    const main = Atomics.load(this.memory.longs, mainIndex)
    if (main !== mainWord) return false
    this.store(firstIndex, tag)
    return true
  }
}
