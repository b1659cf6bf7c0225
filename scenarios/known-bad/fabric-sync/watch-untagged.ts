// H15: several cells, and nothing that says which version a word is of. A slow reader is overtaken by a sender that has gone round all cells.

import { cellIndex } from '../../../primitives/fabric-sync/watch-block.js'
import { WatchReceiveSteps } from '../../../primitives/fabric-sync/watch-receive-steps.js'

export class WatchUntagged<T> extends WatchReceiveSteps<T> {
  protected override loadCell(version: number): boolean {
    this.watch.cell.load(cellIndex(this.watch, version))
    return true
  }
}
