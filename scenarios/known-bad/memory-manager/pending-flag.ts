// H10: a waiting writer sets a flag, not its name. When it dies nobody knows whose the flag is, and it keeps readers out for good.

import { SlotLocks } from '../../../primitives/memory-manager/slot-locks.js'
import { managerWith } from './manager-variant.js'

/** The pending field with all bits set: no peer's name. */
const FLAG = 0b11111 << 21

class PendingFlagLocks extends SlotLocks {
  protected override pendingField(): number {
    return FLAG
  }
}

export const PendingFlagManager = managerWith({ Locks: PendingFlagLocks })
