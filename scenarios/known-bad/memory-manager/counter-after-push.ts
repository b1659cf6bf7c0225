// H1: free slots are counted beside the list, in a word of their own that is raised after the push and lowered after the pop.
//
// Another peer may pop a slot that was pushed and not yet counted, and lower the counter first: it goes below 0.

import { CountedSlotList } from '../../../primitives/memory-manager/counted-slot-list.js'
import { END } from '../../../primitives/slot-list.js'
import { managerWith } from './manager-variant.js'

/** In an unused word of the header: how many slots are in use, so that zeroed memory says that all are free. */
export const USED_INDEX = 7

class CounterAfterPushList extends CountedSlotList {
  override count(): number {
    const used = Atomics.load(this.place.words, USED_INDEX)
    return this.slotCount - used
  }

  override pop(peer: number): number {
    const slotIdx = super.pop(peer)
    if (slotIdx !== END) Atomics.add(this.place.words, USED_INDEX, 1)
    return slotIdx
  }

  override push(slotIdx: number, peer: number): void {
    super.push(slotIdx, peer)
    Atomics.sub(this.place.words, USED_INDEX, 1)
  }
}

export const CounterAfterPushManager = managerWith({ List: CounterAfterPushList })
