// H3: the claim of `free` is atomic in the state alone; the generation is checked before it, in another step.
//
// As published, state and generation are two words, and the compare-and-swap is on the state. Here one operation clears state and
// owner and leaves the generation as it is, which does the same: between the check and the claim the slot may be freed and
// allocated again, and the claim ends the new allocation.

import { type SizeClass, slotIndexOf } from '../../../primitives/varslot-pool/memory.js'
import { GENERATION_MAX, generationOf, isAllocated } from '../../../primitives/varslot-pool/slot-word.js'
import { PoolSkeleton } from './pool-skeleton.js'

export class FreeStateCasPool extends PoolSkeleton {
  protected override claim(sizeClass: SizeClass, slotIdx: number, generation: number): boolean {
    const { words } = this.memory
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    const word = Atomics.load(words, slotIndex)
    if (generationOf(word) !== generation) return false
    const before = Atomics.and(words, slotIndex, GENERATION_MAX)
    return isAllocated(before)
  }
}
