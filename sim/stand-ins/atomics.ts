// The `Atomics` that instrumented modules see.
//
// Stepped code does not come here: the transform turns `Atomics.load(…)` into the runtime's operation. Here come
// originals, for which the operation is part of one step and is reported as such, and aliases (`const { load } = Atomics`),
// whose twins are attached here.

import { BlockingInsideStepError, type Host, host } from '../host.js'
import type { AtomicArray, AtomicValue, Switch, Twin } from '../instrument/contract.js'
import { attach } from '../instrument/twins.js'
import { numericIndex, numericValue } from '../operands.js'
import { integerIndex } from '../operation.js'
import { copyLike, like } from './like.js'
import type { Operations } from './operations.js'

type WaitArray = Int32Array | BigInt64Array
type Operation = (site: number, array: AtomicArray, index: number, value: AtomicValue, last: never) => unknown
type RealAtomics = Record<string, (...args: unknown[]) => unknown>

export function createAtomics(operations: Operations): typeof Atomics {
  // `isLockFree` (and `pause`, where Node has it) touches no memory, so it is the real one.
  const originals = createOriginals(globalThis.Atomics as unknown as RealAtomics)
  for (const [name, original] of Object.entries(originals)) {
    like((globalThis.Atomics as unknown as RealAtomics)[name], original)
    attach(original, createTwin(operations, name))
  }
  return copyLike(globalThis.Atomics, originals)
}

/** One function for each, without rest parameters: invariants call them after every step. */
function createOriginals(real: RealAtomics) {
  const { load, store, add, sub, and, or, xor, exchange, compareExchange } = real
  return {
    load(array: unknown, index: unknown) {
      report('Atomics.load')
      return load(array, index)
    },
    store(array: unknown, index: unknown, value: unknown) {
      report('Atomics.store')
      return store(array, index, value)
    },
    add(array: unknown, index: unknown, value: unknown) {
      report('Atomics.add')
      return add(array, index, value)
    },
    sub(array: unknown, index: unknown, value: unknown) {
      report('Atomics.sub')
      return sub(array, index, value)
    },
    and(array: unknown, index: unknown, value: unknown) {
      report('Atomics.and')
      return and(array, index, value)
    },
    or(array: unknown, index: unknown, value: unknown) {
      report('Atomics.or')
      return or(array, index, value)
    },
    xor(array: unknown, index: unknown, value: unknown) {
      report('Atomics.xor')
      return xor(array, index, value)
    },
    exchange(array: unknown, index: unknown, value: unknown) {
      report('Atomics.exchange')
      return exchange(array, index, value)
    },
    compareExchange(array: unknown, index: unknown, expected: unknown, replacement: unknown) {
      report('Atomics.compareExchange')
      return compareExchange(array, index, expected, replacement)
    },
    wait: (array: unknown, index: unknown, value: unknown, timeout: unknown) => waitOriginal(real, array, index, value, timeout),
    waitAsync: (array: unknown, index: unknown, value: unknown, timeout: unknown) => waitAsyncOriginal(real, array, index, value, timeout),
    notify: (array: unknown, index: unknown, count: unknown) => notifyOriginal(real, array, index, count),
  }
}

function report(operation: string): void {
  const current = host.current
  if (current !== undefined && current.phase === 'peer') current.insideOneStep(operation)
}

function waitOriginal(real: RealAtomics, array: unknown, index: unknown, value: unknown, timeout: unknown): unknown {
  const current = host.current
  if (current === undefined) return real.wait(array, index, value, timeout)
  const { at, expected, timeoutMs } = waitOperands(array, index, value, timeout)
  // The real operation with timeout 0 checks the arguments, compares, and never blocks.
  const result = real.wait(array, at, expected, 0)
  if (result === 'timed-out' && timeoutMs > 0) refuseToBlock(current, 'Atomics.wait')
  report('Atomics.wait')
  return result
}

function waitAsyncOriginal(real: RealAtomics, array: unknown, index: unknown, value: unknown, timeout: unknown): unknown {
  const current = host.current
  if (current === undefined) return real.waitAsync(array, index, value, timeout)
  const { at, expected, timeoutMs } = waitOperands(array, index, value, timeout)
  const result = real.waitAsync(array, at, expected, 0) as { value: unknown }
  report('Atomics.waitAsync')
  if (result.value !== 'timed-out' || timeoutMs === 0) return result
  if (current.phase !== 'peer') refuseToBlock(current, 'Atomics.waitAsync')
  return current.waitAsync(array as WaitArray, integerIndex(at), typeof expected === 'bigint' ? BigInt.asIntN(64, expected) : expected | 0, timeoutMs)
}

/** Each operand is converted once, in the order of the standard. */
function waitOperands(array: unknown, index: unknown, value: unknown, timeout: unknown) {
  const at = numericIndex(array as AtomicArray, index)
  const expected = numericValue(array as AtomicArray, value)
  return { at, expected, timeoutMs: toTimeoutMs(timeout) }
}

function notifyOriginal(real: RealAtomics, array: unknown, index: unknown, count: unknown): unknown {
  const current = host.current
  if (current === undefined) return real.notify(array, index, count)
  const at = numericIndex(array as AtomicArray, index)
  const countMax = count === undefined ? Number.POSITIVE_INFINITY : Math.max(integerIndex(+(count as number)), 0)
  // Notifying none checks the arguments. Set-up and invariants wake nobody.
  const none = real.notify(array, at, 0)
  if (current.phase !== 'peer') return none
  report('Atomics.notify')
  return current.notify(array as WaitArray, integerIndex(at), countMax)
}

function refuseToBlock(current: Host, operation: string): never {
  if (current.phase === 'peer') current.wouldBlock(operation)
  const where = current.phase === 'setup' ? 'setup' : 'an invariant, describe or deadlines'
  throw new BlockingInsideStepError(`${operation} would block in ${where}, where no peer runs that could notify it; expected it in a peer`)
}

/** NaN and undefined wait for ever, negative ones not at all. The unary plus throws for symbols and bigints as the real one does. */
function toTimeoutMs(timeout: unknown): number {
  const timeoutMs = +(timeout as number)
  return Number.isNaN(timeoutMs) ? Number.POSITIVE_INFINITY : Math.max(timeoutMs, 0)
}

/** The twin of an alias: the runtime's operation at a site of its own. Absent arguments and `undefined` mean the same to all of them. */
function createTwin(operations: Operations, name: string): Twin {
  const { SWITCH } = operations
  const operation = (operations as unknown as Record<string, Operation>)[name]
  const site = operations.aliasSite(name)
  return function* (array: AtomicArray, index: number, value: AtomicValue, last: never) {
    const result = operation.call(operations, site, array, index, value, last) as Switch
    return result === SWITCH ? yield : result
  }
}
