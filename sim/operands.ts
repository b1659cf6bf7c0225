// Operands of atomic operations that are not numbers already: converted once, when the operation is called and in the order of the
// standard, so that what `valueOf` does happens once. Source: ECMA-262, ValidateAtomicAccess and AtomicReadModifyWrite.

import { types } from 'node:util'
import type { AtomicArray, AtomicValue } from './instrument/contract.js'

/** The index as a number; as it is where the array is none that Atomics takes, so that Atomics throws what it throws for that. */
export function numericIndex(array: AtomicArray, index: unknown): number {
  return typeof index === 'number' ? index : convertedIndex(array, index)
}

/** The value as a number or bigint, as the array's elements are; the same for arrays that Atomics does not take. */
export function numericValue(array: AtomicArray, value: unknown): AtomicValue {
  return typeof value === 'number' ? value : convertedValue(array, value)
}

function convertedIndex(array: AtomicArray, index: unknown): number {
  return isAtomicArray(array) ? +(index as number) : (index as number)
}

function convertedValue(array: AtomicArray, value: unknown): AtomicValue {
  if (typeof value === 'bigint' || !isAtomicArray(array)) return value as AtomicValue
  if (!isBigIntArray(array)) return +(value as number)
  // To store it does the conversion that Atomics would do, and throws what that throws.
  const element = new BigInt64Array(1)
  element[0] = value as bigint
  return element[0]
}

function isBigIntArray(array: AtomicArray): boolean {
  return types.isBigInt64Array(array) || types.isBigUint64Array(array)
}

function isAtomicArray(array: AtomicArray): boolean {
  return types.isTypedArray(array) && !types.isFloat32Array(array) && !types.isFloat64Array(array) && !types.isUint8ClampedArray(array)
}
