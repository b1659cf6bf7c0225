// QS-6: a registered executor's local epoch equals the word's epoch or is one behind.
//
// Said of those that have not crashed.
//
// Cost: one word and the state of each executor after every step.

import type { Invariant } from '../../sim/invariant.js'
import { type QsbrViewOf, Snapshots } from './manager-memory.js'

/** QS-6: the epoch does not run away from an executor that is registered. */
export function localEpochKeepsUp<World>(viewOf: QsbrViewOf<World>): Invariant<World> {
  let dead = 0
  const snapshots = new Snapshots()
  return {
    name: 'local-epoch-keeps-up',
    begin() {
      dead = 0
    },
    onEvent(event) {
      if (event.kind === 'crash') dead |= 1 << event.peer
      return undefined
    },
    everyStep(world) {
      const { memory, executors } = viewOf(world)
      const { epoch } = memory
      for (let peer = 0; peer < executors.length; peer++) {
        const executor = executors[peer]
        if (executor === undefined || (dead & (1 << peer)) !== 0) continue
        const { phase, localEpoch } = snapshots.take(peer, executor)
        if (phase !== 'registered') continue
        const behind = (epoch - localEpoch) | 0
        if (behind !== 0 && behind !== 1) return `peer ${peer} is registered with local epoch ${localEpoch}, but the epoch is ${epoch}`
      }
      return undefined
    },
  }
}
