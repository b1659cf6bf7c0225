// H15: the tag has four bits. A peer that pauses inside a pop while the head changes 16 times finds the tag that it read.

import { PoolSkeleton } from './pool-skeleton.js'

const TAG_MASK = 0b1111

export class Tag4BitsPool extends PoolSkeleton {
  protected override tagAfter(tag: number): number {
    return (tag + 1) & TAG_MASK
  }
}
