// `node:timers/promises` as instrumented modules see it.

import timersPromises from 'node:timers/promises'
import { type Host, host } from '../host.js'
import { like } from './like.js'
import { refusedFunction } from './refused.js'

/** Longest delay that Node knows. */
const DELAY_MS_MAX = 2 ** 31 - 1

interface Options {
  readonly signal?: AbortSignal
  readonly ref?: boolean
}

export function createTimersPromises(): typeof timersPromises {
  const real = timersPromises
  const setTimeout = like(real.setTimeout, (delay?: number, value?: unknown, options?: Options) => {
    const current = virtualFor(options)
    if (current === undefined) return real.setTimeout(delay, value, options)
    return promise(options, (resolve) => {
      const id = current.startTimer(() => resolve(value), toDelayMs(delay), [], false)
      return () => current.stopTimer(id)
    })
  })
  const setImmediate = like(real.setImmediate, (value?: unknown, options?: Options) => {
    const current = virtualFor(options)
    if (current === undefined) return real.setImmediate(value, options)
    return promise(options, (resolve) => {
      current.enqueue(() => resolve(value), [], 'immediate')
      return () => {}
    })
  })
  const scheduler = Object.create(Object.getPrototypeOf(real.scheduler), {
    ...Object.getOwnPropertyDescriptors(real.scheduler),
    wait: { value: (delay: number, options?: Options) => setTimeout(delay, undefined, options), writable: true, configurable: true },
    yield: { value: () => setImmediate(), writable: true, configurable: true },
  }) as typeof real.scheduler
  return { setTimeout, setImmediate, setInterval: refusedFunction(real.setInterval, 'timers.promises.setInterval'), scheduler } as typeof real
}

/** The execution, unless the real function must answer: outside one, for options that are none, and for a signal that has fired already. */
function virtualFor(options: Options | undefined): Host | undefined {
  const isUsable = options === undefined || (typeof options === 'object' && options !== null)
  const isLive = options?.signal === undefined || (options.signal instanceof AbortSignal && !options.signal.aborted)
  return isUsable && isLive ? host.current : undefined
}

/** @param start starts what will resolve the promise; returns how to stop it */
function promise<T>(options: Options | undefined, start: (resolve: (value: T) => void) => () => void): Promise<T> {
  const signal = options?.signal
  return new Promise((resolve) => {
    const stop = start((value) => {
      signal?.removeEventListener('abort', abort)
      resolve(value)
    })
    const abort = () => {
      stop()
      // Rejects with Node's own AbortError, at once since the signal has fired.
      resolve(timersPromises.setTimeout(1, undefined, { signal }) as Promise<T>)
    }
    signal?.addEventListener('abort', abort, { once: true })
  })
}

/** The delay of a timer as Node understands it: what is too long for it, below 1, or not a number becomes 1. */
export function toDelayMs(delay: unknown): number {
  const delayMs = +(delay as number)
  return delayMs >= 1 && delayMs <= DELAY_MS_MAX ? Math.trunc(delayMs) : 1
}
