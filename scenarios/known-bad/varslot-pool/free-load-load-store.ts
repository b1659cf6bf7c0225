// H1, H2: `free` checks with loads and ends the allocation with a store, as published.
//
// Two peers may both pass the check, and both push the slot; or one passes, pauses while the slot is freed and allocated again, and
// then frees it under its new holder.

import { type SizeClass, slotIndexOf } from '../../../primitives/varslot-pool/memory.js'
import { freeWord, generationOf, isAllocated } from '../../../primitives/varslot-pool/slot-word.js'
import { PoolSkeleton } from './pool-skeleton.js'

export class FreeLoadLoadStorePool extends PoolSkeleton {
  protected override claim(sizeClass: SizeClass, slotIdx: number, generation: number): boolean {
    const { words } = this.memory
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    const state = Atomics.load(words, slotIndex)
    if (!isAllocated(state)) return false
    const current = Atomics.load(words, slotIndex)
    if (generationOf(current) !== generation) return false
    const freed = freeWord(generation)
    Atomics.store(words, slotIndex, freed)
    return true
  }
}
