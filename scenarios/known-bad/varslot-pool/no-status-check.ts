// H14: operations do not look at the caller's status. A slow peer that was declared dead by mistake goes on beside the new user of
// its id, and both write one intent word.

import { PoolSkeleton } from './pool-skeleton.js'

export class NoStatusCheckPool extends PoolSkeleton {
  protected override requireLive(): void {}
}
