// WC-2: whatever marker may survive a crash now has a durable proof and capsule.
//
// A marker may survive if any version of its sector that may survive holds it whole, whether a recovery would count it or not. Its proof and capsule
// must survive every power failure.
//
// Cost: one comparison after a step; where the disk has changed, a look at each marker.

import type { Invariant } from '../../sim/invariant.js'
import { type CommitLog, commitLogOf, forgetCommitLog } from './commit-log.js'
import type { CoordinatorViewOf } from './coordinator-view.js'

/** WC-2: no marker reaches the disk before what it names. */
export function markerNamesDurableData<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  let judged: CommitLog | undefined
  return {
    name: 'marker-names-durable-data',
    begin(world) {
      forgetCommitLog(viewOf(world))
      judged = undefined
    },
    everyStep(world) {
      const log = commitLogOf(viewOf(world))
      if (log === judged) return undefined
      judged = log
      for (const marker of log.survivors) {
        const lack = log.lacks(marker)
        if (lack !== undefined) return `the marker of number ${marker.commitSeq} may survive a power failure, but its ${lack} is not durable`
      }
      return undefined
    },
  }
}
