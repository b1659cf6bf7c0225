// The reclaim lock of a dead reclaimer is respected for good: nobody is ever reclaimed again.

import { PoolSkeleton } from './pool-skeleton.js'

export class ReclaimLockNotTakenOverPool extends PoolSkeleton {
  protected override standsInTheWay(): boolean {
    return true
  }
}
