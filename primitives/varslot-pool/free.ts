// Putting a slot back: steps F0 to F9 of the specification of the pool, one operation on shared memory each. Any other peer may run, and
// this one may die, between two of them.

import { CAS_FAILURES_MAX } from '../peer-table.js'
import { INTENT_FREE } from '../slot-intent.js'
import { DoubleFreeError } from './errors.js'
import type { SlotRef } from './layout.js'
import { type PoolMemory, slotIndexOf } from './memory.js'
import { copySlotRef, requireSlotRef } from './ref.js'
import { freeWord, generationOf, isAllocated } from './slot-word.js'

/** Throws DoubleFreeError if the slot is not allocated with the reference's generation. */
export function freeSlot(memory: PoolMemory, slotRef: SlotRef, byPeer: number): void {
  const { words, classes, peers } = memory
  const sizeClass = requireSlotRef(classes, slotRef)
  peers.requireId('byPeer', byPeer)
  const { slotIdx, generation } = slotRef
  const slotIndex = slotIndexOf(sizeClass, slotIdx)
  const { list } = sizeClass
  const freed = freeWord(generation)
  peers.requireLive(byPeer) // F0
  list.announce(INTENT_FREE, slotIdx, byPeer) // F1
  let failures = 0
  for (;;) {
    const word = Atomics.load(words, slotIndex) // F2
    if (!isAllocated(word) || generationOf(word) !== generation) {
      list.withdraw(byPeer) // F9
      throw new DoubleFreeError(copySlotRef(slotRef))
    }
    const seen = Atomics.compareExchange(words, slotIndex, word, freed) // F3
    // This decides which of two racing frees wins. A failure means that the slot was freed, or adopted.
    if (seen === word) break
    failures += 1
    if (failures % CAS_FAILURES_MAX === 0) peers.nap(byPeer)
  }
  list.push(slotIdx, byPeer) // F4..F6
  list.withdraw(byPeer) // F7
}
