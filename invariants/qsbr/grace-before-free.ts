// QS-1: between retirement and free of an object, every executor registered at the retirement has a quiescent point or leaves (is evicted).
//
// Checked when an object is freed.
//
// Cost: nothing after a step; one look at each retired object when a peer passes.

import type { Invariant } from '../../sim/invariant.js'
import { FREED } from './qsbr-events.js'
import { peersText, RetirementLedger } from './retirement-ledger.js'

/** QS-1: an object is freed after every executor that could hold it has passed or left. */
export function graceBeforeFree<World>(): Invariant<World> {
  const ledger = new RetirementLedger()
  return {
    name: 'grace-before-free',
    begin() {
      ledger.begin()
    },
    onEvent(event) {
      let message: string | undefined
      if (event.kind === 'event' && event.name === FREED) {
        const waitsFor = ledger.retired.get(event.data as number)?.waitsFor ?? 0
        if (waitsFor !== 0) message = `object ${event.data} was freed, but since it was retired there was no quiescent point of ${peersText(waitsFor)}`
      }
      ledger.note(event)
      return message
    },
  }
}
