// The reclaim lock says who holds it, but not in which life, as the specification has it ("0 free, else peer + 1").
//
// p finds the lock with x, which is dead, and pauses. Another host takes the lock over, reclaims x and lets go; the id x is joined
// again, and its new user takes the lock. Now p's compare-and-swap succeeds, and two peers recover the same slot at once.

import { lockWord } from '../../../primitives/recovery-lock.js'
import { PoolSkeleton } from './pool-skeleton.js'

const NO_EPOCH = 0

export class ReclaimLockWithoutEpochPool extends PoolSkeleton {
  protected override lockWordOf(peer: number): number {
    return lockWord(peer, NO_EPOCH)
  }
}
