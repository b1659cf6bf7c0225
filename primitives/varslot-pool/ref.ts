// Checks and copies of slot references, which callers keep, send around and hand back. Pure: looks at the reference only.

import { requireObject } from '../argument-checks.js'
import { BadArgumentError } from '../errors.js'
import { SlotRefRangeError } from './errors.js'
import type { SlotRef } from './layout.js'
import type { SizeClass } from './memory.js'
import { GENERATION_MAX } from './slot-word.js'

/** The reference's class. Throws SlotRefRangeError for the first field that cannot belong to a pool with these classes. */
export function requireSlotRef(classes: readonly SizeClass[], ref: SlotRef): SizeClass {
  if (typeof ref !== 'object' || ref === null) throw new BadArgumentError('slotRef', ref, 'an object')
  const { classIdx, extentIdx, slotIdx, generation } = ref
  const sizeClass = Number.isInteger(classIdx) ? classes[classIdx] : undefined
  if (sizeClass === undefined) throw new SlotRefRangeError(copySlotRef(ref), 'classIdx', `an integer from 0 to ${classes.length - 1}`)
  if (extentIdx !== 0) throw new SlotRefRangeError(copySlotRef(ref), 'extentIdx', '0')
  if (!Number.isInteger(slotIdx) || slotIdx < 0 || slotIdx >= sizeClass.slotCount)
    throw new SlotRefRangeError(copySlotRef(ref), 'slotIdx', `an integer from 0 to ${sizeClass.slotCount - 1}`)
  if (!Number.isInteger(generation) || generation < 1 || generation > GENERATION_MAX)
    throw new SlotRefRangeError(copySlotRef(ref), 'generation', `an integer from 1 to ${GENERATION_MAX}`)
  return sizeClass
}

/** A reference that stays as it is when the caller's changes. */
export function copySlotRef(ref: SlotRef): SlotRef {
  const { classIdx, extentIdx, slotIdx, generation } = ref
  return { classIdx, extentIdx, slotIdx, generation }
}

/** Makes the reference all zero, which is never valid. An `argument` that refuses to be written is found before a slot is taken. */
export function blankSlotRef(argument: string, ref: SlotRef): void {
  requireObject(argument, ref)
  try {
    ref.classIdx = 0
    ref.extentIdx = 0
    ref.slotIdx = 0
    ref.generation = 0
  } catch {
    throw new BadArgumentError(argument, ref, 'an object whose fields can be written')
  }
}
