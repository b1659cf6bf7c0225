// Globals that reach the outside world.

import { host } from '../host.js'
import { overlay } from './overlay.js'
import { refusedFunction } from './refused.js'

/** Functions and classes refused as a whole. Which of them exist depends on the version of Node and on its flags. */
export const OUTSIDE = ['fetch', 'WebSocket', 'EventSource', 'Worker', 'BroadcastChannel', 'MessageChannel', 'XMLHttpRequest'] as const

/** Properties of `navigator` that stay real: they change with the machine at most, as `process.platform` does. */
const NAVIGATOR_PASSED = new Set(['userAgent', 'platform', 'language', 'languages'])

export function createOutside(name: (typeof OUTSIDE)[number]): unknown {
  const real = (globalThis as Record<string, unknown>)[name]
  return typeof real === 'function' ? refusedFunction(real, name) : real
}

/** `hardwareConcurrency`, `locks` and what else other versions may have are refused when read. */
export function createNavigator(real: object): object {
  const overrides = {}
  const prototype = Object.getPrototypeOf(real) as object
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name === 'constructor' || NAVIGATOR_PASSED.has(name)) continue
    const get = (): unknown => {
      host.current?.refuse(`navigator.${name}`)
      return Reflect.get(real, name)
    }
    Object.defineProperty(overrides, name, { get, enumerable: true, configurable: true })
  }
  return overlay(real, overrides)
}

/** Every access is refused: what is stored outlives the execution. */
export function createLocalStorage(real: object): object {
  const storage = (): object => {
    host.current?.refuse('localStorage')
    return real
  }
  return new Proxy(real, {
    get(_, key) {
      const value = Reflect.get(storage(), key) as unknown
      return typeof value === 'function' ? value.bind(real) : value
    },
    set: (_, key, value) => Reflect.set(storage(), key, value),
    has: (_, key) => Reflect.has(storage(), key),
    deleteProperty: (_, key) => Reflect.deleteProperty(storage(), key),
    ownKeys: () => Reflect.ownKeys(storage()),
  })
}
