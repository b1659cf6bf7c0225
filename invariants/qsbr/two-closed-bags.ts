// QS-11: a registered executor has at most two closed bags.
//
// Cost: the state of each executor after every step.

import type { Invariant } from '../../sim/invariant.js'
import { type QsbrViewOf, Snapshots } from './manager-memory.js'

const CLOSED_BAGS_MAX = 2

/** QS-11: with the open one, three bags are enough. */
export function twoClosedBags<World>(viewOf: QsbrViewOf<World>): Invariant<World> {
  const snapshots = new Snapshots()
  return {
    name: 'two-closed-bags',
    everyStep(world) {
      const { executors } = viewOf(world)
      for (let peer = 0; peer < executors.length; peer++) {
        const executor = executors[peer]
        if (executor === undefined) continue
        const state = snapshots.take(peer, executor)
        if (state.phase !== 'registered' || state.closedBags.length <= CLOSED_BAGS_MAX) continue
        return `peer ${peer} is registered with ${state.closedBags.length} closed bags, of epochs ${state.closedBags.map((bag) => bag.tag).join(', ')}`
      }
      return undefined
    },
  }
}
