// Taking a slot: steps A0 to A9 of the specification of the pool, one operation on shared memory each. Any other peer may run, and this
// one may die, between two of them.

import { requireInteger } from '../argument-checks.js'
import { CorruptStateError } from '../errors.js'
import { END } from '../slot-list.js'
import { SizeTooLargeError } from './errors.js'
import type { SlotRef } from './layout.js'
import { type PoolMemory, type SizeClass, slotIndexOf } from './memory.js'
import { blankSlotRef } from './ref.js'
import { allocatedWord, generationAfter, generationOf, isFreeWord } from './slot-word.js'

const SIZE_MAX = 2 ** 32 - 1

/** Fills `out` and returns true, or returns false if every fitting class was empty when looked at. */
export function allocateSlot(memory: PoolMemory, size: number, ownerPeer: number, out: SlotRef): boolean {
  const { classes, peers } = memory
  requireInteger('size', size, 0, SIZE_MAX)
  peers.requireId('ownerPeer', ownerPeer)
  const firstClassIdx = firstFitting(classes, size)
  blankSlotRef('out', out)
  peers.requireLive(ownerPeer) // A0
  for (let classIdx = firstClassIdx; classIdx < classes.length; classIdx++) {
    const sizeClass = classes[classIdx] as SizeClass
    // A9 comes before the next class is looked at: a peer that has found a class empty stands on none of its slots.
    const slotIdx = sizeClass.list.pop(ownerPeer) // A1..A4, A9
    if (slotIdx === END) continue
    const generation = ownSlot(memory, sizeClass, slotIdx, ownerPeer) // A5..A7
    out.classIdx = classIdx
    out.slotIdx = slotIdx
    out.generation = generation
    return true
  }
  return false
}

/** A5 to A7: makes the peer the owner of a slot that it popped; returns the new generation. */
function ownSlot(memory: PoolMemory, sizeClass: SizeClass, slotIdx: number, ownerPeer: number): number {
  const { words } = memory
  const slotIndex = slotIndexOf(sizeClass, slotIdx)
  const word = Atomics.load(words, slotIndex) // A5
  if (!isFreeWord(word))
    throw new CorruptStateError(`expected slot ${slotIdx} of class ${sizeClass.classIdx}, which was listed, to be free, got slot word ${word}`)
  const generation = generationAfter(generationOf(word))
  const allocated = allocatedWord(ownerPeer, generation)
  // A plain store: nobody else changes the word of a slot that is free and off its list.
  Atomics.store(words, slotIndex, allocated) // A6
  sizeClass.list.withdraw(ownerPeer) // A7
  return generation
}

/** Index of the smallest class whose slots hold `size` bytes. Throws SizeTooLargeError. */
function firstFitting(classes: readonly SizeClass[], size: number): number {
  for (let classIdx = 0; classIdx < classes.length; classIdx++) {
    if (size <= (classes[classIdx] as SizeClass).slotSize) return classIdx
  }
  throw new SizeTooLargeError(size, (classes[classes.length - 1] as SizeClass).slotSize)
}
