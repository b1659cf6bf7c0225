// What replaces members of `node:async_hooks`: contexts belong to a peer and to its tasks, as those of a thread do. The real ones would
// belong to Heddle's own thread: every peer, and the next execution, would find what one peer entered.

import type asyncHooks from 'node:async_hooks'
import { type AsyncContext, host } from '../host.js'
import type { Twin } from '../instrument/contract.js'
import { attach, twin } from '../instrument/twins.js'

type Callback = (...args: unknown[]) => unknown

/** Calls `callback` in `context` (in steps, where the caller is stepped), and goes back to the context before. */
function within(context: AsyncContext | undefined, callback: Callback, receiver: unknown, args: readonly unknown[]): unknown {
  const current = host.current
  if (current === undefined) return Reflect.apply(callback, receiver, args)
  const before = current.asyncContext
  current.asyncContext = context
  try {
    return Reflect.apply(callback, receiver, args)
  } finally {
    current.asyncContext = before
  }
}

function* withinStepped(
  context: AsyncContext | undefined,
  callback: Callback,
  receiver: unknown,
  args: readonly unknown[],
): Generator<unknown, unknown, unknown> {
  const current = host.current
  const stepped = twin(callback, 'callback')
  if (current === undefined || stepped === undefined) return within(context, callback, receiver, args)
  const before = current.asyncContext
  current.asyncContext = context
  try {
    return yield* Reflect.apply(stepped, receiver, args)
  } finally {
    current.asyncContext = before
  }
}

/** The context of now, in which `storage` has `store`; has none where `store` is undefined. */
function contextWith(storage: object, store: unknown): AsyncContext {
  const context = new Map(host.current?.asyncContext)
  if (store === undefined) context.delete(storage)
  else context.set(storage, store)
  return context
}

/** A function that calls `callback` in the context of now, whenever it is called. */
function bound(callback: Callback, receiver?: unknown): Callback {
  const context = host.current?.asyncContext
  const result = function (this: unknown, ...args: unknown[]): unknown {
    return within(context, callback, receiver ?? this, args)
  }
  return attach(result, function* (this: unknown, ...args: unknown[]) {
    return yield* withinStepped(context, callback, receiver ?? this, args)
  } as Twin)
}

const callThrough: Callback = attach((callback: unknown, ...args: unknown[]) => (callback as Callback)(...args), function* (
  callback: unknown,
  ...args: unknown[]
) {
  const stepped = twin(callback, 'callback')
  return stepped === undefined ? (callback as Callback)(...args) : yield* Reflect.apply(stepped, undefined, args)
} as Twin)

export function createAsyncHooks(real: typeof asyncHooks): typeof asyncHooks {
  class AsyncLocalStorage<T> extends real.AsyncLocalStorage<T> {
    static override bind<F extends (...args: never[]) => unknown>(callback: F): F {
      return (host.current === undefined ? real.AsyncLocalStorage.bind(callback as never) : bound(callback as unknown as Callback)) as unknown as F
    }

    static override snapshot(): ReturnType<typeof asyncHooks.AsyncLocalStorage.snapshot> {
      if (host.current === undefined) return real.AsyncLocalStorage.snapshot()
      return bound(callThrough) as never
    }

    override getStore(): T | undefined {
      return host.current === undefined ? super.getStore() : (host.current.asyncContext?.get(this) as T | undefined)
    }

    override enterWith(store: T): void {
      if (host.current === undefined) super.enterWith(store)
      else host.current.asyncContext = contextWith(this, store)
    }

    override disable(): void {
      if (host.current === undefined) super.disable()
      else host.current.asyncContext = contextWith(this, undefined)
    }

    override run<R>(store: T, callback: (...args: never[]) => R, ...args: never[]): R {
      if (host.current === undefined) return super.run(store, callback, ...args)
      return within(contextWith(this, store), callback as unknown as Callback, undefined, args) as R
    }

    override exit<R, Args extends unknown[]>(callback: (...args: Args) => R, ...args: Args): R {
      if (host.current === undefined) return super.exit(callback, ...args)
      return within(contextWith(this, undefined), callback as unknown as Callback, undefined, args) as R
    }

    static {
      attach(AsyncLocalStorage.prototype.run, function* (this: object, store: unknown, callback: Callback, ...args: unknown[]) {
        return yield* withinStepped(contextWith(this, store), callback, undefined, args)
      } as Twin)
      attach(AsyncLocalStorage.prototype.exit, function* (this: object, callback: Callback, ...args: unknown[]) {
        return yield* withinStepped(contextWith(this, undefined), callback, undefined, args)
      } as Twin)
    }
  }

  class AsyncResource extends real.AsyncResource {
    readonly #context = host.current?.asyncContext

    static override bind<F extends (...args: never[]) => unknown>(callback: F, type?: string, receiver?: unknown): F {
      return (host.current === undefined
        ? real.AsyncResource.bind(callback as never, type, receiver as never)
        : bound(callback as unknown as Callback, receiver)) as unknown as F
    }

    override bind<F extends (...args: never[]) => unknown>(callback: F): F {
      if (host.current === undefined) return super.bind(callback as never) as F
      return within(this.#context, () => bound(callback as unknown as Callback), undefined, []) as F
    }

    override runInAsyncScope<This, R>(callback: (this: This, ...args: never[]) => R, receiver?: This, ...args: never[]): R {
      if (host.current === undefined) return super.runInAsyncScope(callback as never, receiver as never, ...args) as R
      return within(this.#context, callback as unknown as Callback, receiver, args) as R
    }

    static {
      attach(AsyncResource.prototype.runInAsyncScope, function* (this: AsyncResource, callback: Callback, receiver: unknown, ...args: unknown[]) {
        return yield* withinStepped(this.#context, callback, receiver, args)
      } as Twin)
    }
  }
  return { ...real, AsyncLocalStorage, AsyncResource } as unknown as typeof asyncHooks
}
