// Becoming the owner of a received slot: steps O0 to O2 of the specification of the pool, one operation on shared memory each. A crash at
// any of them leaves the slot with its old owner.

import { CAS_FAILURES_MAX } from '../peer-table.js'
import { StaleSlotError } from './errors.js'
import type { SlotRef } from './layout.js'
import { type PoolMemory, slotIndexOf } from './memory.js'
import { copySlotRef, requireSlotRef } from './ref.js'
import { allocatedWord, generationOf, isAllocated } from './slot-word.js'

/** Throws StaleSlotError if the slot is no longer allocated with the reference's generation. */
export function adoptSlot(memory: PoolMemory, slotRef: SlotRef, newOwner: number): void {
  const { words, classes, peers } = memory
  const sizeClass = requireSlotRef(classes, slotRef)
  peers.requireId('newOwner', newOwner)
  const generation = slotRef.generation
  const slotIndex = slotIndexOf(sizeClass, slotRef.slotIdx)
  const adopted = allocatedWord(newOwner, generation)
  peers.requireLive(newOwner) // O0
  let failures = 0
  for (;;) {
    const word = Atomics.load(words, slotIndex) // O1
    if (!isAllocated(word) || generationOf(word) !== generation) throw new StaleSlotError(copySlotRef(slotRef))
    const seen = Atomics.compareExchange(words, slotIndex, word, adopted) // O2
    if (seen === word) return
    failures += 1
    if (failures % CAS_FAILURES_MAX === 0) peers.nap(newOwner)
  }
}
