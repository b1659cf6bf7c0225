// The list of free slots of one size class: a Treiber stack with a tagged head (tagged-head.ts). The pop is a part of allocate
// (varslot-allocate.ts), because the popping peer names the slot between the load of the head and its compare-and-swap.

import { CorruptStateError } from './errors.js'
import { CAS_FAILURES_MAX } from './peer-table.js'
import { nextIndexOf, type PoolMemory, type SizeClass } from './varslot-memory.js'

/** End of a free list, as a next word and as the low half of a head. */
export const END = -1

/**
 * Puts a slot that is free and off its list on top of it: steps F4 to F6. `peer` is the caller; its intent names the slot,
 * so that a crash at any of these lines leaves a slot that recovery finds.
 */
export function pushSlot(memory: PoolMemory, peer: number, sizeClass: SizeClass, slotIdx: number): void {
  const { words, heads, taggedHead } = memory
  const headIndex = sizeClass.headIndex
  const nextIndex = nextIndexOf(sizeClass, slotIdx)
  let failures = 0
  for (;;) {
    const head = Atomics.load(heads, headIndex) // F4
    const top = taggedHead.low(head)
    const pushed = taggedHead.successor(head, slotIdx)
    requireListIndex(sizeClass, top)
    // Nobody else writes this next: whoever still reads it stands in a pop that the tag will refuse, or in a recovery's walk.
    Atomics.store(words, nextIndex, top) // F5
    const seen = Atomics.compareExchange(heads, headIndex, head, pushed) // F6
    if (seen === head) return
    failures += 1
    if (failures % CAS_FAILURES_MAX === 0) memory.peers.nap(peer)
  }
}

/**
 * One walk from the head: whether it meets the slot; undefined if the list changed so much under it that it took more steps than there are
 * slots.
 */
export function walkMeets(memory: PoolMemory, sizeClass: SizeClass, slotIdx: number): boolean | undefined {
  const { words, heads, taggedHead } = memory
  const head = Atomics.load(heads, sizeClass.headIndex)
  let at = taggedHead.low(head)
  // Pops and pushes by others may send the walk round; more steps than slots mean that it met one twice.
  for (let walked = 0; walked <= sizeClass.slotCount; walked++) {
    requireListIndex(sizeClass, at)
    if (at === END) return false
    if (at === slotIdx) return true
    const nextIndex = nextIndexOf(sizeClass, at)
    at = Atomics.load(words, nextIndex)
  }
  return undefined
}

/** Throws CorruptStateError unless `slotIdx` can stand in a head or a next word of the class. */
export function requireListIndex(sizeClass: SizeClass, slotIdx: number): void {
  if (slotIdx >= END && slotIdx < sizeClass.slotCount) return
  throw new CorruptStateError(`expected a slot index below ${sizeClass.slotCount} or ${END} on the free list of class ${sizeClass.classIdx}, got ${slotIdx}`)
}
