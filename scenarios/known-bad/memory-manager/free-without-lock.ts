// H11: free does not wait for the guards on the message. It ends, and the next one is written, under a reader.

import { SlotLocks } from '../../../primitives/memory-manager/slot-locks.js'
import { managerWith } from './manager-variant.js'

class FreeWithoutLockLocks extends SlotLocks {
  override lockFree(): void {}

  override unlockFree(): void {}
}

export const FreeWithoutLockManager = managerWith({ Locks: FreeWithoutLockLocks })
