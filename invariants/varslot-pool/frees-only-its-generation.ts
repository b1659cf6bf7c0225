// VS-5: a reference of generation g never frees or adopts generation g' != g.
//
// A slot word that stops saying "allocated, generation g" must have a reason: a call of `free` that is open with a reference of
// generation g, or a reclaim of the owner. One that changes its owner must have an open `adopt` of generation g.
//
// Cost: one word for each slot; the open calls only when a word changed.

import type { Invariant } from '../../sim/invariant.js'
import { judgedChanges } from '../judged-changes.js'
import { ADOPT, FREE, SlotLedger } from './slot-ledger.js'
import { generationOf, isAllocated, ownerOf, type SlotMemoryOf, slotWatch } from './slot-memory.js'

/** VS-5: only a reference of the slot's own generation frees it or changes its owner. */
export function freesOnlyItsGeneration<World>(memoryOf: SlotMemoryOf<World>): Invariant<World> {
  const ledger = new SlotLedger()

  function judge(slot: number, before: number, after: number): string | undefined {
    if (!isAllocated(before)) return undefined
    const generation = generationOf(before)
    if (isAllocated(after)) {
      if (generationOf(after) !== generation)
        return `${ledger.memory.textOf(slot)} went from generation ${generation} to ${generationOf(after)} while it was allocated`
      if (ledger.isCalled(ADOPT, slot, generation)) return undefined
      return `${ledger.memory.textOf(slot)}, generation ${generation}, went from owner ${ownerOf(before)} to ${ownerOf(after)} without an adopt of that generation`
    }
    if (ledger.isCalled(FREE, slot, generation) || ledger.isReclaimed(ownerOf(before))) return undefined
    return `${ledger.memory.textOf(slot)}, generation ${generation}, of ${ownerOf(before)} was freed, but no call of free has a reference of that generation`
  }

  return { name: 'frees-only-its-generation', ...judgedChanges(memoryOf, ledger, slotWatch(), judge) }
}
