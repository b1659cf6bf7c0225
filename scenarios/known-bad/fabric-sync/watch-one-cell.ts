// H15: one cell, and the version as the only sign of a change: loaded before the value and after it. The sender raises it when it has written all
// of the next value, so a reader between two words of the write sees the same version twice and a mixed value. (Its scenario has one cell.)

import { cellIndex } from '../../../primitives/fabric-sync/watch-block.js'
import { WatchReceiveSteps } from '../../../primitives/fabric-sync/watch-receive-steps.js'
import { versionOf } from '../../../primitives/fabric-sync/watch-word.js'

export class WatchOneCell<T> extends WatchReceiveSteps<T> {
  protected override loadCell(version: number): boolean {
    const { session, block, cell } = this.watch
    const { longs, pair } = session.memory
    cell.load(cellIndex(this.watch, version))
    const word = Atomics.load(longs, block.mainIndex)
    return versionOf(pair.low(word), pair.high(word)) === version
  }
}
