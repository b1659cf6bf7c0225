// The word of a slot: bits 0..1 state, bits 2..6 owner (0 when free), bits 7..31 generation. All change together in one compare-and-swap.
//
//   FREE -> FILLING (storeShared, after the pop; generation + 1) -> READY (storeShared) -> FREE (freeShared, or recovery)
//   FILLING -> FREE (recovery of a dead owner); READY -> READY with another owner (adopt)

export const FREE = 0
export const FILLING = 1
export const READY = 2

const STATE_MASK = 0b11
const OWNER_SHIFT = 2
const OWNER_MASK = 0x1f
const GENERATION_SHIFT = 7
export const GENERATION_MAX = 2 ** 25 - 1

/** @param state FREE, FILLING or READY */
export function slotWordOf(state: number, owner: number, generation: number): number {
  return (generation << GENERATION_SHIFT) | (owner << OWNER_SHIFT) | state
}

export function slotStateOf(word: number): number {
  return word & STATE_MASK
}

export function slotOwnerOf(word: number): number {
  return (word >>> OWNER_SHIFT) & OWNER_MASK
}

export function generationOf(word: number): number {
  return word >>> GENERATION_SHIFT
}

/** Whether the slot is listed or in limbo. */
export function isFree(word: number): boolean {
  return (word & STATE_MASK) === FREE
}

export function isReady(word: number): boolean {
  return (word & STATE_MASK) === READY
}

/** 0 is the generation of a slot that never held a message: it does not come again. */
export function generationAfter(generation: number): number {
  return generation === GENERATION_MAX ? 1 : generation + 1
}
