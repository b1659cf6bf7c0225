// Clean-up of blocks with `using` and `await using` declarations, as TC39's explicit resource management has it (DisposeResources). What
// is written out for them in originals and twins (emit-using.ts) calls this.

import type { Twin } from './contract.js'
import { attach, twin } from './twins.js'

// biome-ignore lint/complexity/noBannedTypes: any callable of the user's
type Callable = Function

interface Resource {
  readonly value: unknown
  /** Undefined for null and undefined, which `await using` counts as well. */
  readonly method: Callable | undefined
  /** `sync`: of `using`. `async`: what the method returns is awaited. `fallback`: of `await using`, with a method that returns nothing to await. */
  readonly kind: 'sync' | 'async' | 'fallback'
}

/** The resources of one block. */
interface Disposables {
  readonly resources: Resource[]
  failed: boolean
  error: unknown
  /** What the block must await now. */
  awaited: unknown
  /** Something must be awaited for what had no method, unless something else is. */
  needsAwait: boolean
  hasAwaited: boolean
}

/** Starts the clean-up stack of a block. */
export function disposables(): object {
  const stack: Disposables = { resources: [], failed: false, error: undefined, awaited: undefined, needsAwait: false, hasAwaited: false }
  return stack
}

/** Evaluates a `using` declaration: checks and remembers the disposer, returns the value. */
export function use<T>(stack: object, value: T): T {
  if (value === null || value === undefined) return value
  const method = checked(value)[Symbol.dispose]
  if (typeof method !== 'function') throw new TypeError('Symbol(Symbol.dispose) is not a function')
  remember(stack, { value, method, kind: 'sync' })
  return value
}

/** Evaluates an `await using` declaration. */
export function useAsync<T>(stack: object, value: T): T {
  if (value === null || value === undefined) {
    remember(stack, { value, method: undefined, kind: 'async' })
    return value
  }
  const resource = checked(value)
  const own = resource[Symbol.asyncDispose]
  const isFallback = own === undefined || own === null
  const method = isFallback ? resource[Symbol.dispose] : own
  if (typeof method !== 'function') throw new TypeError('Symbol(Symbol.asyncDispose) is not a function')
  remember(stack, { value, method, kind: isFallback ? 'fallback' : 'async' })
  return value
}

function checked(value: unknown): { [Symbol.dispose]?: unknown; [Symbol.asyncDispose]?: unknown } {
  if (typeof value !== 'object' && typeof value !== 'function') throw new TypeError(`${String(value)} is not an object, null or undefined`)
  return value as object
}

function remember(stack: object, resource: Resource): void {
  ;(stack as Disposables).resources.push(resource)
}

/** Remembers that the block ends with an error. */
export function disposeError(stack: object, error: unknown): void {
  ;(stack as Disposables).failed = true
  ;(stack as Disposables).error = error
}

/** Remembers that a disposer failed, or what it gave to await. */
export function disposalError(stack: object, error: unknown): void {
  const { failed, error: before } = stack as Disposables
  disposeError(stack, failed ? suppressed(error, before) : error)
}

/**
 * Runs the disposers, last first. True: the block must await `awaited` and call this again. False: there are no more. Throws what the block must
 * end with.
 */
export function dispose(stack: object): boolean {
  const disposing = stack as Disposables
  for (;;) {
    const resource = next(disposing)
    if (typeof resource === 'boolean') return resource
    let failed = false
    let result: unknown
    try {
      result = Reflect.apply(resource.method as Callable, resource.value, [])
    } catch (error) {
      failed = true
      result = error
    }
    if (called(disposing, resource, failed, result)) return true
  }
}

function* disposeStepped(stack: object): Generator<unknown, unknown, unknown> {
  const disposing = stack as Disposables
  for (;;) {
    const resource = next(disposing)
    if (typeof resource === 'boolean') return resource
    const { method, value } = resource
    let failed = false
    let result: unknown
    try {
      const stepped = twin(method, 'Symbol.dispose')
      result = stepped === undefined ? Reflect.apply(method as Callable, value, []) : yield* stepped.call(value)
    } catch (error) {
      failed = true
      result = error
    }
    if (called(disposing, resource, failed, result)) return true
  }
}

attach(dispose, disposeStepped as Twin)

/** The resource whose disposer is to be called; true if something must be awaited before, false at the end. */
function next(disposing: Disposables): Resource | boolean {
  const { resources } = disposing
  for (;;) {
    const last = resources.at(-1)
    if (last?.kind !== 'async' && last?.kind !== 'fallback' && disposing.needsAwait && !disposing.hasAwaited) {
      disposing.needsAwait = false
      disposing.awaited = undefined
      return true
    }
    if (last === undefined) {
      if (disposing.failed) throw disposing.error
      return false
    }
    resources.pop()
    if (last.method !== undefined) return last
    disposing.needsAwait = true
  }
}

/** Takes in how the call of a disposer ended; whether the block must await what it gave. */
function called(disposing: Disposables, { kind }: Resource, failed: boolean, result: unknown): boolean {
  if (failed && kind !== 'fallback') disposalError(disposing, result)
  if (kind === 'sync' || (failed && kind === 'async')) return false
  disposing.hasAwaited = true
  // What a method for `using` gives is of no interest, and what it throws comes as a rejection.
  if (kind === 'async') disposing.awaited = result
  else disposing.awaited = failed ? Promise.reject(result) : undefined
  return true
}

const message = 'An error was suppressed during disposal'

/** SuppressedError of the engine, or one of the same shape where it has none (Node 20). */
function suppressed(error: unknown, hidden: unknown): Error {
  const native = (globalThis as { SuppressedError?: new (error: unknown, suppressed: unknown, message: string) => Error }).SuppressedError
  if (native !== undefined) return new native(error, hidden, message)
  const made = new Error(message)
  const hiddenProperty = (value: unknown) => ({ value, writable: true, configurable: true })
  return Object.defineProperties(made, { name: hiddenProperty('SuppressedError'), error: hiddenProperty(error), suppressed: hiddenProperty(hidden) })
}
