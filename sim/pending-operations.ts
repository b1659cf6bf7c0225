// The operations that are rare or block: they are always left pending, and performed when the peer is picked.

import type { FileOperation } from './disk/file-operation.js'
import { execution, SWITCH } from './execution.js'
import type { AtomicArray, AtomicValue, Switch } from './instrument/contract.js'
import { numericIndex } from './operands.js'
import * as kinds from './operation.js'

export function wait(site: number, array: AtomicArray, index: number, value: AtomicValue, timeout?: number): Switch {
  return pending(kinds.WAIT, site, array, numericIndex(array, index), [value, timeout])
}

export function waitAsync(site: number, array: AtomicArray, index: number, value: AtomicValue, timeout?: number): Switch {
  return pending(kinds.WAIT_ASYNC, site, array, numericIndex(array, index), [value, timeout])
}

export function notify(site: number, array: AtomicArray, index: number, count?: number): Switch {
  const at = numericIndex(array, index)
  return pending(kinds.NOTIFY, site, array, at, count === undefined ? undefined : numericIndex(array, count))
}

export function sleep(milliseconds: number): Switch {
  return pending(kinds.SLEEP, -1, undefined, 0, milliseconds)
}

export function label(text: string): Switch {
  return pending(kinds.LABEL, -1, undefined, 0, text)
}

export function clockRead(kind: 'epoch' | 'elapsed'): Switch {
  return pending(kinds.CLOCK_READ, -1, undefined, 0, kind)
}

export function fileStep(operation: FileOperation): Switch {
  return pending(operation.kind, -1, undefined, operation.pathNumber, operation)
}

function pending(kind: number, site: number, array: AtomicArray | undefined, index: number, first: unknown): Switch {
  execution.ahead()
  execution.current.leavePending(kind, site, array, index, first)
  return SWITCH
}
