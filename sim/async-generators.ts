// Async generators in steps: the objects that calls of async generator functions give, after the abstract operations AsyncGeneratorStart to
// AsyncGeneratorDrainQueue of ECMA-262. Requests (`next`, `throw`, `return`) queue up; the body runs, on the stack of whoever asks and later as
// tasks of the same peer, up to its next yield, which answers the first of them. So what is left of a body is gone with its peer.

import { awaitThen, type Deferred, deferred, goOn, runToMark } from './async-functions.js'
import type { Body } from './call-stack.js'
import { execution } from './execution.js'
import type { Twin } from './instrument/contract.js'
import { Awaiting, type Resumption, Returning, type Yielding } from './instrument/marks.js'
import { attach } from './instrument/twins.js'

/** Gives an async generator function its twin. */
// biome-ignore lint/complexity/noBannedTypes: any callable of the user's
export function attachAsyncGenerator<F extends Function>(original: F, code: Twin): F {
  return attach(original, function* (this: unknown, ...args: never[]) {
    const body = code.apply(this, args)
    const object = Object.create(methodsBefore(original.prototype)) as object
    generators.set(object, new SteppedGenerator(body))
    return object
  })
}

interface Request extends Resumption {
  readonly answer: Deferred
}

class SteppedGenerator {
  /** `start`, `yield`: the body waits for a request. `running`: it runs, or awaits, or a `return` does. `done`: it has ended, and so has the queue. */
  #state: 'start' | 'yield' | 'running' | 'done' = 'start'
  readonly #body: Body
  /** Requests without an answer; while the body runs it is for the first of them. */
  readonly #queue: Request[] = []
  /** It waits in a `yield*`. */
  #delegates = false

  constructor(body: Body) {
    this.#body = body
  }

  /** Takes a request; gives what must run now, if anything. */
  ask(request: Request): Body | undefined {
    if (this.#state === 'start' && request.kind !== 'next') this.#state = 'done'
    this.#queue.push(request)
    if (this.#state === 'running') return undefined
    if (this.#state === 'done') {
      this.#drain()
      return undefined
    }
    return this.#resume()
  }

  /** Goes on with the first request. */
  #resume(): Body | undefined {
    const { kind, value } = this.#queue[0] as Request
    this.#state = 'running'
    if (kind !== 'return') return this.#run(() => this.#goOn(kind, value))
    awaitThen(value, (how) => this.#run(() => this.#goOn(how.failed ? 'throw' : 'return', how.value)))
    return undefined
  }

  #goOn(kind: Resumption['kind'], value: unknown): IteratorResult<unknown, unknown> {
    if (!this.#delegates) return this.#body[kind](value)
    this.#delegates = false
    return this.#body.next({ kind, value } satisfies Resumption)
  }

  /** Runs the body in steps to where it waits: for a promise, for a request, or for nothing any more. */
  *#run(resume: () => IteratorResult<unknown, unknown>): Body {
    const body = this.#body
    let next = resume
    for (;;) {
      let step: IteratorResult<unknown, unknown>
      try {
        step = yield* runToMark(body, next)
      } catch (error) {
        this.#queue.shift()?.answer.reject(error)
        this.#drain()
        return
      }
      const { value } = step
      if (step.done) {
        this.#answer(value, true)
        this.#drain()
        return
      }
      if (value instanceof Awaiting) {
        awaitThen(value.value, (how) => this.#run(() => goOn(body, how)))
        return
      }
      if (value instanceof Returning) {
        next = () => body.return(value.value)
        continue
      }
      const yielded = value as Yielding
      this.#delegates = yielded.delegates
      this.#answer(yielded.value, false)
      this.#state = 'yield'
      const more = this.#queue.length > 0 ? this.#resume() : undefined
      if (more !== undefined) yield* more
      return
    }
  }

  #answer(value: unknown, done: boolean): void {
    this.#queue.shift()?.answer.resolve({ value, done })
  }

  /** The body has ended: answers what is still asked. A value to return is awaited. */
  #drain(): void {
    this.#state = 'running'
    for (let request = this.#queue[0]; request !== undefined; request = this.#queue[0]) {
      const { kind, value, answer } = request
      if (kind === 'return') {
        awaitThen(value, (how) => {
          if (how.failed) this.#queue.shift()?.answer.reject(how.value)
          else this.#answer(how.value, true)
          this.#drain()
          return undefined
        })
        return
      }
      if (kind === 'next') this.#answer(undefined, true)
      else {
        this.#queue.shift()
        answer.reject(value)
      }
    }
    this.#state = 'done'
  }
}

const generators = new WeakMap<object, SteppedGenerator>()

/** Asks the generator `object`; gives the promise of its answer, and what must run now. */
function ask(object: unknown, kind: Resumption['kind'], value: unknown): { readonly promise: Promise<unknown>; readonly body: Body | undefined } {
  const answer = deferred()
  const generator = typeof object === 'object' && object !== null ? generators.get(object) : undefined
  if (generator !== undefined) return { promise: answer.promise, body: generator.ask({ kind, value, answer }) }
  answer.reject(new TypeError(`[AsyncGenerator].prototype.${kind} called on what is no async generator`))
  return { promise: answer.promise, body: undefined }
}

type Method = (this: unknown, value: unknown) => Promise<unknown>

/** `next`, `throw` or `return`. Where code that cannot be stepped calls it, what the body does comes as a task of its own, in steps. */
function method(kind: Resumption['kind']): Method {
  const methods: Record<string, Method> = {
    [kind](value) {
      const { promise, body } = ask(this, kind, value)
      if (body !== undefined) execution.eventLoop.awaitPromise(execution.current, Promise.resolve(), () => body)
      return promise
    },
  }
  return attach(
    methods[kind] as Method,
    function* (this: unknown, value: unknown): Body {
      const { promise, body } = ask(this, kind, value)
      if (body !== undefined) yield* body
      return promise
    } as Twin,
  )
}

const hidden = (value: unknown): PropertyDescriptor => ({ value, writable: true, configurable: true })
const METHODS = { next: hidden(method('next')), return: hidden(method('return')), throw: hidden(method('throw')) }

/** %AsyncGeneratorPrototype%, for a function whose own prototype is no object. */
const nativePrototype = Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})())) as object

const prototypes = new WeakMap<object, object>()

/** An object with our methods that inherits from `prototype`: what native ones find in a generator of theirs is not there. */
function methodsBefore(prototype: unknown): object {
  const inherited = typeof prototype === 'object' && prototype !== null ? prototype : nativePrototype
  let found = prototypes.get(inherited)
  if (found === undefined) {
    found = Object.create(inherited, METHODS) as object
    prototypes.set(inherited, found)
  }
  return found
}
