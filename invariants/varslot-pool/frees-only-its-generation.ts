// VS-5: a reference of generation g never frees or adopts generation g' != g.
//
// A slot word that stops saying "allocated, generation g" must have a reason: a call of `free` that is open with a reference of
// generation g, or a reclaim of the owner. One that changes its owner must have an open `adopt` of generation g.
// Checked at each event, before the event counts, and after every step that wrote: a change is judged under the calls that were open
// when it happened.
//
// Cost: one word for each slot; the open calls only when a word changed.

import type { Invariant } from '../../sim/invariant.js'
import { ADOPT, FREE, SlotLedger } from './slot-ledger.js'
import { generationOf, isAllocated, ownerOf, type SlotMemoryOf, slotText } from './slot-memory.js'
import { SlotWordsWatch } from './slot-words-watch.js'

/** VS-5: only a reference of the slot's own generation frees it or changes its owner. */
export function freesOnlyItsGeneration<World>(memoryOf: SlotMemoryOf<World>): Invariant<World> {
  const ledger = new SlotLedger()
  const watch = new SlotWordsWatch()

  function judge(classIdx: number, slotIdx: number, before: number, after: number): string | undefined {
    if (!isAllocated(before)) return undefined
    const slot = (ledger.memory.firstSlots[classIdx] as number) + slotIdx
    const generation = generationOf(before)
    if (isAllocated(after)) {
      if (generationOf(after) !== generation)
        return `${slotText(classIdx, slotIdx)} went from generation ${generation} to ${generationOf(after)} while it was allocated`
      if (ledger.isCalled(ADOPT, slot, generation)) return undefined
      return `${slotText(classIdx, slotIdx)}, generation ${generation}, went from owner ${ownerOf(before)} to ${ownerOf(after)} without an adopt of that generation`
    }
    if (ledger.isCalled(FREE, slot, generation) || ledger.isReclaimed(ownerOf(before))) return undefined
    return `${slotText(classIdx, slotIdx)}, generation ${generation}, of ${ownerOf(before)} was freed, but no call of free has a reference of that generation`
  }

  return {
    name: 'frees-only-its-generation',
    when: 'writes',
    begin(world) {
      ledger.begin(memoryOf(world))
      watch.begin(memoryOf(world))
    },
    everyStep(world) {
      return watch.look(memoryOf(world), judge)
    },
    onEvent(event, _history, world) {
      const message = watch.look(memoryOf(world), judge)
      ledger.note(event)
      return message
    },
  }
}
