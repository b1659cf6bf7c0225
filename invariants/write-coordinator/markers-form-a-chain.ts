// WC-3: markers are dense in commitSeq, in order, times strictly rise, chain unbroken, also across restarts.
//
// Judged of what reads show of the whole file, while there is a coordinator that has not failed: after a power failure a torn group may stand at the
// end until recovery has cut it off, and after a storage failure too.
//
// Cost: one comparison after a step; where the disk has changed, a look at each marker.

import type { Invariant } from '../../sim/invariant.js'
import { type CommitLog, commitLogOf, forgetCommitLog } from './commit-log.js'
import type { CoordinatorView, CoordinatorViewOf } from './coordinator-view.js'

/** WC-3: the file of markers is one chain from its begin to its end. */
export function markersFormAChain<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  let judged: CommitLog | undefined

  function judge(view: CoordinatorView): string | undefined {
    if (view.coordinator === undefined || view.coordinator.state === 'failed') return undefined
    const log = commitLogOf(view)
    if (log === judged) return undefined
    judged = log
    return log.current.fault
  }

  return {
    name: 'markers-form-a-chain',
    begin(world) {
      forgetCommitLog(viewOf(world))
      judged = undefined
    },
    everyStep(world) {
      return judge(viewOf(world))
    },
    onEvent(_event, _history, world) {
      return judge(viewOf(world))
    },
  }
}
