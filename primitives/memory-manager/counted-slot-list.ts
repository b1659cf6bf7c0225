// The list of free slots (slot-list.ts) with their number in the head word: bits 0..15 of its low half are the top slot (0xFFFF: none),
// bits 16..31 how many slots are listed.
//
// So the number moves in the same compare-and-swap as the list, and a crash cannot leave it wrong. A counter of its own cannot be
// repaired: nobody can tell whether a dead peer had already changed it.

import { END, SlotList } from '../slot-list.js'

const SLOT_MASK = 0xffff
const COUNT_SHIFT = 16
const ONE = 1 << COUNT_SHIFT

/** The low half of a head. `slotIdx` may be END. */
export function countedLow(slotIdx: number, count: number): number {
  return (count << COUNT_SHIFT) | (slotIdx & SLOT_MASK)
}

export class CountedSlotList extends SlotList {
  /** How many slots are listed: exact at the moment of the load. */
  count(): number {
    const head = Atomics.load(this.place.heads, this.place.headIndex)
    return this.countOf(this.taggedHead.low(head))
  }

  /** The head's slot (or END), count and tag, from one load. */
  inspectHead(): { slot: number; count: number; tag: number } {
    const head = Atomics.load(this.place.heads, this.place.headIndex)
    const low = this.taggedHead.low(head)
    return { slot: this.topOf(low), count: this.countOf(low), tag: this.taggedHead.high(head) >>> 0 }
  }

  override topOf(low: number): number {
    const slotIdx = low & SLOT_MASK
    return slotIdx === SLOT_MASK ? END : slotIdx
  }

  protected countOf(low: number): number {
    return low >>> COUNT_SHIFT
  }

  protected override lowAfterPop(low: number, next: number): number {
    return ((low - ONE) & ~SLOT_MASK) | (next & SLOT_MASK)
  }

  protected override lowAfterPush(low: number, slotIdx: number): number {
    return ((low + ONE) & ~SLOT_MASK) | slotIdx
  }
}
