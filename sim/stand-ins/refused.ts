// Stand-ins for what reaches the outside world: while an execution runs, a call throws OutsideWorldError with the
// call's name; otherwise it is the real call. Properties, prototype and `instanceof` are those of the real thing.

import { host } from '../host.js'
import type { Callable } from './operations.js'

/** One stand-in for each real function or object and each name of it: `fs.promises` and `fs/promises` are one object. */
const known = new WeakMap<object, Map<string, object>>()

/** The function or class `real`, refused by the name `call`; the functions that it has as properties are refused as well. */
export function refusedFunction<F extends Callable>(real: F, call: string): F {
  const before = known.get(real)?.get(call)
  if (before !== undefined) return before as F
  const standIn: F = new Proxy(real, {
    apply(_, self, args) {
      host.current?.refuse(call)
      return Reflect.apply(real, self, args)
    },
    construct(_, args, target) {
      host.current?.refuse(`new ${call}`)
      return Reflect.construct(real, args, target === standIn ? real : target) as object
    },
    get(_, key) {
      const value = Reflect.get(real, key) as unknown
      const property = Reflect.getOwnPropertyDescriptor(real, key)
      // `super_` is the parent class, of another module most times.
      if (typeof value !== 'function' || property?.configurable !== true || key === 'super_') return value
      return refusedFunction(value, typeof key === 'symbol' ? call : `${call}.${key}`)
    },
  })
  remember(real, call, standIn)
  return standIn
}

/**
 * A copy of the object `real` in which every function is refused as `name.key`, and likewise in objects that it holds.
 * @param pass names of functions that stay real
 * @param replacements properties that stand for those of the same name; may be accessors
 */
export function refusedObject<T extends object>(real: T, name: string, pass: ReadonlySet<PropertyKey> = new Set(), replacements?: object): T {
  const before = replacements === undefined ? known.get(real)?.get(name) : undefined
  if (before !== undefined) return before as T
  const copy = Object.create(Object.getPrototypeOf(real)) as T
  // Replacements belong to one runtime, so such a copy is not for all.
  if (replacements === undefined) remember(real, name, copy)
  for (const key of Reflect.ownKeys(real)) {
    const property = Reflect.getOwnPropertyDescriptor(real, key) as PropertyDescriptor
    Object.defineProperty(copy, key, pass.has(key) ? property : refusedProperty(real, key, property, `${name}.${String(key)}`, replacements ?? {}))
  }
  return copy
}

function refusedProperty(real: object, key: PropertyKey, property: PropertyDescriptor, call: string, replacements: object): PropertyDescriptor {
  const { enumerable, configurable } = property
  const replacement = Object.getOwnPropertyDescriptor(replacements, key)
  if (replacement !== undefined) return { ...replacement, enumerable, configurable }
  if ('value' in property) return { ...property, value: refusedValue(property.value, call) }
  // The accessor may load a module or warn of a deprecation: it runs when the user's code asks for it.
  return { enumerable, configurable, get: () => refusedValue(Reflect.get(real, key), call), set: property.set?.bind(real) }
}

function refusedValue(value: unknown, call: string): unknown {
  if (typeof value === 'function') return refusedFunction(value, call)
  if (typeof value !== 'object' || value === null) return value
  const prototype = Object.getPrototypeOf(value) as unknown
  const isPlain = prototype === null || prototype === Object.prototype
  if (!isPlain) return value
  const hasFunctions = Object.values(Object.getOwnPropertyDescriptors(value)).some((property) => typeof property.value === 'function')
  return hasFunctions ? refusedObject(value, call) : value
}

function remember(real: object, name: string, standIn: object): void {
  const named = known.get(real) ?? new Map<string, object>()
  known.set(real, named.set(name, standIn))
}
