// The operations that stepped twins call: decide, then do it at once or leave it pending. The hottest code of all, so written out.

import { execution, SWITCH } from './execution.js'
import type { AtomicArray, AtomicValue, Switch } from './instrument/contract.js'
import * as kinds from './operation.js'
import { exchanged } from './perform.js'

// Each function says on its own what it does, so that the engine can inline it; the types of Atomics want one array type at a time.
type Words = Int32Array

function pending(kind: number, site: number, array: AtomicArray | undefined, index: number, first: unknown): Switch {
  const actor = execution.current
  actor.operation = kind
  actor.site = site
  if (actor.array !== array) actor.array = array
  actor.index = index
  actor.first = first
  return SWITCH
}

function did(kind: number, index: number, result: AtomicValue): AtomicValue {
  execution.trace.add(execution.current, kind, index, result)
  return result
}

export function load(site: number, array: AtomicArray, index: number): AtomicValue | Switch {
  if (!execution.ahead()) return pending(kinds.LOAD, site, array, index, undefined)
  return did(kinds.LOAD, index, Atomics.load(array as Words, index))
}

export function store(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch {
  if (!execution.ahead()) return pending(kinds.STORE, site, array, index, value)
  return did(kinds.STORE, index, Atomics.store(array as Words, index, value as number))
}

export function add(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch {
  if (!execution.ahead()) return pending(kinds.ADD, site, array, index, value)
  return did(kinds.ADD, index, Atomics.add(array as Words, index, value as number))
}

export function sub(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch {
  if (!execution.ahead()) return pending(kinds.SUB, site, array, index, value)
  return did(kinds.SUB, index, Atomics.sub(array as Words, index, value as number))
}

export function and(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch {
  if (!execution.ahead()) return pending(kinds.AND, site, array, index, value)
  return did(kinds.AND, index, Atomics.and(array as Words, index, value as number))
}

export function or(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch {
  if (!execution.ahead()) return pending(kinds.OR, site, array, index, value)
  return did(kinds.OR, index, Atomics.or(array as Words, index, value as number))
}

export function xor(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch {
  if (!execution.ahead()) return pending(kinds.XOR, site, array, index, value)
  return did(kinds.XOR, index, Atomics.xor(array as Words, index, value as number))
}

export function exchange(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch {
  if (!execution.ahead()) return pending(kinds.EXCHANGE, site, array, index, value)
  return did(kinds.EXCHANGE, index, Atomics.exchange(array as Words, index, value as number))
}

export function compareExchange(site: number, array: AtomicArray, index: number, expected: AtomicValue, replacement: AtomicValue): AtomicValue | Switch {
  if (!execution.ahead()) {
    execution.current.second = replacement
    return pending(kinds.COMPARE_EXCHANGE, site, array, index, expected)
  }
  const found = Atomics.compareExchange(array as Words, index, expected as number, replacement as number) as AtomicValue
  return did(found === expected || exchanged(array, found, expected) ? kinds.COMPARE_EXCHANGE : kinds.COMPARE_EXCHANGE_FAILED, index, found)
}

// The operations below are rare or block: they are always left pending, and performed when the peer is picked.

export function wait(site: number, array: AtomicArray, index: number, value: AtomicValue, timeout?: number): Switch {
  execution.ahead()
  return pending(kinds.WAIT, site, array, index, [value, timeout])
}

export function waitAsync(site: number, array: AtomicArray, index: number, value: AtomicValue, timeout?: number): Switch {
  execution.ahead()
  return pending(kinds.WAIT_ASYNC, site, array, index, [value, timeout])
}

export function notify(site: number, array: AtomicArray, index: number, count?: number): Switch {
  execution.ahead()
  return pending(kinds.NOTIFY, site, array, index, count)
}

export function sleep(milliseconds: number): Switch {
  execution.ahead()
  return pending(kinds.SLEEP, -1, undefined, 0, milliseconds)
}

export function label(text: string): Switch {
  execution.ahead()
  return pending(kinds.LABEL, -1, undefined, 0, text)
}

export function clockRead(kind: 'epoch' | 'elapsed'): Switch {
  execution.ahead()
  return pending(kinds.CLOCK_READ, -1, undefined, 0, kind)
}
