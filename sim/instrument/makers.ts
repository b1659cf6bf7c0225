// The half of the runtime that makes objects in steps: what `new` in stepped code calls for which function.
//
// A class has a maker where the twin of its constructor was attached. A function has one where it has a twin: the one that serves calls, on
// an object that is made as the language makes it. A derived class that adds nothing to the making has that of the class above it. All others
// are left to `new` itself: what the engine brings along, other derived classes, proxies, bound functions, and whatever cannot be stepped.

import { types } from 'node:util'
import type { Maker, Twin } from './contract.js'
import { attach, ownTwin, Returning } from './twins.js'

// biome-ignore lint/complexity/noBannedTypes: any callable of the user's
type Callable = Function
type Constructor = new (...args: readonly unknown[]) => object

/** Stands for arguments where an object is made without the body of its constructor: the original looks for it and returns. */
export const MARK: object = Object.freeze(Object.create(null))

/** Stands for the maker of what is no constructor. */
const none: Maker = () => {
  throw new Error('heddle internal: expected a constructor')
}

class Asked extends Returning {
  /** Undefined where `new` itself does. */
  #maker: Maker | undefined

  constructor(f: Callable, maker: Maker | undefined) {
    super(f)
    this.#maker = maker
  }

  static set(f: Callable, maker: Maker | undefined): void {
    if (#maker in f) (f as Asked).#maker = maker
    else new Asked(f, maker)
  }

  static makerOf(f: Callable): Maker | undefined {
    return #maker in f ? f.#maker : meet(f)
  }
}

/** What `new f(…)` calls instead, or undefined where `new f(…)` itself does. */
export function maker(f: unknown, text: string): Maker | undefined {
  const found = typeof f === 'function' ? Asked.makerOf(f) : none
  return found === none ? notConstructible(text) : found
}

function notConstructible(text: string): Maker {
  return () => {
    throw new TypeError(`${text} is not a constructor`)
  }
}

/** The first `new` of a function. */
function meet(f: Callable): Maker | undefined {
  const isProxy = types.isProxy(f)
  const found = isConstructor(f) ? (isProxy ? undefined : makerOfTwin(f)) : none
  if (!isProxy) remember(f, found)
  return found
}

/** A bound function has no prototype: it makes no object of its own. */
function makerOfTwin(f: Callable): Maker | undefined {
  const twin = ownTwin(f)
  return twin !== undefined && Object.hasOwn(f, 'prototype') ? makerOfFunction(f as Constructor, twin) : undefined
}

const probe: ProxyHandler<Constructor> = { construct: () => ({}) }

/** Asked without running anything of `f`: a proxy is a constructor if what it stands for is one. */
function isConstructor(f: Callable): boolean {
  try {
    new new Proxy(f as Constructor, probe)()
    return true
  } catch {
    return false
  }
}

function remember(f: Callable, found: Maker | undefined): void {
  try {
    Asked.set(f, found)
  } catch {
    // As in attach.
  }
}

function makerOfFunction(f: Constructor, twin: Twin): Maker {
  return function (...args) {
    const object: object = Reflect.construct(Object, [], this ?? f)
    return madeByFunction(twin.apply(object, args as never[]), object)
  }
}

/** positions.ts knows it by its name: the function that it runs is called by `new`. */
function* madeByFunction(body: Generator<unknown, unknown, unknown>, object: object): Generator<unknown, unknown, unknown> {
  return made(yield* body, object)
}

/** What a constructor makes that returns `value`. */
export function made(value: unknown, object: object): object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' ? value : object
}

/** Gives a function its twin, which serves calls only, because the function mentions `new.target`. */
export function attachCalled<F extends Callable>(original: F, twin: Twin): F {
  remember(original, undefined)
  return attach(original, twin)
}

/** Gives a class the twin of its constructor. `marks`: what makes the original return before its body. */
export function attachNew(original: Callable, twin: Twin, marks: readonly unknown[]): void {
  const Class = original as Constructor
  const [mark] = marks
  const isShort = marks.length === 1
  remember(original, function (...args) {
    // The common case apart: the others cost more.
    const object = this === undefined && isShort ? new Class(mark) : Reflect.construct(Class, marks, this ?? Class)
    return twin.apply(object, args as never[])
  })
}

/** The same where the twin takes `new.target` before its arguments. */
export function attachNewTarget(original: Callable, twin: Twin, marks: readonly unknown[]): void {
  const Class = original as Constructor
  remember(original, function (...args) {
    const target = this ?? Class
    return twin.call(Reflect.construct(Class, marks, target), target as never, ...(args as never[]))
  })
}

/** A derived class that does nothing but call the constructor above it, which may be another one at any time. The twin does it, given how. */
export function attachDerived(original: Callable, twin: Twin): void {
  const Class = original as Constructor
  remember(original, function (...args) {
    const target = this ?? Class
    const above: unknown = Object.getPrototypeOf(original)
    const found = typeof above === 'function' ? Asked.makerOf(above) : none
    if (found === undefined || found === none) return making(Class, args, target)
    // As in the engine, no stack shows it where another derived class calls it.
    if (this !== undefined) return found.apply(target, args)
    const call = () => found.apply(target, args)
    // There is no object yet; stacks tell the class by it.
    return twin.call(Object.create(Class.prototype), call as never)
  })
}

/** Takes no step, but what calls a maker runs a generator. */
function* making(Class: Constructor, args: readonly unknown[], target: Constructor): Generator<unknown, unknown, unknown> {
  return Reflect.construct(Class, args, target)
}
