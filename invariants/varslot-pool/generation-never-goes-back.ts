// A slot's generation changes only when the slot is allocated, and then to the next one: 1 after the largest.
//
// Not a statement of the pool's specification by itself, but what VS-5 stands on. Checked after every step that wrote.
//
// Cost: one word for each slot.

import type { Invariant } from '../../sim/invariant.js'
import { generationAfter, generationOf, isAllocated, type SlotMemory, type SlotMemoryOf, slotWatch } from './slot-memory.js'

/** A slot's generation goes up by one with each allocation and never changes otherwise. */
export function generationNeverGoesBack<World>(memoryOf: SlotMemoryOf<World>): Invariant<World> {
  const watch = slotWatch()
  return {
    name: 'generation-never-goes-back',
    when: 'writes',
    begin(world) {
      watch.begin(memoryOf(world))
    },
    everyStep(world) {
      const memory = memoryOf(world)
      return watch.look(memory, (slot, before, after) => judge(memory, slot, before, after))
    },
  }
}

function judge(memory: SlotMemory, slot: number, before: number, after: number): string | undefined {
  const generation = generationOf(before)
  const expected = !isAllocated(before) && isAllocated(after) ? generationAfter(generation) : generation
  if (generationOf(after) === expected) return undefined
  return `${memory.textOf(slot)} went from generation ${generation} to ${generationOf(after)}; expected ${expected}`
}
