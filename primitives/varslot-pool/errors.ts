// The errors that only a VarSlotPool throws. `slot` is a copy of the reference as it was handed in.

import { PrimitiveError, show } from '../errors.js'
import type { SlotRef } from './layout.js'

/** `VARSLOT_DOUBLE_FREE`: the slot is not allocated with that generation: freed before, or freed and used again. */
export class DoubleFreeError extends PrimitiveError {
  override readonly name = 'DoubleFreeError'
  readonly slot: SlotRef

  constructor(slot: SlotRef) {
    super('VARSLOT_DOUBLE_FREE', `expected ${slotText(slot)} to be allocated, got one that was freed before`)
    this.slot = slot
  }
}

/** `VARSLOT_STALE_SLOT`: the slot is no longer allocated with that generation. */
export class StaleSlotError extends PrimitiveError {
  override readonly name = 'StaleSlotError'
  readonly slot: SlotRef

  constructor(slot: SlotRef) {
    super('VARSLOT_STALE_SLOT', `expected ${slotText(slot)} to be allocated, got a reference to a slot that was freed`)
    this.slot = slot
  }
}

/** `VARSLOT_REF_RANGE`: a field of the reference cannot belong to this pool. */
export class SlotRefRangeError extends PrimitiveError {
  override readonly name = 'SlotRefRangeError'
  readonly slot: SlotRef
  /** The first field out of range, in the order of the interface. */
  readonly field: keyof SlotRef

  /** @param expected completes "expected slotRef.FIELD to be" */
  constructor(slot: SlotRef, field: keyof SlotRef, expected: string) {
    super('VARSLOT_REF_RANGE', `expected slotRef.${field} to be ${expected}, got ${show(slot[field])}`)
    this.slot = slot
    this.field = field
  }
}

/** `VARSLOT_SIZE_TOO_LARGE`: no class has slots of that size. */
export class SizeTooLargeError extends PrimitiveError {
  override readonly name = 'SizeTooLargeError'
  /** Bytes asked for. */
  readonly size: number
  /** Bytes of a slot of the largest class. */
  readonly largest: number

  constructor(size: number, largest: number) {
    super('VARSLOT_SIZE_TOO_LARGE', `expected size to be at most ${largest}, the largest slot size, got ${size}`)
    this.size = size
    this.largest = largest
  }
}

function slotText(slot: SlotRef): string {
  return `slot ${slot.slotIdx} of class ${slot.classIdx}, generation ${slot.generation},`
}
