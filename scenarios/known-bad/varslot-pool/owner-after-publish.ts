// H13: a popped slot is marked allocated in one step and gets its owner in the next. A peer that dies between the two leaves a slot
// that is allocated to peer 0, which does not know.

import { type SizeClass, slotIndexOf } from '../../../primitives/varslot-pool/memory.js'
import { allocatedWord, generationAfter, generationOf } from '../../../primitives/varslot-pool/slot-word.js'
import { PoolSkeleton } from './pool-skeleton.js'

const NO_OWNER = 0

export class OwnerAfterPublishPool extends PoolSkeleton {
  protected override own(sizeClass: SizeClass, slotIdx: number, peer: number): number {
    const { words } = this.memory
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    const word = Atomics.load(words, slotIndex)
    const generation = generationAfter(generationOf(word))
    const published = allocatedWord(NO_OWNER, generation)
    const owned = allocatedWord(peer, generation)
    Atomics.store(words, slotIndex, published)
    Atomics.store(words, slotIndex, owned)
    return generation
  }
}
