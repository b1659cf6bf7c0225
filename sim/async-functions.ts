// Async functions in steps. The twin of an async function is a generator in which `await x` is `yield awaiting(x)`. A call runs it in
// steps, on the caller's stack, up to its first await; then the caller gets a promise, and the rest runs as tasks of the same peer
// when what was awaited has settled: one stack and one task queue for each peer, as on a real thread.

import type { Body } from './actor.js'
import { execution } from './execution.js'
import type { Twin } from './instrument/contract.js'
import { attach } from './instrument/twins.js'

class Awaiting {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

/** Marks an await inside the twin of an async function. */
export function awaiting(value: unknown): unknown {
  return new Awaiting(value)
}

/** Gives an async function its twin. */
// biome-ignore lint/complexity/noBannedTypes: any callable of the user's
export function attachAsync<F extends Function>(original: F, code: Twin): F {
  return attach(original, function* (this: unknown, ...args: never[]) {
    const body = code.apply(this, args)
    const { promise, resolve, reject } = deferred()
    yield* runToAwait(body, () => body.next(), resolve, reject)
    return promise
  })
}

/** Runs `body` in steps up to its next await or its end. */
function* runToAwait(body: Body, resume: () => IteratorResult<unknown, unknown>, resolve: (value: unknown) => void, reject: (error: unknown) => void): Body {
  let answer: IteratorResult<unknown, unknown>
  try {
    answer = resume()
    while (!answer.done && !(answer.value instanceof Awaiting)) {
      let result: unknown
      try {
        result = yield
      } catch (error) {
        answer = body.throw(error)
        continue
      }
      answer = body.next(result)
    }
  } catch (error) {
    reject(error)
    execution.promiseSettled()
    return
  }
  if (answer.done) {
    resolve(answer.value)
    execution.promiseSettled()
    return
  }
  const awaited = (answer.value as Awaiting).value
  execution.eventLoop.awaitPromise(execution.current, Promise.resolve(awaited), (settled) =>
    runToAwait(body, () => (settled.failed ? body.throw(settled.value) : body.next(settled.value)), resolve, reject),
  )
}

function deferred(): { promise: Promise<unknown>; resolve: (value: unknown) => void; reject: (error: unknown) => void } {
  let resolve!: (value: unknown) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<unknown>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
