// Performs the operation that an actor left pending: one step.

import type { Actor } from './actor.js'
import type { FileOperation } from './disk/file-operation.js'
import type { Execution } from './execution.js'
import * as fast from './fast-atomics.js'
import type { AtomicArray } from './instrument/contract.js'
import * as kinds from './operation.js'
import type { Waiter } from './waiters.js'

/** The actor waits: its operation gives its result later. */
export const PENDING = Symbol('heddle pending')

// Constants of this module are constants to the engine; those of another module it would fetch and check at every step.
const { NONE, LOAD, STORE, COMPARE_EXCHANGE, COMPARE_EXCHANGE_FAILED } = kinds

type WaitArray = Int32Array | BigInt64Array

/** How waits end, as the trace stores it. */
const WAIT_RESULTS = { ok: 1, 'not-equal': 2, 'timed-out': 3 } as const
type WaitResult = keyof typeof WAIT_RESULTS

/** Does what `actor` left pending and returns its result, or {@link PENDING}. Throws what the operation throws. */
export function perform(execution: Execution, actor: Actor): unknown {
  const kind = actor.operation
  if (kind > COMPARE_EXCHANGE) return performOther(execution, actor, kind)
  // The casts say Int32Array for every kind of array: Atomics itself looks at what it is.
  const array = actor.array as Int32Array
  const { index } = actor
  const first = actor.first as number
  let result: number
  let did = kind
  if (kind === LOAD) result = fast.load(array, index)
  else if (kind === COMPARE_EXCHANGE) {
    result = fast.compareExchange(array, index, first, actor.second as number)
    if (result !== first && !exchanged(array, result, first)) did = COMPARE_EXCHANGE_FAILED
  } else if (kind === STORE) result = fast.store(array, index, first)
  else if (kind === NONE) return undefined
  else result = readModifyWrite(kind, array, index, first)
  execution.trace.add(actor, did, index, result)
  if (execution.recorder !== undefined) execution.recorder.result(result)
  return result
}

function readModifyWrite(kind: number, array: Int32Array, index: number, value: number): number {
  switch (kind) {
    case kinds.ADD:
      return fast.add(array, index, value)
    case kinds.SUB:
      return Atomics.sub(array, index, value)
    case kinds.AND:
      return Atomics.and(array, index, value)
    case kinds.OR:
      return Atomics.or(array, index, value)
    case kinds.XOR:
      return Atomics.xor(array, index, value)
    case kinds.EXCHANGE:
      return Atomics.exchange(array, index, value)
    default:
      throw new Error(`heddle internal: no operation ${kind} to perform`)
  }
}

function performOther(execution: Execution, actor: Actor, kind: number): unknown {
  actor.operation = kinds.NONE
  switch (kind) {
    case kinds.WAIT:
      return performWait(execution, actor)
    case kinds.WAKE:
      return done(execution, actor, kinds.WAKE, WAIT_RESULTS[actor.first as WaitResult], actor.first)
    case kinds.NOTIFY:
      return performNotify(execution, actor)
    case kinds.WAIT_ASYNC: {
      const [value, timeout] = actor.first as readonly [number, number | undefined]
      const answer = waitAsync(execution, actor, actor.array as WaitArray, actor.index, value, timeoutOf(timeout))
      return done(execution, actor, kind, answer.async ? 1 : 0, answer)
    }
    case kinds.CLOCK_READ: {
      execution.environment.clockWasRead()
      const { nowMs, elapsedMs } = execution.environment.clock
      const time = actor.first === 'epoch' ? nowMs + actor.clockAheadMs : elapsedMs
      return done(execution, actor, kind, time, time)
    }
    case kinds.SLEEP:
      execution.block(actor)
      execution.environment.startTimer(actor, actor.first as number, () => execution.wake(actor, kinds.WAKE, 'timed-out'))
      done(execution, actor, kind, 0, undefined)
      return PENDING
    case kinds.LABEL:
    case kinds.TASK:
      return done(execution, actor, kind, 0, undefined)
    case kinds.FILE_OPEN:
    case kinds.FILE_READ:
    case kinds.FILE_WRITE:
    case kinds.FILE_SYNC:
    case kinds.FILE_SIZE:
    case kinds.FILE_NAME:
    case kinds.FILE_LOOK:
      return performOnDisk(execution, actor, kind)
    default:
      throw new Error(`heddle internal: ${actor.name} has no operation ${kind} to perform`)
  }
}

