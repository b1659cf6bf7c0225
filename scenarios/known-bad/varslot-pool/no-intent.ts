// H4: no intents. A peer that dies between two steps of an allocate or a free takes the slot with it: it is free, unlisted, and
// nothing says who had it.

import { PoolSkeleton } from './pool-skeleton.js'

export class NoIntentPool extends PoolSkeleton {
  protected override announce(): void {}

  protected override withdraw(): void {}
}
