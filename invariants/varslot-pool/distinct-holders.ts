// VS-3: no two peers hold one slot; a slot returned by `allocate` was held by nobody.
//
// Checked when `allocate` or `adopt` returns. Holds of peers that crashed or were declared dead do not count.
//
// Cost: nothing after a step; a few array reads for each event.

import type { Invariant } from '../../sim/invariant.js'
import { ADOPTED, ALLOCATED, type SlotEvent } from './slot-events.js'
import { SlotLedger } from './slot-ledger.js'
import { type SlotMemoryOf, slotText } from './slot-memory.js'

/** VS-3: `allocate` returns a slot that nobody holds, and `adopt` one that nobody holds in a later life. */
export function distinctHolders<World>(memoryOf: SlotMemoryOf<World>): Invariant<World> {
  const ledger = new SlotLedger()

  function judge(name: string, data: SlotEvent): string | undefined {
    const slot = ledger.slotOf(data)
    if (!ledger.isHeld(slot)) return undefined
    if (name === ADOPTED && ledger.heldGeneration[slot] === data.generation) return undefined
    const verb = name === ADOPTED ? 'was adopted by' : 'was handed to'
    return `${slotText(data.classIdx, data.slotIdx)} ${verb} ${data.as} (generation ${data.generation}) while ${ledger.heldAs[slot]} holds it (generation ${ledger.heldGeneration[slot]})`
  }

  return {
    name: 'distinct-holders',
    begin(world) {
      ledger.begin(memoryOf(world))
    },
    onEvent(event) {
      const acquired = event.kind === 'event' && (event.name === ALLOCATED || event.name === ADOPTED)
      const message = acquired ? judge(event.name, event.data as SlotEvent) : undefined
      ledger.note(event)
      return message
    },
  }
}
