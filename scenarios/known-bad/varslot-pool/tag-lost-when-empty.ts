// H5: an empty list is a head without a tag, so the tag starts again with the next push.
//
// A peer that read (slot 1, tag 1) before the list ran empty finds (slot 1, tag 1) again after it, and its compare-and-swap
// installs a `next` that somebody holds.

import { END } from '../../../primitives/slot-list.js'
import { PoolSkeleton } from './pool-skeleton.js'

export class TagLostWhenEmptyPool extends PoolSkeleton {
  protected override tagAfter(tag: number, newTop: number): number {
    return newTop === END ? 0 : tag + 1
  }
}
