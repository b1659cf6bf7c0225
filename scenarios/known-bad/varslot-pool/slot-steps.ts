// The parts of allocate and free that a known-bad variant replaces, and what reclaim shares with them. Letters and numbers are the steps of
// the specification, as in primitives/varslot-allocate.ts and primitives/varslot-free.ts, which say why each step is where it is.

import { INTENT_ALLOC, INTENT_NONE, intentWord } from '../../../primitives/slot-intent.js'
import { END } from '../../../primitives/slot-list.js'
import type { SlotRef } from '../../../primitives/varslot-pool/layout.js'
import { nextIndexOf, type PoolMemory, type SizeClass, slotIndexOf } from '../../../primitives/varslot-pool/memory.js'
import { requireSlotRef } from '../../../primitives/varslot-pool/ref.js'
import { allocatedWord, freeWord, generationAfter, generationOf, isAllocated } from '../../../primitives/varslot-pool/slot-word.js'

export class SlotSteps {
  protected readonly memory: PoolMemory

  constructor(memory: PoolMemory) {
    this.memory = memory
  }

  // --- parts of several operations ---

  /** A0, F0, O0, R0: throws unless the peer is LIVE and joined through this handle. */
  protected requireLive(peer: number): void {
    this.memory.peers.requireLive(peer)
  }

  /** The reference's class; throws where a field cannot belong to the pool. */
  protected requireRef(ref: SlotRef): SizeClass {
    return requireSlotRef(this.memory.classes, ref)
  }

  /** A2, F1, N7: says which slot the peer is about to take or give. */
  protected announce(peer: number, kind: number, sizeClass: SizeClass, slotIdx: number): void {
    const { words, peers } = this.memory
    const intentIndex = peers.intentIndex(peer)
    const intent = intentWord(kind, sizeClass.classIdx, slotIdx)
    Atomics.store(words, intentIndex, intent)
  }

  /** A7, A9, F7, F9, N7, N8. */
  protected withdraw(peer: number): void {
    const { words, peers } = this.memory
    const intentIndex = peers.intentIndex(peer)
    Atomics.store(words, intentIndex, INTENT_NONE)
  }

  /** The tag that goes with a new head. */
  protected tagAfter(tag: number, _newTop: number): number {
    return tag + 1
  }

  // --- parts of allocate ---

  /** A1 to A4: takes the top of the list; END if it was empty. The slot is in limbo then. */
  protected pop(sizeClass: SizeClass, peer: number): number {
    const { words, heads, taggedHead } = this.memory
    for (;;) {
      const head = Atomics.load(heads, sizeClass.headIndex) // A1
      const slotIdx = taggedHead.low(head)
      if (slotIdx === END) return END
      this.announce(peer, INTENT_ALLOC, sizeClass, slotIdx) // A2
      const nextIndex = nextIndexOf(sizeClass, slotIdx)
      const next = Atomics.load(words, nextIndex) // A3
      const popped = taggedHead.join(next, this.tagAfter(taggedHead.high(head), next))
      const seen = Atomics.compareExchange(heads, sizeClass.headIndex, head, popped) // A4
      if (seen === head) return slotIdx
    }
  }

  /** A5, A6: makes the peer the owner of a slot that it popped; returns the generation. */
  protected own(sizeClass: SizeClass, slotIdx: number, peer: number): number {
    const { words } = this.memory
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    const word = Atomics.load(words, slotIndex) // A5
    const generation = generationAfter(generationOf(word))
    const allocated = allocatedWord(peer, generation)
    Atomics.store(words, slotIndex, allocated) // A6
    return generation
  }

  // --- parts of free ---

  /** F2, F3: ends the allocation; false if it had ended before. The slot is in limbo then. */
  protected claim(sizeClass: SizeClass, slotIdx: number, generation: number): boolean {
    const { words } = this.memory
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    const freed = freeWord(generation)
    for (;;) {
      const word = Atomics.load(words, slotIndex) // F2
      if (!isAllocated(word) || generationOf(word) !== generation) return false
      const seen = Atomics.compareExchange(words, slotIndex, word, freed) // F3
      if (seen === word) return true
    }
  }

  /** F4 to F6: puts a slot in limbo on top of the list. */
  protected push(sizeClass: SizeClass, slotIdx: number): void {
    const { words, heads, taggedHead } = this.memory
    const nextIndex = nextIndexOf(sizeClass, slotIdx)
    for (;;) {
      const head = Atomics.load(heads, sizeClass.headIndex) // F4
      const top = taggedHead.low(head)
      const pushed = taggedHead.join(slotIdx, this.tagAfter(taggedHead.high(head), slotIdx))
      Atomics.store(words, nextIndex, top) // F5
      const seen = Atomics.compareExchange(heads, sizeClass.headIndex, head, pushed) // F6
      if (seen === head) return
    }
  }
}
