// What a member of a barrier does until the phase is complete: it tries again after a time-out, resets the barrier where it broke, and stops
// when its own lease is over.

import type { PeerHandle } from 'heddle'
import { type BarrierUser, BROKEN } from './barrier-user.js'

const ATTEMPTS_MAX = 6
const POLLS = 3

/** Labels that this may report. */
export const MEMBER_LABELS = ['timed out', 'a phase broke', 'a lease was over']

/** Whether `phase` began. */
export function waitFor(phase: number, user: BarrierUser, me: PeerHandle): boolean {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const outcome = user.wait(POLLS)
    if (typeof outcome === 'number') return outcome === phase
    me.sometimes('timed out', outcome === 'Timeout')
    me.sometimes('a phase broke', outcome === BROKEN)
    me.sometimes('a lease was over', outcome === 'LeaseExpired')
    if (outcome === BROKEN) {
      const refusal = user.reset()
      if (refusal !== undefined) return false
    } else if (outcome !== 'Timeout') {
      if (outcome === 'LeaseExpired') user.insist()
      return false
    }
  }
  return false
}

/** Waits for a seat, then for `phase`: whether it began. */
export function replace(phase: number, user: BarrierUser, me: PeerHandle): boolean {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const seat = user.join()
    if (typeof seat === 'number') return waitFor(phase, user, me)
    if (seat !== 'CapacityExceeded') return false
    me.sleep(2)
  }
  return false
}
