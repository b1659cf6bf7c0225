// QS-5: the epoch moves by one at a time.
//
// Cost: one word after every step that may have written.

import type { Invariant } from '../../sim/invariant.js'
import type { QsbrViewOf } from './manager-memory.js'

/** QS-5: the epoch goes up by one, modulo 2^32, or stays. */
export function epochMovesByOne<World>(viewOf: QsbrViewOf<World>): Invariant<World> {
  let before = 0
  return {
    name: 'epoch-moves-by-one',
    when: 'writes',
    begin(world) {
      before = viewOf(world).memory.epoch
    },
    everyStep(world) {
      const { epoch } = viewOf(world).memory
      if (epoch === before) return undefined
      const message = epoch === (before + 1) >>> 0 ? undefined : `the epoch went from ${before} to ${epoch}`
      before = epoch
      return message
    },
  }
}
