// QS-8: if all executors keep passing, every retired entry is freed.
//
// Checked at the end, if every executor that lives has left or has kept passing (KEPT_PASSING) by then. A dead one must not stand in the way: it was
// evicted, or had left; what it retired went with it.
//
// Cost: nothing after a step.

import type { Invariant } from '../../sim/invariant.js'
import { RetirementLedger } from './retirement-ledger.js'

/** QS-8: nothing waits for ever. */
export function everythingIsFreed<World>(): Invariant<World> {
  const ledger = new RetirementLedger()
  return {
    name: 'everything-is-freed',
    begin() {
      ledger.begin()
    },
    onEvent(event) {
      ledger.note(event)
      return undefined
    },
    atEnd() {
      if (!ledger.allKeptPassing) return undefined
      for (const [object, { by, freedCount }] of ledger.retired) {
        if (freedCount === 0 && !ledger.isDead(by))
          return `object ${object}, retired by peer ${by}, was never freed, although all executors kept passing or have left`
      }
      return undefined
    },
  }
}
