// MM-3: no slot has a writer together with a reader or a second writer (ghost record of open guards).
//
// The record changes at events only, so it is checked when a guard is handed out; lock words are checked after every step that wrote.
//
// Cost: one word for each slot after a step; one entry for each peer when a guard is handed out.

import type { Invariant } from '../../sim/invariant.js'
import { type GuardEvent, OPENED } from './manager-events.js'
import { ManagerLedger, NO_GUARD, READ_GUARD } from './manager-ledger.js'
import { type ManagerWordsOf, readerSetOf, writerOf } from './manager-words.js'

/** MM-3: whoever holds a write guard is alone on the slot. */
export function writerIsAlone<World>(memoryOf: ManagerWordsOf<World>): Invariant<World> {
  const ledger = new ManagerLedger()

  return {
    name: 'writer-is-alone',
    when: 'writes',
    begin(world) {
      ledger.begin(memoryOf(world))
    },
    everyStep(world) {
      const memory = memoryOf(world)
      for (let slot = 0; slot < memory.capacity; slot++) {
        const lock = memory.lock(slot)
        if (writerOf(lock) >= 0 && readerSetOf(lock) !== 0) return `the lock of slot ${slot} has writer ${writerOf(lock)} and readers`
      }
      return undefined
    },
    onEvent(event) {
      ledger.note(event)
      if (event.kind !== 'event' || event.name !== OPENED) return undefined
      const { as, slot, kind } = event.data as GuardEvent
      for (let peer = 0; peer < ledger.peerLimit; peer++) {
        if (peer === event.peer || ledger.dead[peer] === 1) continue
        const guard = ledger.guard(peer, slot)
        if (guard === NO_GUARD || (guard === READ_GUARD && kind !== 'write')) continue
        return `${as} got a ${kind} guard on slot ${slot} while ${ledger.as[peer]} holds a ${guard === READ_GUARD ? 'read' : 'write'} guard`
      }
      return undefined
    },
  }
}
