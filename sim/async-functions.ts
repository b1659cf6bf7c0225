// Async functions in steps. The twin of an async function is a generator in which `await x` is `yield awaiting(x)`. A call runs it in
// steps, on the caller's stack, up to its first await; then the caller gets a promise, and the rest runs as tasks of the same peer
// when what was awaited has settled: one stack and one event loop for each peer, as on a real thread. The callbacks of promises
// that stepped code waits for with `then`, `catch` and `finally` run in steps as well.

import type { Body } from './call-stack.js'
import type { Settled } from './event-loop.js'
import { execution } from './execution.js'
import type { Stepped, Twin } from './instrument/contract.js'
import type { Awaiting } from './instrument/marks.js'
import { attach, twin } from './instrument/twins.js'

/** A promise of the peer that runs, and how to settle it. */
export interface Deferred {
  readonly promise: Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Gives an async function its twin. */
// biome-ignore lint/complexity/noBannedTypes: any callable of the user's
export function attachAsync<F extends Function>(original: F, code: Twin): F {
  return attach(original, function* (this: unknown, ...args: never[]) {
    const answer = deferred()
    let body: Body
    try {
      body = code.apply(this, args)
    } catch (error) {
      // The default of a parameter threw.
      answer.reject(error)
      return answer.promise
    }
    yield* runToAwait(body, () => body.next(), answer)
    return answer.promise
  })
}

/** Runs `body` in steps up to its next await or its end. */
function* runToAwait(body: Body, resume: () => IteratorResult<unknown, unknown>, answer: Deferred): Body {
  let step: IteratorResult<unknown, unknown>
  try {
    step = yield* runToMark(body, resume)
  } catch (error) {
    answer.reject(error)
    return
  }
  if (step.done) answer.resolve(step.value)
  else awaitThen((step.value as Awaiting).value, (how) => runToAwait(body, () => goOn(body, how), answer))
}

/** Runs `body` in steps up to its next mark or its end. Throws what it throws. */
export function* runToMark(body: Body, resume: () => IteratorResult<unknown, unknown>): Stepped<IteratorResult<unknown, unknown>> {
  let step = resume()
  while (!step.done && step.value === undefined) {
    let result: unknown
    try {
      result = yield
    } catch (error) {
      step = body.throw(error)
      continue
    }
    step = body.next(result)
  }
  return step
}

/** Goes on after an await. */
export function goOn(body: Body, { failed, value }: Settled): IteratorResult<unknown, unknown> {
  return failed ? body.throw(value) : body.next(value)
}

/** Awaits a value: `then` runs as a task of the peer when it has settled, or asking for it has thrown. */
export function awaitThen(awaited: unknown, then: (how: Settled) => Body | undefined): void {
  const { eventLoop, current } = execution
  let promise: Promise<unknown>
  try {
    promise = Promise.resolve(awaited)
  } catch (error) {
    eventLoop.awaitPromise(current, Promise.resolve(), () => then({ failed: true, value: error }))
    return
  }
  eventLoop.awaitPromise(current, promise, then)
}

export function deferred(): Deferred {
  let resolve!: (value: unknown) => void
  let rejectIt!: (error: unknown) => void
  const promise = new Promise<unknown>((yes, no) => {
    resolve = yes
    rejectIt = no
  })
  const { rejections } = execution.eventLoop
  rejections.own(promise, execution.current)
  const reject = (error: unknown): void => {
    rejectIt(error)
    rejections.rejected(promise)
    // Only when microtasks have run is it known whether somebody handles it.
    execution.promiseSettled()
  }
  return { promise, resolve, reject }
}

// --- Promises in stepped code ---

const { then: nativeThen, catch: nativeCatch, finally: nativeFinally } = Promise.prototype
const nativeReject = Promise.reject

/** Whether `promise` is a plain promise of a peer that runs, so that its callbacks can be stepped. */
function isOurs(promise: unknown): promise is Promise<unknown> {
  return promise instanceof Promise && promise.constructor === Promise && execution.phase === 'peer'
}

function thenOf(promise: Promise<unknown>, onFulfilled: unknown, onRejected: unknown): Promise<unknown> {
  const answer = deferred()
  execution.eventLoop.awaitPromise(execution.current, promise, (settled) => react(settled, settled.failed ? onRejected : onFulfilled, answer))
  return answer.promise
}

/** A promise that settles as `promise` does, after `look` has seen how. */
export function reacting(promise: Promise<unknown>, look: (settled: Settled) => void): Promise<unknown> {
  const answer = deferred()
  execution.eventLoop.awaitPromise(execution.current, promise, (settled) => {
    look(settled)
    if (settled.failed) answer.reject(settled.value)
    else answer.resolve(settled.value)
    return undefined
  })
  return answer.promise
}

function* react({ failed, value }: Settled, callback: unknown, answer: Deferred): Body {
  if (typeof callback !== 'function') {
    if (failed) answer.reject(value)
    else answer.resolve(value)
    return
  }
  try {
    const stepped = twin(callback, 'callback')
    answer.resolve(stepped === undefined ? callback(value) : yield* stepped.call(undefined, value as never))
  } catch (error) {
    answer.reject(error)
  }
}

function* finallyOf(settled: Settled, callback: () => unknown): Body {
  const stepped = twin(callback, 'callback')
  const result = stepped === undefined ? callback() : yield* stepped.call(undefined)
  const passOn = () => {
    if (settled.failed) throw settled.value
    return settled.value
  }
  return Promise.resolve(result).then(passOn)
}

attach(nativeThen, function* (this: unknown, onFulfilled: never, onRejected: never): Body {
  return isOurs(this) ? thenOf(this, onFulfilled, onRejected) : Reflect.apply(nativeThen, this, [onFulfilled, onRejected])
} as Twin)

attach(nativeCatch, function* (this: unknown, onRejected: never): Body {
  return isOurs(this) && this.then === nativeThen ? thenOf(this, undefined, onRejected) : Reflect.apply(nativeCatch, this, [onRejected])
} as Twin)

attach(nativeFinally, function* (this: unknown, callback: never): Body {
  if (!isOurs(this) || this.then !== nativeThen || typeof callback !== 'function') return Reflect.apply(nativeFinally, this, [callback])
  const onFulfilled = attach(() => undefined, function* (value: unknown) {
    return yield* finallyOf({ failed: false, value }, callback)
  } as Twin)
  const onRejected = attach(() => undefined, function* (value: unknown) {
    return yield* finallyOf({ failed: true, value }, callback)
  } as Twin)
  return thenOf(this, onFulfilled, onRejected)
} as Twin)

attach(nativeReject, function* (this: unknown, reason: unknown): Body {
  if (this !== Promise || execution.phase !== 'peer') return Reflect.apply(nativeReject, this, [reason])
  const answer = deferred()
  answer.reject(reason)
  return answer.promise
} as Twin)
