// FS-7: if all members are live and keep calling wait, every phase completes; after a death the rest get `LeaseExpired`, nobody hangs.
//
// Calls of `wait` are bounded, so a hang shows as a time-out that the protocol does not allow: an arrival is withdrawn although all members have
// arrived, or although a member's lease was over before the call began and its seat is still taken. And at the end nobody is inside `wait` but
// who crashed there.
//
// Checked when an arrival is withdrawn, and at the end. Cost: one look at the seats for each call; nothing after a step.

import type { Invariant } from '../../sim/invariant.js'
import { BarrierArrivals } from './barrier-arrivals.js'
import { type BarrierEvent, type CountEvent, LEFT, NOT_LEFT, WAITING, WITHDRAWN } from './barrier-events.js'
import { type BarrierWords, type BarrierWordsOf, NO_SEAT } from './barrier-words.js'
import { indexOf, referenceOfId, sessionText } from './fabric-words.js'

const NOBODY = 0

/** FS-7: a time-out has a cause, and nobody waits for the dead. */
export function barrierNeverHangs<World>(barrierOf: BarrierWordsOf<World>): Invariant<World> {
  const arrivals = new BarrierArrivals()
  /** Peers inside `wait`, with the members whose leases were over when they called it. */
  const waiting = new Map<number, readonly number[]>()

  return {
    name: 'barrier-never-hangs',
    begin() {
      arrivals.clear()
      waiting.clear()
    },
    onEvent(event, _history, world) {
      if (event.kind === 'crash') waiting.delete(event.peer)
      if (event.kind !== 'event') return undefined
      const barrier = barrierOf(world)
      if (event.name === WAITING) waiting.set(event.peer, membersOver(barrier, referenceOfId((event.data as BarrierEvent).leaseId)))
      if (event.name === LEFT || event.name === NOT_LEFT) waiting.delete(event.peer)
      if (event.name === WITHDRAWN) {
        const { leaseId, phase, epoch } = event.data as CountEvent
        const who = sessionText(referenceOfId(leaseId))
        if (arrivals.in(phase, epoch).size >= barrier.numParties)
          return `${who} waited in vain in phase ${phase}, epoch ${epoch}: all ${barrier.numParties} members had arrived and none had withdrawn`
        const over = waiting.get(event.peer)?.find((member) => barrier.seatOf(member) !== NO_SEAT)
        if (over !== undefined) return `${who} waited in vain in phase ${phase} for ${sessionText(over)}, which was over before`
      }
      arrivals.tell(event)
      return undefined
    },
    atEnd() {
      const [peer] = waiting.keys()
      return peer === undefined ? undefined : `peer ${peer} is inside wait for ever`
    },
  }
}

/** The other members whose leases have ended, by everybody's clock. */
function membersOver(barrier: BarrierWords, own: number): number[] {
  const { fabric } = barrier
  const over: number[] = []
  for (let seat = 0; seat < barrier.numParties; seat++) {
    const member = barrier.member(seat)
    if (member === NOBODY || member === own) continue
    const running = fabric.isActive(member) && fabric.nowMs() < fabric.leaseExpiryMs(indexOf(member)) + fabric.skewMsMax
    if (!running) over.push(member)
  }
  return over
}
