// H8: a receiver cannot become the owner of what it received. When the sender dies, its slots are taken back under the receiver.

import { StaleSlotError } from '../../../primitives/varslot-pool/errors.js'
import type { SlotRef } from '../../../primitives/varslot-pool/layout.js'
import { slotIndexOf } from '../../../primitives/varslot-pool/memory.js'
import { copySlotRef } from '../../../primitives/varslot-pool/ref.js'
import { generationOf, isAllocated } from '../../../primitives/varslot-pool/slot-word.js'
import { PoolSkeleton } from './pool-skeleton.js'

export class NoAdoptPool extends PoolSkeleton {
  override adopt(slotRef: SlotRef, newOwner: number): void {
    const sizeClass = this.requireRef(slotRef)
    this.requireLive(newOwner)
    const slotIndex = slotIndexOf(sizeClass, slotRef.slotIdx)
    const word = Atomics.load(this.memory.words, slotIndex)
    if (!isAllocated(word) || generationOf(word) !== slotRef.generation) throw new StaleSlotError(copySlotRef(slotRef))
  }
}
