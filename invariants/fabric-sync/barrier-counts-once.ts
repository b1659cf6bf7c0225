// FS-6: no member is counted twice in one phase; the count equals the number of arrivals not withdrawn.
//
// Checked after every step that wrote, and at each arrival. Cost: the main word and one look into a map.

import type { Invariant } from '../../sim/invariant.js'
import { BarrierArrivals } from './barrier-arrivals.js'
import { ARRIVED, type CountEvent } from './barrier-events.js'
import type { BarrierWordsOf } from './barrier-words.js'
import { referenceOfId, sessionText } from './fabric-words.js'

/** FS-6: the count of a barrier is the number of those who have arrived and not withdrawn. */
export function barrierCountsOnce<World>(barrierOf: BarrierWordsOf<World>): Invariant<World> {
  const arrivals = new BarrierArrivals()
  return {
    name: 'barrier-counts-once',
    when: 'writes',
    begin() {
      arrivals.clear()
    },
    everyStep(world) {
      const barrier = barrierOf(world)
      const phase = barrier.phase()
      const epoch = barrier.epoch()
      const arrived = arrivals.in(phase, epoch).size
      const count = barrier.count()
      return count === arrived ? undefined : `the barrier counts ${count} in phase ${phase}, epoch ${epoch}, where ${arrived} arrived and did not withdraw`
    },
    onEvent(event) {
      const isNew = arrivals.tell(event)
      if (isNew || event.name !== ARRIVED) return undefined
      const { leaseId, phase, epoch } = event.data as CountEvent
      return `${sessionText(referenceOfId(leaseId))} was counted twice in phase ${phase}, epoch ${epoch}`
    },
  }
}