/** An operation that throws is a step like one that succeeds: a file that is not there is an answer. */
function performOnDisk(execution: Execution, actor: Actor, kind: number): unknown {
  const operation = actor.first as FileOperation
  let result: unknown
  try {
    result = operation.perform(execution.environment.diskFaultFor(operation))
  } catch (error) {
    done(execution, actor, kind, (error as NodeJS.ErrnoException).errno ?? 0, error)
    throw error
  }
  return done(execution, actor, kind, operation.digest(result), result)
}

/** Whether a compareExchange that found `found` has exchanged. `expected` counts as it would be stored: -1 equals 255 in a Uint8Array. */
export function exchanged(array: AtomicArray, found: number | bigint, expected: number | bigint): boolean {
  // Where the lowest bytes differ, as they mostly do, the width does not matter.
  if (typeof found === 'number' && ((found ^ (expected as number)) & 0xff) !== 0) return false
  if (typeof found === 'bigint') return BigInt.asUintN(64, found ^ BigInt(expected)) === 0n
  return (((found ^ (expected as number)) << (32 - 8 * array.BYTES_PER_ELEMENT)) | 0) === 0
}

function performNotify(execution: Execution, actor: Actor): number {
  const { index } = actor
  const array = actor.array as WaitArray
  // The real call checks the arguments as the standard says; nobody real waits, so it wakes nobody.
  Atomics.notify(array as Int32Array, index, actor.first as number)
  const woken = execution.waiters.notify(array, index, notifyCount(actor.first))
  return done(execution, actor, kinds.NOTIFY, woken, woken)
}

function performWait(execution: Execution, actor: Actor): unknown {
  const { index } = actor
  const array = actor.array as WaitArray
  const [value, timeout] = actor.first as readonly [number, number | undefined]
  // The real call checks the arguments and compares; with no time to wait it never blocks.
  const compared = Atomics.wait(array as Int32Array, index, value, 0)
  const timeoutMs = timeoutOf(timeout)
  if (compared === 'not-equal') return done(execution, actor, kinds.WAIT, WAIT_RESULTS['not-equal'], 'not-equal')
  if (timeoutMs === 0) return done(execution, actor, kinds.WAIT, WAIT_RESULTS['timed-out'], 'timed-out')
  execution.block(actor)
  startWait(execution, actor, array, index, timeoutMs, (result) => execution.wake(actor, kinds.WAKE, result))
  done(execution, actor, kinds.WAIT, 0, 'blocked')
  return PENDING
}

/** `Atomics.waitAsync` on virtual time. */
export function waitAsync(
  execution: Execution,
  actor: Actor,
  array: WaitArray,
  index: number,
  value: number | bigint,
  timeoutMs: number,
): { async: boolean; value: unknown } {
  if (Atomics.wait(array as Int32Array, index, value as number, 0) === 'not-equal') return { async: false, value: 'not-equal' }
  if (timeoutMs === 0) return { async: false, value: 'timed-out' }
  const promise = new Promise<WaitResult>((resolve) => {
    startWait(execution, actor, array, index, timeoutMs, (result) => {
      resolve(result)
      execution.promiseSettled()
    })
  })
  return { async: true, value: promise }
}

function startWait(execution: Execution, actor: Actor, array: WaitArray, index: number, timeoutMs: number, end: (result: WaitResult) => void): void {
  let timer = 0
  const waiter: Waiter = {
    actor: actor.id,
    wake() {
      if (timer !== 0) execution.environment.stopTimer(timer)
      end('ok')
    },
  }
  execution.waiters.add(array, index, waiter)
  if (timeoutMs === Number.POSITIVE_INFINITY) return
  timer = execution.environment.startTimer(actor, timeoutMs, () => {
    if (execution.waiters.remove(waiter)) end('timed-out')
  })
}

/** A time-out as the standard reads it: absent or NaN is for ever, negative is none. */
export function timeoutOf(timeout: unknown): number {
  // The unary plus throws for symbols and bigints, as the real ones do.
  const milliseconds = +(timeout as number)
  return Number.isNaN(milliseconds) ? Number.POSITIVE_INFINITY : Math.max(0, milliseconds)
}

/** A count as the standard reads it: absent is everybody. */
export function notifyCount(count: unknown): number {
  if (count === undefined) return Number.POSITIVE_INFINITY
  const integer = Math.trunc(Number(count))
  return Number.isNaN(integer) ? 0 : Math.max(0, integer)
}

function done<T>(execution: Execution, actor: Actor, kind: number, traced: number, result: T): T {
  execution.trace.add(actor, kind, actor.index, traced)
  execution.recorder?.result(result)
  return result
}
