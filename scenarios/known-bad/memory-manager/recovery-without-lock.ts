// Recovery frees the messages of a dead peer at once, without the lock: also under a reader.

import { PeerRecovery, type RecoveryProgress } from '../../../primitives/memory-manager/peer-recovery.js'
import { managerWith } from './manager-variant.js'

class RecoveryWithoutLock extends PeerRecovery {
  protected override tryLock(): boolean {
    return true
  }

  protected override claimAndPush(progress: RecoveryProgress, slotIdx: number, owned: number): void {
    super.claimAndPush(progress, slotIdx, owned, false)
  }
}

export const RecoveryWithoutLockManager = managerWith({ Recovery: RecoveryWithoutLock })
