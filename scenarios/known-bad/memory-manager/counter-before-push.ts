// H2: free slots are counted beside the list, in a word of their own that is raised before the push and lowered after the pop, so that it
// stays in its range.
//
// A peer that dies between the two leaves it wrong for good: nobody can tell whether it had counted.

import { CountedSlotList } from '../../../primitives/memory-manager/counted-slot-list.js'
import { END } from '../../../primitives/slot-list.js'
import { USED_INDEX } from './counter-after-push.js'
import { managerWith } from './manager-variant.js'

class CounterBeforePushList extends CountedSlotList {
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
    Atomics.sub(this.place.words, USED_INDEX, 1)
    super.push(slotIdx, peer)
  }
}

export const CounterBeforePushManager = managerWith({ List: CounterBeforePushList })
