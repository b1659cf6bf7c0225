// The operations that stepped twins call: decide, then do it at once or leave it pending. The hottest code of all, so written out.

import type { Body } from './call-stack.js'
import { SWITCH as THE_SWITCH, execution as theExecution } from './execution.js'
import * as fast from './fast-atomics.js'
import type { AtomicArray, AtomicValue, Switch } from './instrument/contract.js'
import { numericIndex, numericValue } from './operands.js'
import * as kinds from './operation.js'
import { exchanged } from './perform.js'

// Those that are rare or block. They stand in a file of their own, which the execution needs before this one can take hold of it.
export { notify, wait, waitAsync } from './pending-operations.js'

// Each function says on its own what it does, so that the engine can inline it; the types of Atomics want one array type at a time.
type Words = Int32Array

// The engine takes constants of this module for what they are; imported ones it must fetch and check at every use.
const execution = theExecution
const SWITCH = THE_SWITCH
const { LOAD, STORE, ADD, SUB, AND, OR, XOR, EXCHANGE, COMPARE_EXCHANGE, COMPARE_EXCHANGE_FAILED } = kinds

function pending(kind: number, site: number, array: AtomicArray, index: number, first: unknown): Switch {
  execution.current.leavePending(kind, site, array, index, first)
  return SWITCH
}

function did(kind: number, index: number, result: AtomicValue): AtomicValue {
  execution.trace.add(execution.current, kind, index, result)
  return result
}

export function load(site: number, array: AtomicArray, givenIndex: number): AtomicValue | Switch {
  const index = numericIndex(array, givenIndex)
  if (!execution.ahead()) return pending(LOAD, site, array, index, undefined)
  return did(LOAD, index, fast.load(array as Words, index))
}

export function store(site: number, array: AtomicArray, givenIndex: number, givenValue: AtomicValue): AtomicValue | Switch {
  const index = numericIndex(array, givenIndex)
  const value = numericValue(array, givenValue)
  if (!execution.ahead()) return pending(STORE, site, array, index, value)
  return did(STORE, index, fast.store(array as Words, index, value as number))
}

export function add(site: number, array: AtomicArray, givenIndex: number, givenValue: AtomicValue): AtomicValue | Switch {
  const index = numericIndex(array, givenIndex)
  const value = numericValue(array, givenValue)
  if (!execution.ahead()) return pending(ADD, site, array, index, value)
  return did(ADD, index, fast.add(array as Words, index, value as number))
}

export function sub(site: number, array: AtomicArray, givenIndex: number, givenValue: AtomicValue): AtomicValue | Switch {
  const index = numericIndex(array, givenIndex)
  const value = numericValue(array, givenValue)
  if (!execution.ahead()) return pending(SUB, site, array, index, value)
  return did(SUB, index, Atomics.sub(array as Words, index, value as number))
}

export function and(site: number, array: AtomicArray, givenIndex: number, givenValue: AtomicValue): AtomicValue | Switch {
  const index = numericIndex(array, givenIndex)
  const value = numericValue(array, givenValue)
  if (!execution.ahead()) return pending(AND, site, array, index, value)
  return did(AND, index, Atomics.and(array as Words, index, value as number))
}

export function or(site: number, array: AtomicArray, givenIndex: number, givenValue: AtomicValue): AtomicValue | Switch {
  const index = numericIndex(array, givenIndex)
  const value = numericValue(array, givenValue)
  if (!execution.ahead()) return pending(OR, site, array, index, value)
  return did(OR, index, Atomics.or(array as Words, index, value as number))
}

export function xor(site: number, array: AtomicArray, givenIndex: number, givenValue: AtomicValue): AtomicValue | Switch {
  const index = numericIndex(array, givenIndex)
  const value = numericValue(array, givenValue)
  if (!execution.ahead()) return pending(XOR, site, array, index, value)
  return did(XOR, index, Atomics.xor(array as Words, index, value as number))
}

export function exchange(site: number, array: AtomicArray, givenIndex: number, givenValue: AtomicValue): AtomicValue | Switch {
  const index = numericIndex(array, givenIndex)
  const value = numericValue(array, givenValue)
  if (!execution.ahead()) return pending(EXCHANGE, site, array, index, value)
  return did(EXCHANGE, index, Atomics.exchange(array as Words, index, value as number))
}

export function compareExchange(
  site: number,
  array: AtomicArray,
  givenIndex: number,
  givenExpected: AtomicValue,
  givenReplacement: AtomicValue,
): AtomicValue | Switch {
  const index = numericIndex(array, givenIndex)
  const expected = numericValue(array, givenExpected)
  const replacement = numericValue(array, givenReplacement)
  if (!execution.ahead()) {
    execution.current.second = replacement
    return pending(COMPARE_EXCHANGE, site, array, index, expected)
  }
  const found = fast.compareExchange(array as Words, index, expected as number, replacement as number) as AtomicValue
  return did(found === expected || exchanged(array, found, expected) ? COMPARE_EXCHANGE : COMPARE_EXCHANGE_FAILED, index, found)
}

/** A call of a twin, from a twin. */
export function enter(call: Body): unknown {
  return execution.enter(call)
}
