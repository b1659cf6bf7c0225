// How a stand-in gets the outer shape of the real thing.

import type { Callable } from './operations.js'

/** Gives `replacement` the name and the length of `real`; returns `replacement`. */
export function like<F extends Callable>(real: Callable, replacement: F): F {
  Object.defineProperty(replacement, 'length', { value: real.length, configurable: true })
  Object.defineProperty(replacement, 'name', { value: real.name, configurable: true })
  return replacement
}

/** A new object with the prototype and the own properties of `real`, where `replacements` replace those of the same name. */
export function copyLike<T extends object>(real: T, replacements: object): T {
  return Object.create(Object.getPrototypeOf(real), replaceIn(Object.getOwnPropertyDescriptors(real), replacements))
}

/**
 * Makes the constructor function `construct` look like the class `real`: the same prototype object, hence the same
 * `instanceof`, and the same static properties, save those in `replacements`.
 */
export function constructorLike<T extends Callable>(real: T, construct: Callable, replacements: object): T {
  Object.defineProperties(construct, replaceIn(Object.getOwnPropertyDescriptors(real), replacements))
  return construct as T
}

/**
 * A stand-in for an object whose methods work only on the object itself (`performance`, `crypto`). It inherits from a
 * copy of the real prototype in which methods and accessors act on `real`, and that copy from the real prototype, so
 * `instanceof` holds.
 */
export function mirror<T extends object>(real: T, replacements: object): T {
  const realPrototype = Object.getPrototypeOf(real) as object
  const descriptors = Object.getOwnPropertyDescriptors(realPrototype) as PropertyDescriptorMap
  for (const key of Reflect.ownKeys(descriptors)) {
    if (key !== 'constructor') descriptors[key as string] = actingOn(real, descriptors[key as string])
  }
  const prototype = Object.create(realPrototype, replaceIn(descriptors, replacements))
  return Object.create(prototype, Object.getOwnPropertyDescriptors(real))
}

/** The property with its functions called on `real`, whatever they are called on. */
function actingOn(real: object, property: PropertyDescriptor): PropertyDescriptor {
  const onReal = (f: unknown) => (typeof f === 'function' ? like(f, (...args: unknown[]) => Reflect.apply(f, real, args)) : f)
  if ('value' in property) return { ...property, value: onReal(property.value) }
  return { ...property, get: onReal(property.get) as () => unknown, set: onReal(property.set) as (value: unknown) => void }
}

function replaceIn(descriptors: PropertyDescriptorMap, replacements: object): PropertyDescriptorMap {
  for (const key of Reflect.ownKeys(replacements) as string[]) {
    const before = descriptors[key]
    const after = Object.getOwnPropertyDescriptor(replacements, key) as PropertyDescriptor
    // A name that this version of Node lacks is not added.
    if (before === undefined) continue
    const { enumerable, configurable } = before
    if (!('value' in after)) descriptors[key] = { enumerable, configurable, get: after.get, set: before.set }
    else if ('value' in before) descriptors[key] = { ...before, value: after.value }
    else descriptors[key] = { enumerable, configurable, get: () => after.value, set: before.set }
  }
  return descriptors
}
