// Asynchronous iteration as ECMA-262 has it: `for await` (ForIn/OfBodyEvaluation with AsyncIteratorClose), and `yield` and `yield*` of
// async generators. What is written out for them in twins (emit-for-await.ts) delegates to these generators, which yield operations and awaits
// like the twin itself. The methods of iterators run stepped where they can.

import type { Stepped } from './contract.js'
import { Awaiting, type Resumption, Returning, Yielding } from './marks.js'
import { twin } from './twins.js'

// biome-ignore lint/complexity/noBannedTypes: any callable of the user's
type Callable = Function

interface IteratorResultLike {
  readonly done?: unknown
  readonly value?: unknown
}

/** An iterator that is asked for items, and gives results that have been awaited. */
interface Items {
  /** What `next`, `throw` or `return` gave; undefined where there is no such method. */
  request(kind: Resumption['kind'], args: readonly unknown[]): Stepped<IteratorResultLike | undefined>
  /** Ends the iteration where it has no `throw`. */
  endUnthrown(): Stepped<void>
}

/** One `for await` that runs. */
interface Loop {
  readonly items: Items
  /** The item that the body is at. */
  value: unknown
  /** Binding the item or in the body: who leaves now closes the iterator. Errors of the iterator itself do not. */
  isInside: boolean
  failed: boolean
  error: unknown
}

/** Begins a `for await` over `iterable`, whose source is `text`. */
export function* iterateAsync(iterable: unknown, text: string): Stepped<object> {
  const loop: Loop = { items: yield* itemsOf(iterable, `${text} is not async iterable`), value: undefined, isInside: false, failed: false, error: undefined }
  return loop
}

/** Whether there is another item; then it is the loop's `value`. */
export function* nextItem(object: object): Stepped<boolean> {
  const loop = object as Loop
  loop.isInside = false
  const result = (yield* loop.items.request('next', [])) as IteratorResultLike
  if (result.done) return false
  loop.value = result.value
  loop.isInside = true
  return true
}

/** Remembers that the loop ends with an error. */
export function iterationError(loop: object, error: unknown): void {
  ;(loop as Loop).failed = true
  ;(loop as Loop).error = error
}

/** Closes the iterator of a loop that was left early; throws what the loop must end with. */
export function* endIteration(object: object): Stepped<void> {
  const { items, isInside, failed, error } = object as Loop
  try {
    if (isInside) yield* items.request('return', [])
  } catch (closing) {
    if (!failed) throw closing
  }
  if (failed) throw error
}

/** `yield value` of an async generator; gives what it is resumed with. */
export function* yieldItem(value: unknown): Stepped<unknown> {
  return yield new Yielding(yield new Awaiting(value), false)
}

/** `yield* iterable` of an async generator; gives what the inner iterator returns. */
export function* yieldAll(iterable: unknown): Stepped<unknown> {
  const items = yield* itemsOf(iterable, '(intermediate value) is not async iterable')
  let resumption: Resumption = { kind: 'next', value: undefined }
  for (;;) {
    const { kind, value } = resumption
    const result: IteratorResultLike | undefined = yield* items.request(kind, [value])
    if (result === undefined && kind === 'throw') {
      yield* items.endUnthrown()
      throw new TypeError("The iterator does not provide a 'throw' method.")
    }
    const isOver = result === undefined || result.done
    if (isOver && kind === 'return') yield new Returning(result === undefined ? yield new Awaiting(value) : result.value)
    if (isOver) return result?.value
    resumption = (yield new Yielding(result.value, true)) as Resumption
  }
}

function* itemsOf(iterable: unknown, refusal: string): Stepped<Items> {
  const asynchronous = methodOf(iterable, Symbol.asyncIterator, refusal)
  const method = asynchronous ?? methodOf(iterable, Symbol.iterator, refusal)
  if (method === undefined) throw new TypeError(refusal)
  const iterator = yield* call(method, iterable, [])
  const name = asynchronous === undefined ? 'Symbol.iterator' : 'Symbol.asyncIterator'
  if (!isObject(iterator)) throw new TypeError(`Result of the ${name} method is not an object`)
  const { next } = iterator as { next: unknown }
  return asynchronous === undefined ? new ItemsOfSync(iterator, next) : new ItemsOfAsync(iterator, next)
}

class ItemsOfAsync implements Items {
  readonly #iterator: object
  readonly #next: unknown

