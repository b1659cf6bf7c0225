// For tests: a runtime and a driver just large enough to run transformed code. Every operation is pending, always or at every
// second time, and the driver performs it and resumes the twin. Not part of the package's public face.

import { endIteration, iterateAsync, iterationError, nextItem, yieldAll, yieldItem } from './async-iteration.js'
import type { Runtime, Twin } from './contract.js'
import { disposables, disposalError, dispose, disposeError, use, useAsync } from './disposables.js'
import { attachCalled, attachDerived, attachNew, attachNewTarget, MARK, made, maker } from './makers.js'
import { Awaiting, awaiting } from './marks.js'
import { type Transformed, transform } from './transform.js'
import { attach, binder, twin } from './twins.js'

const SWITCH = Symbol('switch')
const NESTED = Symbol('nested')
const key = Symbol.for('heddle.runtime')

/** What the driver counted, and how often it suspends: at each operation (1), each second (2), or never (0). */
export const driver = { stepped: 0, unstepped: 0, every: 1, operations: 0 }

let pending: (() => unknown) | undefined

type AnyFunction = (...args: unknown[]) => unknown

function operation(name: string): AnyFunction {
  const perform = (Atomics as unknown as Record<string, AnyFunction>)[name] as AnyFunction
  return (_site, ...args) => {
    driver.stepped++
    if (driver.every === 0 || driver.operations++ % driver.every !== 0) return perform(...args)
    pending = () => perform(...args)
    return SWITCH
  }
}

const names = ['load', 'store', 'add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange', 'wait', 'waitAsync', 'notify']
const countingAtomics = Object.create(Atomics) as Record<string, AnyFunction>
for (const name of names) {
  const perform = (Atomics as unknown as Record<string, AnyFunction>)[name] as AnyFunction
  countingAtomics[name] = (...args) => {
    driver.unstepped++
    return perform(...args)
  }
  // As the stand-ins do: an aliased function is a step too.
  attach(countingAtomics[name], function* (...args: unknown[]) {
    const result = operation(name)(0, ...args)
    return result === SWITCH ? yield : result
  } as Twin)
}

export function installRuntime(): void {
  const runtime: Record<string, unknown> = {
    SWITCH,
    NESTED,
    enter: () => NESTED,
    module: () => 0,
    attach,
    attachCalled,
    attachNew,
    attachNewTarget,
    attachDerived,
    MARK,
    twin,
    maker,
    made,
    binder,
    disposables,
    use,
    useAsync,
    disposeError,
    disposalError,
    dispose,
    awaiting,
    iterateAsync,
    nextItem,
    iterationError,
    endIteration,
    yieldItem,
    yieldAll,
    // Async generators need the engine's event loop; here they run as they are.
    attachAsyncGenerator: (original: AnyFunction) => original,
    attachAsync: (original: AnyFunction, stepped: Twin) => attach(original, asyncTwin(stepped)),
    SharedArrayBuffer,
    standIns: { ...globals(), Atomics: countingAtomics },
    builtin: (name: string) => process.getBuiltinModule(name as 'fs'),
    importMeta: (file: string) => ({ url: `file://${file}` }),
    importDynamic: (specifier: string) => import(specifier),
    requireFrom: () => (name: string) => ({ required: name }),
  } satisfies Partial<Record<keyof Runtime, unknown>>
  for (const name of names) runtime[name] = operation(name)
  ;(globalThis as Record<symbol, unknown>)[key] = runtime
}

function globals(): Record<string, unknown> {
  return Object.fromEntries(
    Reflect.ownKeys(globalThis).flatMap((name) => (typeof name === 'string' ? [[name, (globalThis as Record<string, unknown>)[name]]] : [])),
  )
}

function asyncTwin(stepped: Twin): Twin {
  return function* (this: unknown, ...args: never[]) {
    return yield* firstPart(() => stepped.apply(this, args))
  } as Twin
}

/** Runs up to the first await in the caller's steps, the rest as a task of its own. */
function* firstPart(start: () => Generator<unknown, unknown, unknown>): Generator<unknown, unknown, unknown> {
  try {
    const generator = start()
    let result = generator.next()
    while (!result.done) {
      if (result.value instanceof Awaiting) return Promise.resolve(result.value.value).then(...resume(generator))
      try {
        const value: unknown = yield result.value
        result = generator.next(value)
      } catch (error) {
        result = generator.throw(error)
      }
    }
    return Promise.resolve(result.value)
  } catch (error) {
    return Promise.reject(error)
  }
}

function resume(generator: Generator<unknown, unknown, unknown>): [(value: unknown) => unknown, (error: unknown) => unknown] {
  const onward = (result: IteratorResult<unknown, unknown>) => {
    let at = result
    while (!at.done) {
      if (at.value instanceof Awaiting) return Promise.resolve(at.value.value).then(...resume(generator))
      at = step(generator)
    }
    return at.value
  }
  return [(value) => onward(generator.next(value)), (error) => onward(generator.throw(error))]
}

function step(generator: Generator<unknown, unknown, unknown>): IteratorResult<unknown, unknown> {
  const perform = pending
  pending = undefined
  if (perform === undefined) throw new Error('suspended without an operation')
  let value: unknown
  try {
    value = perform()
  } catch (error) {
    return generator.throw(error)
  }
  return generator.next(value)
}

/** Runs the twin of `f` to its end. */
export function drive(f: AnyFunction, receiver: unknown, ...args: unknown[]): unknown {
  const stepped = twin(f, f.name)
  if (stepped === undefined) return Reflect.apply(f, receiver, args)
  const generator = Reflect.apply(stepped, receiver, args) as Generator<unknown, unknown, unknown>
  let result = generator.next()
  while (!result.done) result = step(generator)
  return result.value
}

export function transformText(source: string, format: 'module' | 'commonjs' = 'commonjs'): Transformed {
  return transform(source, {
    file: '/user/file.js',
    format,
    positionOf: (line, column) => ({ line, column: column + 1 }),
    resolve: (specifier) => specifier,
  })
}

/** Runs CommonJS text; gives its exports. */
export function load(code: string): Record<string, AnyFunction> {
  const module = { exports: {} as Record<string, AnyFunction> }
  const run = new Function('exports', 'require', 'module', '__filename', '__dirname', code)
  run.call(module.exports, module.exports, (name: string) => ({ required: name }), module, '/user/file.js', '/user')
  return module.exports
}

let loaded = 0
export async function loadModule(code: string): Promise<Record<string, AnyFunction>> {
  return (await import(`data:text/javascript,${encodeURIComponent(code)}//${++loaded}`)) as Record<string, AnyFunction>
}
