// VS-2: a listed slot is free; no slot is listed while some peer holds it (by the ghost record of returned references).
//
// Checked after every step that wrote. Holds of peers that crashed or were declared dead do not count: a reclaim may end them.
//
// Cost: for each class one word, and two for each listed slot.

import type { Invariant } from '../../sim/invariant.js'
import { SlotLedger } from './slot-ledger.js'
import { isAllocated, ownerOf, type SlotMemoryOf, slotText } from './slot-memory.js'

/** VS-2: no slot is on a free list while it is allocated, or while a living peer holds it. */
export function noSlotListedAndHeld<World>(memoryOf: SlotMemoryOf<World>): Invariant<World> {
  const ledger = new SlotLedger()
  return {
    name: 'no-slot-listed-and-held',
    when: 'writes',
    begin(world) {
      ledger.begin(memoryOf(world))
    },
    onEvent(event) {
      ledger.note(event)
      return undefined
    },
    everyStep(world) {
      const memory = memoryOf(world)
      for (let classIdx = 0; classIdx < memory.classCount; classIdx++) {
        const slotCount = memory.slotCounts[classIdx] as number
        const firstSlot = memory.firstSlots[classIdx] as number
        let at = memory.headIndex(classIdx)
        for (let met = 0; met < slotCount && at >= 0 && at < slotCount; met++) {
          const word = memory.slotWord(classIdx, at)
          if (isAllocated(word)) return `${slotText(classIdx, at)} is on the free list and allocated to ${ownerOf(word)}`
          if (ledger.isHeld(firstSlot + at)) return `${slotText(classIdx, at)} is on the free list while ${ledger.heldAs[firstSlot + at]} holds it`
          at = memory.next(classIdx, at)
        }
      }
      return undefined
    },
  }
}
