// H6, H7: no peer table. Reclaim frees whatever has the owner id, whether the id is in use or not, and nothing keeps a new peer
// from using the id of one that is being reclaimed.

import { INTENT_FREE } from '../../../primitives/slot-intent.js'
import { slotIndexOf } from '../../../primitives/varslot-pool/memory.js'
import type { ReclaimReport } from '../../../primitives/varslot-pool/reclaim.js'
import { isAllocated, ownerOf } from '../../../primitives/varslot-pool/slot-word.js'
import { PoolSkeleton } from './pool-skeleton.js'

export class ReclaimByBareIdPool extends PoolSkeleton {
  override joinPeer(): void {}

  override leavePeer(): void {}

  override declarePeerDead(): void {}

  protected override requireLive(): void {}

  override reclaimPeerSlots(peerId: number, byPeer: number): ReclaimReport {
    const { words, classes } = this.memory
    let freedSlots = 0
    for (const sizeClass of classes) {
      for (let slotIdx = 0; slotIdx < sizeClass.slotCount; slotIdx++) {
        const slotIndex = slotIndexOf(sizeClass, slotIdx)
        const word = Atomics.load(words, slotIndex)
        if (!isAllocated(word) || ownerOf(word) !== peerId) continue
        this.announce(byPeer, INTENT_FREE, sizeClass, slotIdx)
        const claimed = this.claimOwned(sizeClass, slotIdx, word)
        if (claimed) {
          this.push(sizeClass, slotIdx)
          freedSlots++
        }
        this.withdraw(byPeer)
      }
    }
    this.withdraw(peerId)
    return { complete: true, freedSlots, recoveredLimbo: 0 }
  }
}
