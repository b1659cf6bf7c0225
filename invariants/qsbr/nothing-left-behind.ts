// QS-9: after all have left both sets are empty and every bag of a live thread is empty.
//
// Checked at the end, if all executors have left or were evicted by then.
//
// Cost: nothing after a step.

import type { Invariant } from '../../sim/invariant.js'
import { type QsbrViewOf, setText } from './manager-memory.js'
import { RetirementLedger } from './retirement-ledger.js'

/** QS-9: those who have left are in no set, and their bags are empty. */
export function nothingLeftBehind<World>(viewOf: QsbrViewOf<World>): Invariant<World> {
  const ledger = new RetirementLedger()
  return {
    name: 'nothing-left-behind',
    begin() {
      ledger.begin()
    },
    onEvent(event) {
      ledger.note(event)
      return undefined
    },
    atEnd(world) {
      if (!ledger.allHaveLeft) return undefined
      const { memory, executors } = viewOf(world)
      if (memory.sets !== 0) return `all have left, but registered are ${setText(memory.registered)} and pending ${setText(memory.pending)}`
      for (let peer = 0; peer < executors.length; peer++) {
        const executor = executors[peer]
        if (executor === undefined || ledger.isDead(peer)) continue
        const kept = executor.pendingReclaims()
        if (kept !== 0) return `all have left, but ${kept} entries are in the bags of peer ${peer}`
      }
      return undefined
    },
  }
}
