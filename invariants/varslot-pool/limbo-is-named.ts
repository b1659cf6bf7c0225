// VS-6: a slot in limbo (neither listed nor allocated) is named by the intent of the peer that put it there.
//
// Memory does not say who put a slot into limbo, so the check asks for any intent that names it; a slot without one is lost if its
// peer dies now. Checked after every step that wrote.
//
// Cost: for each class one word, two for each listed slot, one for each other; the intents only when a slot is in limbo.

import type { Invariant } from '../../sim/invariant.js'
import { isAllocated, type SlotMemoryOf, slotText } from './slot-memory.js'

/** VS-6: a slot that is neither on a free list nor allocated is named by some peer's intent. */
export function limboIsNamed<World>(memoryOf: SlotMemoryOf<World>): Invariant<World> {
  /** By slot: the number of the check that last met it on a list. */
  let marks = new Int32Array(0)
  let check = 0

  return {
    name: 'limbo-is-named',
    when: 'writes',
    begin(world) {
      const slots = memoryOf(world).slotCountTotal
      if (marks.length !== slots) marks = new Int32Array(slots)
      else marks.fill(0)
      check = 0
    },
    everyStep(world) {
      const memory = memoryOf(world)
      memory.markListed(marks, ++check)
      for (let classIdx = 0; classIdx < memory.classCount; classIdx++) {
        const slotCount = memory.slotCounts[classIdx] as number
        const firstSlot = memory.firstSlots[classIdx] as number
        for (let slotIdx = 0; slotIdx < slotCount; slotIdx++) {
          if (marks[firstSlot + slotIdx] === check) continue
          if (isAllocated(memory.slotWord(classIdx, slotIdx)) || memory.isNamed(classIdx, slotIdx)) continue
          return `${slotText(classIdx, slotIdx)} is free but on no list, and no intent names it`
        }
      }
      return undefined
    },
  }
}
