// The timers that instrumented modules see: virtual while an execution runs, their callbacks are tasks of the peer that started them.

import { promisify } from 'node:util'
import { type Host, host } from '../host.js'
import { attach, bind, twin } from '../instrument/twins.js'
import { like } from './like.js'
import type { Callable } from './operations.js'
import { createTimersPromises, toDelayMs } from './timers-promises.js'

type Callback = (...args: unknown[]) => unknown

export type Timers = ReturnType<typeof createTimers>

export function createTimers() {
  const real = globalThis
  const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate, queueMicrotask } = real
  const promises = createTimersPromises()

  const start = (realStart: Callable, repeat: boolean) =>
    like(realStart, (callback: unknown, delay: unknown, ...args: unknown[]) => {
      // The real one says what is wrong with a callback that is none.
      if (host.current === undefined || typeof callback !== 'function') return realStart(callback, delay, ...args)
      return new Timeout(host.current, callback as Callback, toDelayMs(delay), args, repeat)
    })
  const stop = (realStop: Callable) =>
    like(realStop, (timer: unknown) => {
      if (timer instanceof Timeout) timer.close()
      else if (host.current === undefined || typeof timer === 'object') realStop(timer)
      else if (typeof timer === 'number' || typeof timer === 'string') host.current.stopTimer(Number(timer))
    })

  const standIns = {
    setTimeout: start(setTimeout, false),
    setInterval: start(setInterval, true),
    setImmediate: like(setImmediate, (callback: unknown, ...args: unknown[]) => {
      if (host.current === undefined || typeof callback !== 'function') return (setImmediate as Callable)(callback, ...args)
      return new Immediate(host.current, callback as Callback, args)
    }),
    clearTimeout: stop(clearTimeout),
    clearInterval: stop(clearInterval),
    clearImmediate: like(clearImmediate, (immediate: unknown) => {
      if (immediate instanceof Immediate) immediate[Symbol.dispose]()
      else clearImmediate(immediate as NodeJS.Immediate)
    }),
    queueMicrotask: like(queueMicrotask, (callback: unknown) => {
      if (host.current === undefined || typeof callback !== 'function') queueMicrotask(callback as () => void)
      else host.current.enqueue(callback as Callback, [])
    }),
    promises,
  }
  // `util.promisify(setTimeout)` asks for these.
  Object.defineProperty(standIns.setTimeout, promisify.custom, { enumerable: true, get: () => promises.setTimeout })
  Object.defineProperty(standIns.setImmediate, promisify.custom, { enumerable: true, get: () => promises.setImmediate })
  return standIns
}

/** What `setTimeout` and `setInterval` return. */
class Timeout {
  readonly #execution: Host
  readonly #start: () => number
  /** Number of the host's timer. */
  #id: number
  #isReferenced = true

  constructor(execution: Host, callback: Callback, delayMs: number, args: readonly unknown[], repeat: boolean) {
    const called = withThis(callback, this)
    this.#execution = execution
    this.#start = () => execution.startTimer(called, delayMs, args, repeat)
    this.#id = this.#start()
  }

  /** Starts the time from now on, also where it has fired. */
  refresh(): this {
    if (this.#isOfThisExecution()) {
      this.#execution.stopTimer(this.#id)
      this.#id = this.#start()
    }
    return this
  }

  ref(): this {
    this.#isReferenced = true
    return this
  }

  unref(): this {
    this.#isReferenced = false
    return this
  }

  hasRef(): boolean {
    return this.#isReferenced
  }

  close(): this {
    if (this.#isOfThisExecution()) this.#execution.stopTimer(this.#id)
    return this
  }

  [Symbol.dispose](): void {
    this.close()
  }

  [Symbol.toPrimitive](): number {
    return this.#id
  }

  /** A timer that outlived its execution, in a variable of a module, must not stop one of the next. */
  #isOfThisExecution(): boolean {
    return host.current === this.#execution
  }
}

/** What `setImmediate` returns. The host cannot take a task back, so a cleared one does nothing when its turn comes. */
class Immediate {
  #isCleared = false
  #isReferenced = true

  constructor(execution: Host, callback: Callback, args: readonly unknown[]) {
    const called = withThis(callback, this)
    const task = like(callback, (...given: unknown[]) => (this.#isCleared ? undefined : called(...given)))
    const isCleared = () => this.#isCleared
    attach(task, function* (...given) {
      if (isCleared()) return undefined
      const stepped = twin(called, 'callback')
      return stepped === undefined ? called(...given) : yield* stepped.apply(undefined, given)
    })
    execution.enqueue(task, args, 'immediate')
  }

  ref(): this {
    this.#isReferenced = true
    return this
  }

  unref(): this {
    this.#isReferenced = false
    return this
  }

  hasRef(): boolean {
    return this.#isReferenced
  }

  [Symbol.dispose](): void {
    this.#isCleared = true
  }
}

/** Node calls the callback on the timer. Arrow functions and methods, which have no `prototype`, do not look at `this`, or should not. */
function withThis(callback: Callback, timer: object): Callback {
  return Object.hasOwn(callback, 'prototype') ? (bind(callback, [timer]) as Callback) : callback
}
