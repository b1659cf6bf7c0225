// H13: recovery poisons every message whose write lock the dead peer held, although a free takes that lock too and changes no byte.

import { PeerRecovery } from '../../../primitives/memory-manager/peer-recovery.js'
import { managerWith } from './manager-variant.js'

class PoisonOnLockRecovery extends PeerRecovery {
  protected override leavesHalfWritten(): boolean {
    return true
  }
}

export const PoisonOnLockManager = managerWith({ Recovery: PoisonOnLockRecovery })
