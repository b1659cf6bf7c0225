// Reclaim frees an owned slot as `free` does, by generation only: a slot that its receiver adopts between reclaim's look at the
// owner and its claim is freed all the same. (The specification says "run F1..F7 for it", which reads like this; the claim must be
// against the very word that was looked at.)

import type { SizeClass } from '../../../primitives/varslot-pool/memory.js'
import { generationOf } from '../../../primitives/varslot-pool/slot-word.js'
import { PoolSkeleton } from './pool-skeleton.js'

export class ReclaimRetriesTheClaimPool extends PoolSkeleton {
  protected override claimOwned(sizeClass: SizeClass, slotIdx: number, word: number): boolean {
    return this.claim(sizeClass, slotIdx, generationOf(word))
  }
}