  constructor(iterator: object, next: unknown) {
    this.#iterator = iterator
    this.#next = next
  }

  *request(kind: Resumption['kind'], args: readonly unknown[]): Stepped<IteratorResultLike | undefined> {
    const method = kind === 'next' ? this.#next : methodOf(this.#iterator, kind)
    if (method === undefined && kind !== 'next') return undefined
    return mustBeResult(yield new Awaiting(yield* call(method, this.#iterator, args)))
  }

  *endUnthrown(): Stepped<void> {
    yield* this.request('return', [])
  }
}

/**
 * %AsyncFromSyncIterator%: awaits what a synchronous iterator gives. Each request takes two turns of the microtask queue, one for the
 * value and one for the result, and one where it fails at once.
 */
class ItemsOfSync implements Items {
  readonly #iterator: object
  readonly #next: unknown

  constructor(iterator: object, next: unknown) {
    this.#iterator = iterator
    this.#next = next
  }

  *request(kind: Resumption['kind'], args: readonly unknown[]): Stepped<IteratorResultLike | undefined> {
    let done: boolean
    let value: unknown
    try {
      const method = kind === 'next' ? this.#next : methodOf(this.#iterator, kind)
      if (method === undefined && kind === 'throw') return yield* this.#unthrown(args[0])
      if (method === undefined && kind === 'return') return yield* settled({ done: true, value: args[0] })
      const result = mustBeResult(yield* call(method, this.#iterator, args))
      done = Boolean(result.done)
      value = result.value
    } catch (error) {
      return yield* rejected(error)
    }
    try {
      value = yield new Awaiting(value)
    } catch (error) {
      if (!done && kind !== 'return' && closesSync) yield* this.#close()
      return yield* rejected(error)
    }
    return yield* settled({ done, value })
  }

  *endUnthrown(): Stepped<void> {
    // The request has ended it.
  }

  /** There is no `throw`: later editions close the iterator and say so, earlier ones give the error back. */
  *#unthrown(error: unknown): Stepped<undefined> {
    if (!closesSync) throw error
    yield* this.#close()
    throw new TypeError("The iterator does not provide a 'throw' method.")
  }

  /** Closes the iterator because of an error, which counts for more than what closing throws. */
  *#close(): Stepped<void> {
    try {
      const method = methodOf(this.#iterator, 'return')
      if (method !== undefined) yield* call(method, this.#iterator, [])
    } catch {
      // The first error counts.
    }
  }
}

/** Awaits a result that is there. */
function* settled(result: IteratorResultLike): Stepped<IteratorResultLike> {
  yield new Awaiting(undefined)
  return result
}

/** Awaits a failure. */
function* rejected(error: unknown): Stepped<never> {
  yield new Awaiting(undefined)
  throw error
}

/** Whether this engine closes a synchronous iterator whose value is rejected, as ECMA-262 has it since its 16th edition. */
let closesSync = false

async function probe(): Promise<void> {
  const iterable = {
    [Symbol.iterator]: () => ({
      next: () => ({ done: false, value: Promise.reject(new Error('probe')) }),
      return: () => {
        closesSync = true
        return { done: true, value: undefined }
      },
    }),
  }
  try {
    for await (const _ of iterable);
  } catch {
    // It was asked for.
  }
}
void probe()

function* call(method: unknown, receiver: unknown, args: readonly unknown[]): Stepped<unknown> {
  const stepped = typeof method === 'function' ? twin(method, '') : undefined
  if (stepped !== undefined) return yield* Reflect.apply(stepped, receiver, args)
  return Reflect.apply(mustBeCallable(method), receiver, args)
}

/** GetMethod. `refusal`: what to say where it is no function. */
function methodOf(value: unknown, key: PropertyKey, refusal?: string): Callable | undefined {
  const method: unknown = (value as Record<PropertyKey, unknown>)[key]
  return method === undefined || method === null ? undefined : mustBeCallable(method, refusal)
}

function mustBeCallable(method: unknown, refusal?: string): Callable {
  if (typeof method === 'function') return method
  throw new TypeError(refusal ?? `${method === undefined ? '' : `${typeof method} `}${String(method)} is not a function`)
}

function mustBeResult(result: unknown): IteratorResultLike {
  if (!isObject(result)) throw new TypeError(`Iterator result ${String(result)} is not an object`)
  return result
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
