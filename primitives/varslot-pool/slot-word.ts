// The word of a slot: bit 31 allocated, bits 23..30 owner (0 when free), bits 0..22 generation. All three change together in one
// compare-and-swap.

const ALLOCATED_BIT = 1 << 31
const OWNER_SHIFT = 23
const OWNER_MASK = 0xff
export const GENERATION_MAX = 2 ** 23 - 1

export function allocatedWord(owner: number, generation: number): number {
  return ALLOCATED_BIT | (owner << OWNER_SHIFT) | generation
}

/** The generation survives the free, so that the next allocation can count on from it. */
export function freeWord(generation: number): number {
  return generation
}

export function isAllocated(slotWord: number): boolean {
  return slotWord < 0
}

export function ownerOf(slotWord: number): number {
  return (slotWord >>> OWNER_SHIFT) & OWNER_MASK
}

export function generationOf(slotWord: number): number {
  return slotWord & GENERATION_MAX
}

/** Whether the word is one that a free slot can have: not allocated and without owner. */
export function isFreeWord(slotWord: number): boolean {
  return slotWord >>> OWNER_SHIFT === 0
}

/** 0 is the generation of a slot that was never allocated: it does not come again. */
export function generationAfter(generation: number): number {
  return generation === GENERATION_MAX ? 1 : generation + 1
}
