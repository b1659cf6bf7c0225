// H9: the slot index of a reference is used as it comes. One beyond the class names a word of another block, here of the slots'
// data, which callers fill as they like.

import type { SlotRef } from '../../../primitives/varslot-pool/layout.js'
import type { SizeClass } from '../../../primitives/varslot-pool/memory.js'
import { requireSlotRef } from '../../../primitives/varslot-pool/ref.js'
import { PoolSkeleton } from './pool-skeleton.js'

export class NoBoundsCheckPool extends PoolSkeleton {
  protected override requireRef(ref: SlotRef): SizeClass {
    return requireSlotRef(this.memory.classes, { ...ref, slotIdx: 0 })
  }
}
