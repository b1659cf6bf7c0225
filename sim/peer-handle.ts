// The `me` of a scenario. Its methods exist twice, like instrumented code: the original for code that cannot be stepped, the twin for stepped code.

import type { Actor } from './actor.js'
import { reacting } from './async-functions.js'
import type { Body } from './call-stack.js'
import type { Execution } from './execution.js'
import { NESTED, SWITCH } from './execution.js'
import { BlockingInsideStepError } from './host.js'
import { attach, twin } from './instrument/twins.js'
import { clockRead, label, sleep } from './pending-operations.js'
import type { PeerHandle } from './scenario.js'

/** Makes the handle of one actor of an execution; the actor may live several times. */
export function peerHandle(execution: Execution, actor: Actor): PeerHandle {
  return new Handle(execution, actor)
}

class Handle implements PeerHandle {
  readonly #execution: Execution
  readonly #actor: Actor

  constructor(execution: Execution, actor: Actor) {
    this.#execution = execution
    this.#actor = actor
  }

  get id(): number {
    return this.#actor.id
  }

  get kind(): string {
    return this.#actor.kind
  }

  get incarnation(): number {
    return this.#actor.incarnation
  }

  random(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1) throw new RangeError(`me.random: expected a bound of at least 1, got ${bound}`)
    return this.#execution.choose(bound, 'me.random', 'workload')
  }

  now(): number {
    return this.#execution.environment.clock.nowMs + this.#actor.clockAheadMs
  }

  get clockAheadMs(): number {
    return this.#actor.clockAheadMs
  }

  sleep(_ms: number): void {
    throw this.#execution.stop(new BlockingInsideStepError('me.sleep would block inside one step; expected it in code that can be stepped'))
  }

  step(_label: string): void {
    this.#execution.onInsideOneStep?.('me.step')
  }

  event(name: string, data?: unknown): void {
    this.#execution.report('event', name, this.#actor, data)
  }

  enter(section: string): void {
    this.#execution.report('enter', section, this.#actor, undefined)
  }

  leave(section: string): void {
    this.#execution.report('leave', section, this.#actor, undefined)
  }

  call<Arguments extends readonly unknown[], Result>(operation: string, args: Arguments, fn: (...args: Arguments) => Result): Result {
    this.#execution.report('invoke', operation, this.#actor, args)
    try {
      const result = fn(...args)
      if (result instanceof Promise) return this.#reportWhenSettled(operation, result) as Result
      this.#execution.report('return', operation, this.#actor, result)
      return result
    } catch (error) {
      this.#execution.report('throw', operation, this.#actor, error)
      throw error
    }
  }

  /** An async operation returns when its promise settles. */
  #reportWhenSettled(operation: string, result: Promise<unknown>): Promise<unknown> {
    const report = (kind: 'return' | 'throw', data: unknown) => this.#execution.report(kind, operation, this.#actor, data)
    return reacting(result, ({ failed, value }) => report(failed ? 'throw' : 'return', value))
  }

  sometimes(name: string, condition = true): void {
    if (condition) this.#execution.labelsSeen.add(name)
  }

  static {
    attach(Handle.prototype.now, function* (): Body {
      const r = clockRead('epoch')
      return r === SWITCH ? yield : r
    })
    attach(Handle.prototype.sleep, function* (ms: number): Body {
      if (!(Number.isFinite(ms) && ms >= 0)) throw new RangeError(`me.sleep: expected milliseconds, at least 0, got ${String(ms)}`)
      const r = sleep(ms)
      if (r === SWITCH) yield
      return undefined
    })
    attach(Handle.prototype.step, function* (text: string): Body {
      const r = label(text)
      if (r === SWITCH) yield
      return undefined
    })
    attach(Handle.prototype.leave, function* (this: unknown, section: string): Body {
      const r = label(`leave ${section}`)
      if (r === SWITCH) yield
      ;(this as Handle).leave(section)
      return undefined
    })
    attach(Handle.prototype.call, function* (this: unknown, operation: string, args: readonly never[], fn: (...args: never[]) => unknown): Body {
      const handle = this as Handle
      const stepped = twin(fn, 'fn')
      handle.#execution.report('invoke', operation, handle.#actor, args)
      let result: unknown
      try {
        if (stepped === undefined) result = fn(...args)
        else {
          const body = stepped.apply(undefined, args as never)
          const answer = handle.#execution.enter(body)
          result = answer === SWITCH ? yield : answer === NESTED ? yield* body : answer
        }
      } catch (error) {
        handle.#execution.report('throw', operation, handle.#actor, error)
        throw error
      }
      if (result instanceof Promise) return handle.#reportWhenSettled(operation, result)
      handle.#execution.report('return', operation, handle.#actor, result)
      return result
    })
  }
}
