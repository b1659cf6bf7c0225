// FS-5: nobody leaves phase p before numParties distinct members arrived in p, itself among them.
//
// A member is a session with a seat. The arrivals that complete a phase are counted in one break epoch, and come from different seats: who took
// the seat of a member that died replaces it and is not one more.
//
// Checked when a party is counted and when it leaves. Cost: one look at the seats for each arrival; nothing after a step.

import type { Invariant } from '../../sim/invariant.js'
import { BarrierArrivals } from './barrier-arrivals.js'
import { ARRIVED, type CountEvent, LEFT, type LeftEvent } from './barrier-events.js'
import { type BarrierWordsOf, NO_SEAT } from './barrier-words.js'
import { referenceOfId, sessionText } from './fabric-words.js'

/** FS-5: a phase ends when all members have arrived in it, and for those that have. */
export function barrierWaitsForAll<World>(barrierOf: BarrierWordsOf<World>): Invariant<World> {
  const arrivals = new BarrierArrivals()
  /** By session: its seat when it was counted last. */
  const seats = new Map<number, number>()
  /** By phase: whose arrivals completed it. */
  const completedBy = new Map<number, ReadonlySet<number>>()

  return {
    name: 'barrier-waits-for-all',
    begin() {
      arrivals.clear()
      seats.clear()
      completedBy.clear()
    },
    onEvent(event, _history, world) {
      if (event.kind !== 'event') return undefined
      arrivals.tell(event)
      const barrier = barrierOf(world)
      if (event.name === ARRIVED) {
        const { leaseId, phase, epoch } = event.data as CountEvent
        const reference = referenceOfId(leaseId)
        const seat = barrier.seatOf(reference)
        if (seat === NO_SEAT) return `${sessionText(reference)} was counted in phase ${phase}, epoch ${epoch}, and has no seat`
        seats.set(reference, seat)
        const counted = arrivals.in(phase, epoch)
        for (const other of counted) {
          if (other !== reference && seats.get(other) === seat)
            return `${sessionText(other)} and ${sessionText(reference)} were both counted in phase ${phase}, epoch ${epoch} for seat ${seat}`
        }
        if (counted.size === barrier.numParties) completedBy.set(phase, new Set(counted))
      }
      if (event.name === LEFT) {
        const { leaseId, phase } = event.data as LeftEvent
        const reference = referenceOfId(leaseId)
        const left = (phase - 1) >>> 0
        const members = completedBy.get(left)
        if (members === undefined) return `${sessionText(reference)} left phase ${left} before ${barrier.numParties} members had arrived in one epoch of it`
        if (!members.has(reference)) return `${sessionText(reference)} left phase ${left}, which was completed by others`
      }
      return undefined
    },
  }
}
