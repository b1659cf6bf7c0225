// H9: the lock word does not say that a write guard was handed out. Recovery lets a dead writer out, and the message it was in the middle of
// is read as if it were whole.

import { SlotLocks } from '../../../primitives/memory-manager/slot-locks.js'
import { managerWith } from './manager-variant.js'

class NoDirtyLocks extends SlotLocks {
  override markDirty(): void {}
}

export const NoDirtyManager = managerWith({ Locks: NoDirtyLocks })
