// QS-7: every entry is run exactly once, also when entries throw or schedule more.
//
// That none runs twice, or without having been retired, is judged when it runs. That none is lost is judged at the end: what a peer that did not
// crash retired and has not freed is still in its bags.
//
// Cost: nothing after a step.

import type { Invariant } from '../../sim/invariant.js'
import type { QsbrViewOf } from './manager-memory.js'
import { FREED } from './qsbr-events.js'
import { RetirementLedger } from './retirement-ledger.js'

/** QS-7: no entry runs twice, none is lost. */
export function entriesRunOnce<World>(viewOf: QsbrViewOf<World>): Invariant<World> {
  const ledger = new RetirementLedger()
  return {
    name: 'entries-run-once',
    begin() {
      ledger.begin()
    },
    onEvent(event) {
      ledger.note(event)
      if (event.kind !== 'event' || event.name !== FREED) return undefined
      const object = ledger.retired.get(event.data as number)
      if (object === undefined) return `object ${event.data} was freed, but nobody has retired it`
      if (object.freedCount > 1) return `object ${event.data} was freed ${object.freedCount} times`
      return undefined
    },
    atEnd(world) {
      const { executors } = viewOf(world)
      for (let peer = 0; peer < executors.length; peer++) {
        const executor = executors[peer]
        if (executor === undefined || ledger.isDead(peer)) continue
        const unfreed = ledger.unfreedBy(peer)
        const kept = executor.pendingReclaims()
        if (unfreed !== kept) return `peer ${peer} has retired ${unfreed} objects that were not freed, but its bags hold ${kept}`
      }
      return undefined
    },
  }
}
