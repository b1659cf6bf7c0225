// WC-10: pendingCount <= groupCommitMax (1 in `solo`).
//
// Cost: one number after every step.

import type { Invariant } from '../../sim/invariant.js'
import type { CoordinatorViewOf } from './coordinator-view.js'

/** WC-10: no more entries are pending than the coordinator was made for. */
export function batchIsBounded<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  return {
    name: 'batch-is-bounded',
    everyStep(world) {
      const { coordinator, groupCommitMax } = viewOf(world)
      if (coordinator === undefined) return undefined
      const pendingMax = coordinator.mode === 'solo' ? 1 : groupCommitMax
      return coordinator.pendingCount <= pendingMax ? undefined : `${coordinator.pendingCount} entries are pending, expected at most ${pendingMax}`
    },
  }
}
