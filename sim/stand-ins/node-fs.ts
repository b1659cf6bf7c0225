// What replaces members of `node:fs` while an execution runs: the synchronous calls act on the virtual disk (../disk/disk.ts). All other
// functions are refused (builtins.ts).
//
// Each system call is one operation, hence a step in stepped code. Calls that Node makes of several system calls are programs, generators of
// operations, so that others may run and the peer may crash between open, write and close. The calls are the same in stepped
// code and elsewhere; only who does the operations differs.

import type nodeFs from 'node:fs'
import type { FileOperation } from '../disk/file-operation.js'
import { SystemCall } from '../disk/system-call.js'
import { type Host, host } from '../host.js'
import type { Twin } from '../instrument/contract.js'
import { attach } from '../instrument/twins.js'
import { like } from './like.js'
import { createFileCalls } from './node-fs-files.js'
import { createNameCalls } from './node-fs-names.js'
import { createWholeFileCalls } from './node-fs-whole-files.js'
import type { Callable } from './operations.js'

/** A call that is one operation. */
export interface SingleCall {
  /** Gives the operation, or the result itself where nothing is to be done. Throws what the arguments deserve. */
  prepare(current: Host, args: readonly unknown[]): unknown
  /** Makes the call's result of the operation's. */
  finish?(result: unknown, args: readonly unknown[]): unknown
}

/** A call that is several: yields each, gets its result or has its exception thrown into it. */
export type Program = (current: Host, args: readonly unknown[]) => Generator<FileOperation, unknown, never>

export type Calls = Readonly<Record<string, SingleCall | Program>>

export function createNodeFs(real: typeof nodeFs): object {
  const calls: Calls = { ...createFileCalls(real), ...createNameCalls(real), ...createWholeFileCalls(real) }
  return Object.fromEntries(
    Object.entries(calls).map(([name, call]) => {
      const original = (real as unknown as Record<string, Callable>)[name] as Callable
      return [name, typeof call === 'function' ? composed(original, call) : single(original, call)]
    }),
  )
}

function single(real: Callable, { prepare, finish }: SingleCall): Callable {
  const atOnce = (current: Host, args: unknown[]): unknown => {
    const operation = prepare(current, args)
    if (!(operation instanceof SystemCall)) return operation
    const result = current.fileInsideOneStep(operation)
    return finish === undefined ? result : finish(result, args)
  }
  return withTwin(real, atOnce, function* (current, args) {
    const operation = prepare(current, args)
    if (!(operation instanceof SystemCall)) return operation
    current.fileStep(operation)
    let result: unknown
    try {
      result = yield
    } catch (error) {
      throw fromHere(error)
    }
    return finish === undefined ? result : finish(result, args)
  })
}

function composed(real: Callable, program: Program): Callable {
  const atOnce = (current: Host, args: unknown[]): unknown => {
    const operations = program(current, args)
    let next = operations.next()
    while (next.done !== true) {
      let result: unknown
      try {
        result = current.fileInsideOneStep(next.value)
      } catch (error) {
        next = operations.throw(error)
        continue
      }
      next = operations.next(result as never)
    }
    return next.value
  }
  return withTwin(real, atOnce, function* (current, args) {
    const operations = program(current, args)
    let next = operations.next()
    while (next.done !== true) {
      current.fileStep(next.value)
      let result: unknown
      try {
        result = yield
      } catch (error) {
        next = operations.throw(fromHere(error))
        continue
      }
      next = operations.next(result as never)
    }
    return next.value
  })
}

/** @param stepped does the call in steps; only for code of peers */
function withTwin(
  real: Callable,
  atOnce: (current: Host, args: unknown[]) => unknown,
  stepped: (current: Host, args: unknown[]) => Generator<unknown, unknown, unknown>,
): Callable {
  const standIn = like(real, (...args: unknown[]) => {
    const { current } = host
    return current === undefined ? (Reflect.apply(real, undefined, args) as unknown) : atOnce(current, args)
  })
  const twin: Twin = (...args: unknown[]) => {
    const { current } = host
    // Most calls are of peers: they get the generator that does them, and none around it.
    return current?.phase === 'peer' ? stepped(current, args) : inOneStep(args)
  }
  const inOneStep = function* (args: unknown[]) {
    const { current } = host
    return current === undefined ? (Reflect.apply(real, undefined, args) as unknown) : atOnce(current, args)
  }
  return attach(standIn, twin)
}

/** The error of a system call with the stack of whoever made the call, if it has one: the scheduler did the operation. */
function fromHere(error: unknown): unknown {
  if (Error.stackTraceLimit !== 0 && error instanceof Error && 'syscall' in error) Error.captureStackTrace(error, fromHere)
  return error
}
