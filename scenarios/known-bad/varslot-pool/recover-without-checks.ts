// H10: recovery pushes whatever the dead peer's intent names, although the slot may be listed, or in use by another peer.

import type { SizeClass } from '../../../primitives/varslot-pool/memory.js'
import { PoolSkeleton } from './pool-skeleton.js'
import type { ReclaimProgress } from './reclaim-steps.js'

export class RecoverWithoutChecksPool extends PoolSkeleton {
  protected override settle(progress: ReclaimProgress, sizeClass: SizeClass, slotIdx: number): boolean {
    this.pushRecovered(progress, sizeClass, slotIdx)
    return true
  }
}
