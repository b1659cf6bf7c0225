// H5: nobody looks whether the caller itself holds a guard on the slot. It waits for itself.

import { SlotLocks } from '../../../primitives/memory-manager/slot-locks.js'
import { managerWith } from './manager-variant.js'

class NoBorrowCheckLocks extends SlotLocks {
  override isMine(): boolean {
    return false
  }
}

export const NoBorrowCheckManager = managerWith({ Locks: NoBorrowCheckLocks })
