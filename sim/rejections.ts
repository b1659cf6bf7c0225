// Rejections that nobody handles. In Node they end the program, so in an execution they are a violation; and they must not end Heddle.

import type { Actor } from './actor.js'

interface Unhandled {
  /** Undefined if it is unknown whose promise it is. */
  readonly owner: Actor | undefined
  readonly reason: unknown
}

export class Rejections {
  /** Whose promise it is, for promises of async functions and of stepped `then`. */
  readonly #owners = new WeakMap<Promise<unknown>, Actor>()
  readonly #unhandled = new Map<Promise<unknown>, Unhandled>()
  /** Promises rejected in this execution. */
  readonly #rejected: Promise<unknown>[] = []

  /** The execution is over: what it left unhandled is nobody's business. */
  end(): void {
    if (this.#unhandled.size > 0) this.#unhandled.clear()
    if (this.#rejected.length === 0) return
    for (const promise of this.#rejected) promise.catch(() => {})
    this.#rejected.length = 0
  }

  own(promise: Promise<unknown>, owner: Actor): void {
    this.#owners.set(promise, owner)
  }

  rejected(promise: Promise<unknown>): void {
    this.#rejected.push(promise)
  }

  /** Whether a rejection may be looked for. */
  get any(): boolean {
    return this.#unhandled.size > 0
  }

  /** A rejection that is not handled by now, of `owner` or of anybody; it is told once. */
  take(owner?: Actor): Unhandled | undefined {
    for (const [promise, unhandled] of this.#unhandled) {
      if (owner !== undefined && unhandled.owner !== owner) continue
      this.#unhandled.delete(promise)
      return unhandled
    }
    return undefined
  }

  /** The dead handle nothing any more. */
  forget(owner: Actor): void {
    for (const [promise, unhandled] of this.#unhandled) if (unhandled.owner === owner) this.#unhandled.delete(promise)
  }

  /** Runs `run` while the process's events about rejections come here alone. */
  async whileWatched<T>(run: () => Promise<T>): Promise<T> {
    const restore = [
      instead('unhandledRejection', (reason, promise) => {
        const owner = this.#owners.get(promise as Promise<unknown>)
        if (owner?.state !== 'crashed') this.#unhandled.set(promise as Promise<unknown>, { owner, reason })
      }),
      instead('rejectionHandled', (promise) => this.#unhandled.delete(promise as Promise<unknown>)),
    ]
    try {
      return await run()
    } finally {
      for (const one of restore) one()
    }
  }
}

type Listener = (...args: unknown[]) => void

/** Puts `listener` in the place of all others of the process's `event`; returns how to undo it. */
function instead(event: 'unhandledRejection' | 'rejectionHandled', listener: Listener): () => void {
  const others = process.rawListeners(event) as Listener[]
  process.removeAllListeners(event)
  process.on(event as 'rejectionHandled', listener)
  return () => {
    process.off(event as 'rejectionHandled', listener)
    for (const other of others) process.on(event as 'rejectionHandled', other)
  }
}
