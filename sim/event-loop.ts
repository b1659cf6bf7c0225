// The event loops of peers: timers, microtasks and promises bring tasks, and a peer runs its next task when its stack is empty.

import { type Actor, type Body, CLOCK_ID } from './actor.js'
import type { Execution } from './execution.js'
import { HarnessFault } from './harness-fault.js'
import { twin } from './instrument/twins.js'
import { TASK } from './operation.js'

type Callback = (...args: never[]) => unknown

/** How a promise settled. */
export interface Settled {
  readonly failed: boolean
  /** Its value, or the reason why it failed. */
  readonly value: unknown
}

interface PeerTimer {
  readonly actor: Actor
  clockId: number
  live: boolean
}

export class EventLoop {
  readonly #execution: Execution
  readonly #timers: PeerTimer[] = []
  /** Number of the execution, so that promises of an earlier one are not mistaken for ours. */
  #epoch = 0

  constructor(execution: Execution) {
    this.#execution = execution
  }

  reset(): void {
    this.#epoch++
    if (this.#timers.length > 0) this.#timers.length = 0
  }

  /** Queues `callback` for the peer that runs. */
  enqueue(callback: Callback, args: readonly unknown[]): void {
    this.#addTask(this.#owner('a task'), callback, args)
  }

  /** Starts a timer of the peer that runs; returns its number, from 1. */
  startTimer(callback: Callback, delayMs: number, args: readonly unknown[], repeat: boolean): number {
    const actor = this.#owner('a timer')
    const timer: PeerTimer = { actor, clockId: 0, live: true }
    const fire = (): void => {
      if (actor.state === 'crashed') return
      if (repeat) timer.clockId = this.#execution.environment.startTimer(Math.max(1, delayMs), fire)
      else actor.awaited--
      this.#addTask(actor, callback, args)
    }
    actor.awaited++
    timer.clockId = this.#execution.environment.startTimer(delayMs, fire)
    return this.#timers.push(timer)
  }

  /** Stops a timer by its number; does nothing if it is over. */
  stopTimer(number: number): void {
    const timer = this.#timers[number - 1]
    if (timer === undefined || !timer.live) return
    timer.live = false
    if (this.#execution.environment.stopTimer(timer.clockId)) timer.actor.awaited--
  }

  /** The peer goes on with `then` when `promise` has settled. Without `then` a rejection ends the run. */
  awaitPromise(actor: Actor, promise: PromiseLike<unknown>, then?: (settled: Settled) => Body): void {
    actor.awaited++
    actor.promises++
    const { incarnation } = actor
    const epoch = this.#epoch
    const settle = (settled: Settled): void => {
      if (epoch !== this.#epoch || actor.state === 'crashed' || actor.incarnation !== incarnation) return
      actor.awaited--
      actor.promises--
      actor.tasks.push(() => {
        if (then !== undefined) return then(settled)
        if (settled.failed) throw settled.value
        return undefined
      })
      this.#wake(actor)
    }
    promise.then(
      (value) => settle({ failed: false, value }),
      (value) => settle({ failed: true, value }),
    )
  }

  #addTask(actor: Actor, callback: Callback, args: readonly unknown[]): void {
    actor.tasks.push(() => {
      const step = twin(callback, 'callback')
      if (step !== undefined) return step.apply(undefined, args as never[])
      callback.apply(undefined, args as never[])
      return undefined
    })
    this.#wake(actor)
  }

  #wake(actor: Actor): void {
    if (actor.state === 'blocked' && actor.body === undefined) this.#execution.wake(actor, TASK, undefined)
  }

  #owner(what: string): Actor {
    const { phase, current, subject } = this.#execution
    if (phase !== 'peer' || current.id >= CLOCK_ID)
      throw new HarnessFault(`scenario "${subject.name}" started ${what} in ${phase === 'setup' ? 'setup' : 'a check'}, where no peer runs that could own it`)
    return current
  }
}
