// Recovery lets a dead peer out of a lock and leaves POISONED as it is, as the published steps have it. A peer that dies after it freed a
// poisoned message and before it unlocked leaves the bit to the next message in the slot.

import { PeerRecovery } from '../../../primitives/memory-manager/peer-recovery.js'
import { managerWith } from './manager-variant.js'

class RecoveryKeepsPoison extends PeerRecovery {
  protected override holdsNoMessage(): boolean {
    return false
  }
}

export const RecoveryKeepsPoisonManager = managerWith({ Recovery: RecoveryKeepsPoison })
