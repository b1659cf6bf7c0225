// Recovery frees a dead peer's message as the published steps have it ("freeShared as p"): by generation. A message that is adopted between
// the look at the owner and the claim is freed all the same.

import { wordIndexOf } from '../../../primitives/memory-manager/manager-memory.js'
import { PeerRecovery, type RecoveryProgress } from '../../../primitives/memory-manager/peer-recovery.js'
import { generationOf, isReady } from '../../../primitives/memory-manager/slot-word.js'
import { managerWith } from './manager-variant.js'

class RecoveryFreesAdopted extends PeerRecovery {
  protected override claimAndPush(progress: RecoveryProgress, slotIdx: number, owned: number, locked: boolean): void {
    const wordIndex = wordIndexOf(this.memory, slotIdx)
    const word = Atomics.load(this.memory.words, wordIndex) // F1
    const same = locked && isReady(word) && generationOf(word) === generationOf(owned)
    super.claimAndPush(progress, slotIdx, same ? word : owned, locked)
  }
}

export const RecoveryFreesAdoptedManager = managerWith({ Recovery: RecoveryFreesAdopted })
