// MM-12: a call that throws leaves list, words and locks as they were.
//
// Beside other peers that run, so that bytes cannot be compared: when a call has thrown, no lock word may name the caller but for its open
// guards, and its intent must be clear. (`refusal-changes-nothing` compares all bytes, where one peer is alone.)
//
// Cost: nothing after a step; one word for each slot at each refusal.

import type { Invariant } from '../../sim/invariant.js'
import * as events from './manager-events.js'
import { ManagerLedger, NO_GUARD, READ_GUARD, WRITE_GUARD } from './manager-ledger.js'
import { type ManagerWords, type ManagerWordsOf, pendingOf, readerSetOf, writerOf } from './manager-words.js'

const REFUSALS: readonly string[] = [events.STORE_REFUSED, events.OPEN_REFUSED, events.FREE_REFUSED, events.ADOPT_REFUSED]

/** MM-12: whoever was refused holds nothing that it did not hold before. */
export function refusalLeavesNothing<World>(memoryOf: ManagerWordsOf<World>): Invariant<World> {
  const ledger = new ManagerLedger()

  function judge(memory: ManagerWords, peer: number, as: number, code: string): string | undefined {
    const told = `${as} was told ${code}, but`
    if (memory.intent(as) !== 0) return `${told} its intent still names a slot`
    for (let slot = 0; slot < memory.capacity; slot++) {
      const lock = memory.lock(slot)
      const guard = ledger.guard(peer, slot)
      if ((readerSetOf(lock) & (1 << as)) !== 0 && guard !== READ_GUARD) return `${told} it is a reader of slot ${slot}`
      if (writerOf(lock) === as && guard !== WRITE_GUARD) return `${told} it is the writer of slot ${slot}`
      if (pendingOf(lock) === as) return `${told} it still waits for slot ${slot}`
      if (guard !== NO_GUARD && (readerSetOf(lock) & (1 << as)) === 0 && writerOf(lock) !== as) return `${told} its guard on slot ${slot} is gone`
    }
    return undefined
  }

  return {
    name: 'refusal-leaves-nothing',
    begin(world) {
      ledger.begin(memoryOf(world))
    },
    onEvent(event, _history, world) {
      ledger.note(event)
      if (event.kind !== 'event' || !REFUSALS.includes(event.name)) return undefined
      const { as, code } = event.data as events.RefusedEvent
      return judge(memoryOf(world), event.peer, as, code)
    },
  }
}
