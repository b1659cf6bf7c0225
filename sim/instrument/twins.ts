// The half of the runtime that knows no engine: which stepped twin belongs to which function.
//
// A function carries its twin in a private field, which a constructor that returns the function itself puts there. So nothing that
// looks at the function sees it, copies made by Object.assign do not have it, and neither proxies nor functions that inherit
// from it show it: none of them may run the twin of another function. What `new` calls stands in a field of its own (makers.ts).

import { types } from 'node:util'
import type { Twin } from './contract.js'

// biome-ignore lint/complexity/noBannedTypes: any callable of the user's
type Callable = Function

export class Returning {
  constructor(value: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is how the field comes to stand on a function
    return value
  }
}

class Known extends Returning {
  /** Undefined where it is known that there is none, and that the function is no proxy. */
  #twin: Twin | undefined

  constructor(f: Callable, twin: Twin | undefined) {
    super(f)
    this.#twin = twin
  }

  static set(f: Callable, twin: Twin): void {
    if (#twin in f) (f as Known).#twin = twin
    else new Known(f, twin)
  }

  static twinOf(f: Callable): Twin | undefined {
    return #twin in f ? f.#twin : meet(f)
  }
}

/** The first look at a function. To ask a proxy for its `call` would set off its traps. */
function meet(f: Callable): Twin | undefined {
  if (types.isProxy(f)) return withoutCall(f)
  try {
    new Known(f, undefined)
  } catch {
    // As in attach.
  }
  return undefined
}

/** The twin of `f`, if it was given one. */
export function ownTwin(f: Callable): Twin | undefined {
  return Known.twinOf(f)
}

const nativeCall = Function.prototype.call
const nativeBind = Function.prototype.bind

/** Gives `original` its twin and returns `original`. */
export function attach<F extends Callable>(original: F, twin: Twin): F {
  if (typeof original !== 'function') return original
  try {
    Known.set(original, twin)
  } catch {
    // An engine that takes frozen functions at their word: it runs unstepped.
  }
  return original
}

/**
 * The twin of `f`, or undefined where plain `f.call(…)` does. What is not callable gets a twin that throws, so that the
 * error comes after the arguments are evaluated, as in the language.
 */
export function twin(f: unknown, text: string): Twin | undefined {
  if (typeof f !== 'function') return notCallable(text)
  const found = Known.twinOf(f)
  if (found !== undefined) return found
  return f.call === nativeCall ? undefined : withoutCall(f)
}

function notCallable(text: string): Twin {
  return function* () {
    throw new TypeError(`${text} is not a function`)
  }
}

/** For a proxy, and for a function whose `call` is not the language's: of another realm, without prototype, or named so by the user. */
function withoutCall(f: Callable): Twin {
  return function* (...args: unknown[]) {
    return Reflect.apply(f, this, args)
  }
}

/** `target.bind`, to be called with the arguments; what Function.prototype.bind gives then gets a twin if `target` has one. */
export function binder(target: unknown, text: string): (...args: unknown[]) => unknown {
  const method: unknown = (target as { bind: unknown }).bind
  return (...args) => {
    if (typeof method !== 'function') throw new TypeError(`${text} is not a function`)
    return method === nativeBind ? bind(target, args) : Reflect.apply(method, target, args)
  }
}

/** What Function.prototype.bind gives, with a twin if `target` has one. */
export function bind(target: unknown, args: readonly unknown[]): unknown {
  const bound: unknown = Reflect.apply(nativeBind, target, args)
  const stepped = twin(target, 'bind')
  return stepped === undefined ? bound : attach(bound as Callable, Reflect.apply(nativeBind, stepped, args) as Twin)
}

// Ways to call a function through another function of the language. Their twins reach the twin of the function called.

function* callStepped(this: unknown, receiver: unknown, ...args: never[]): Generator<unknown, unknown, unknown> {
  const stepped = twin(this, 'Function.prototype.call')
  return stepped === undefined ? Reflect.apply(this as Callable, receiver, args) : yield* stepped.call(receiver, ...args)
}

function* applyStepped(this: unknown, receiver: unknown, list: ArrayLike<unknown> | null | undefined): Generator<unknown, unknown, unknown> {
  const stepped = twin(this, 'Function.prototype.apply')
  const args = list === null || list === undefined ? [] : list
  return stepped === undefined ? Reflect.apply(this as Callable, receiver, args) : yield* Reflect.apply(stepped, receiver, args)
}

function* reflectApplyStepped(target: unknown, receiver: unknown, list: ArrayLike<unknown>): Generator<unknown, unknown, unknown> {
  const stepped = typeof target === 'function' ? twin(target, 'Reflect.apply') : undefined
  return stepped === undefined ? Reflect.apply(target as Callable, receiver, list) : yield* Reflect.apply(stepped, receiver, list)
}

function* bindStepped(this: unknown, ...args: unknown[]): Generator<unknown, unknown, unknown> {
  return bind(this, args)
}

attach(Function.prototype.call, callStepped as Twin)
attach(Function.prototype.apply, applyStepped as Twin)
attach(Function.prototype.bind, bindStepped as Twin)
attach(Reflect.apply, reflectApplyStepped as Twin)
