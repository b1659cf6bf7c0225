// QS-3: pending is a subset of registered; pending is empty only if registered is.
//
// Cost: one word after every step that may have written.

import type { Invariant } from '../../sim/invariant.js'
import { type QsbrViewOf, setText } from './manager-memory.js'

/** QS-3: only registered executors are waited for, and an epoch that nobody has to pass in does not last. */
export function pendingWithinRegistered<World>(viewOf: QsbrViewOf<World>): Invariant<World> {
  return {
    name: 'pending-within-registered',
    when: 'writes',
    everyStep(world) {
      const { memory } = viewOf(world)
      const { pending, registered } = memory
      if ((pending & ~registered) !== 0) return `pending is ${setText(pending)}, but registered are ${setText(registered)} only`
      if (pending === 0 && registered !== 0) return `nobody is pending, but ${setText(registered)} are registered: the epoch never ends`
      return undefined
    },
  }
}
