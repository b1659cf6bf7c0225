// H6: the owner is cleared, then the value is written in place.
//
// Between the two another takes the lock and reads the old value; what it makes of that replaces the holder's update.

import { MutexSteps } from '../../../primitives/fabric-sync/mutex-steps.js'

export class UnlockBeforeWrite<T> extends MutexSteps<T> {
  override publish(fence: number, cell: number): void {
    this.unlock(fence, cell, cell)
    this.cell.store(this.cellIndex(cell), fence | 0)
  }
}
