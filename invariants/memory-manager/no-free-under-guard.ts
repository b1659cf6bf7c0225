// MM-7: free succeeds only when no guard is open on the slot.
//
// Judged when the slot word stops saying "READY, generation g", which is the moment the free succeeds: no living peer may then hold a guard
// with a token of generation g by the ghost record.
//
// Cost: one word for each slot; the guards only when a word changed.

import type { Invariant } from '../../sim/invariant.js'
import { judgedChanges } from '../judged-changes.js'
import { ManagerLedger, NO_GUARD, READ_GUARD } from './manager-ledger.js'
import { generationOf, holds, type ManagerWordsOf, messageText, READY, stateOf, wordWatch } from './manager-words.js'

/** MM-7: no message is freed, by free or by recovery, while a living peer holds a guard on it. */
export function noFreeUnderGuard<World>(memoryOf: ManagerWordsOf<World>): Invariant<World> {
  const ledger = new ManagerLedger()

  function judge(slot: number, before: number, after: number): string | undefined {
    const generation = generationOf(before)
    if (stateOf(before) !== READY || holds(after, generation)) return undefined
    for (let peer = 0; peer < ledger.peerLimit; peer++) {
      const guard = ledger.guard(peer, slot)
      if (guard === NO_GUARD || ledger.dead[peer] === 1 || ledger.guardGeneration(peer, slot) !== generation) continue
      return `${messageText(slot, generation)} was freed while ${ledger.as[peer]} holds a ${guard === READ_GUARD ? 'read' : 'write'} guard on it`
    }
    return undefined
  }

  return { name: 'no-free-under-guard', ...judgedChanges(memoryOf, ledger, wordWatch(), judge) }
}
