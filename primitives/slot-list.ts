// A list of free slots in shared memory: a Treiber stack with a tagged head (tagged-head.ts), whose links stand in the slots' own records.
//
// A slot in limbo is free and off the list, because a peer stands between two steps of a pop or a push. Its intent (slot-intent.ts) names
// the slot all the while: it is stored before the first change and cleared after the last, so that limbo-recovery.ts finds the slot of a
// peer that died.
//
// Source: R. K. Treiber, "Systems Programming: Coping with Parallelism", IBM RJ 5118, 1986; the intents are ours.

import { CorruptStateError } from './errors.js'
import { CAS_FAILURES_MAX, type PeerTable } from './peer-table.js'
import { INTENT_ALLOC, INTENT_NONE, intentWord } from './slot-intent.js'
import { TaggedHead } from './tagged-head.js'

/** No slot: the end of a list, as a next word and from {@link SlotList.pop}. */
export const END = -1

/** Where a list and the slots' records are. Indexes count elements of `words`, that of the head elements of `heads`. */
export interface SlotListPlace {
  readonly words: Int32Array
  readonly heads: BigInt64Array
  readonly headIndex: number
  /** Of slot 0: its slot word, which says among other things whether it is free, and its next word. */
  readonly firstSlotIndex: number
  readonly firstNextIndex: number
  /** From the record of one slot to the next one's. */
  readonly recordWords: number
  readonly slotCount: number
  /** What intents call the list: 0 where there is one only. */
  readonly classIdx: number
  readonly peers: PeerTable
}

/** One handle's view of a list whose head holds the top slot, or END, in its low half. */
export class SlotList {
  readonly slotCount: number
  readonly classIdx: number
  protected readonly place: SlotListPlace
  /** Takes heads apart and makes new ones. */
  protected readonly taggedHead = new TaggedHead()

  constructor(place: SlotListPlace) {
    this.place = place
    this.slotCount = place.slotCount
    this.classIdx = place.classIdx
  }

  /**
   * Takes the top slot; END if there was none. The intent of `peer`, the caller, names the slot afterwards, until {@link withdraw}; it names
   * none where END is returned.
   */
  pop(peer: number): number {
    const { words, heads, headIndex, peers } = this.place
    let named = false
    let failures = 0
    for (;;) {
      const head = Atomics.load(heads, headIndex)
      const low = this.taggedHead.low(head)
      const slotIdx = this.topOf(low)
      this.#requireIndex(slotIdx)
      if (slotIdx === END) {
        if (named) this.withdraw(peer)
        return END
      }
      const nextIndex = this.nextIndexOf(slotIdx)
      this.announce(INTENT_ALLOC, slotIdx, peer)
      named = true
      // The slot may be gone by now, and its next another one: then the tag has changed, and the compare-and-swap fails.
      const next = Atomics.load(words, nextIndex)
      this.#requireIndex(next)
      const popped = this.taggedHead.successor(head, this.lowAfterPop(low, next))
      const seen = Atomics.compareExchange(heads, headIndex, head, popped)
      if (seen === head) return slotIdx
      failures += 1
      if (failures % CAS_FAILURES_MAX === 0) peers.nap(peer)
    }
  }

  /** Puts a slot that is free and off the list on top of it. The intent of `peer`, the caller, names the slot. */
  push(slotIdx: number, peer: number): void {
    const { words, heads, headIndex, peers } = this.place
    const nextIndex = this.nextIndexOf(slotIdx)
    let failures = 0
    for (;;) {
      const head = Atomics.load(heads, headIndex)
      const low = this.taggedHead.low(head)
      const top = this.topOf(low)
      const pushed = this.taggedHead.successor(head, this.lowAfterPush(low, slotIdx))
      this.#requireIndex(top)
      // Nobody else writes this next: whoever still reads it stands in a pop that the tag will refuse, or in a recovery's walk.
      Atomics.store(words, nextIndex, top)
      const seen = Atomics.compareExchange(heads, headIndex, head, pushed)
      if (seen === head) return
      failures += 1
      if (failures % CAS_FAILURES_MAX === 0) peers.nap(peer)
    }
  }

  /** Stores in the intent of `peer`, the caller, that it is about to take or give the slot. */
  announce(kind: number, slotIdx: number, peer: number): void {
    const { words, peers } = this.place
    const intentIndex = peers.intentIndex(peer)
    const intent = intentWord(kind, this.classIdx, slotIdx)
    Atomics.store(words, intentIndex, intent)
  }

  /** Clears the intent of `peer`. */
  withdraw(peer: number): void {
    const { words, peers } = this.place
    const intentIndex = peers.intentIndex(peer)
    Atomics.store(words, intentIndex, INTENT_NONE)
  }

  /**
   * One walk from the head: whether it meets the slot; undefined if the list changed so much under it that it took more steps than there
   * are slots.
   */
  meets(slotIdx: number): boolean | undefined {
    const { words, heads, headIndex } = this.place
    const head = Atomics.load(heads, headIndex)
    let at = this.topOf(this.taggedHead.low(head))
    // Pops and pushes by others may send the walk round; more steps than slots mean that it met one twice.
    for (let walked = 0; walked <= this.slotCount; walked++) {
      this.#requireIndex(at)
      if (at === END) return false
      if (at === slotIdx) return true
      const nextIndex = this.nextIndexOf(at)
      at = Atomics.load(words, nextIndex)
    }
    return undefined
  }

  /** Index of a slot's word in `words`. */
  slotIndexOf(slotIdx: number): number {
    return this.place.firstSlotIndex + slotIdx * this.place.recordWords
  }

  /** Index of a slot's next word in `words`. */
  nextIndexOf(slotIdx: number): number {
    return this.place.firstNextIndex + slotIdx * this.place.recordWords
  }

  /** The top slot, or END, in the low half of a head. */
  topOf(low: number): number {
    return low
  }

  /** The low half of the head after `low`, once `next` is on top in place of the slot that was popped. */
  protected lowAfterPop(_low: number, next: number): number {
    return next
  }

  /** The low half of the head after `low`, once `slotIdx` was put on top. */
  protected lowAfterPush(_low: number, slotIdx: number): number {
    return slotIdx
  }

  #requireIndex(slotIdx: number): void {
    if (slotIdx >= END && slotIdx < this.slotCount) return
    throw new CorruptStateError(`expected a slot index below ${this.slotCount} or ${END} on the free list of class ${this.classIdx}, got ${slotIdx}`)
  }
}
