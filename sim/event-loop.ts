// The event loops of peers: timers, microtasks and promises bring tasks, and a peer runs its next task when its stack is empty.

import { type Actor, ENVIRONMENT_FIRST } from './actor.js'
import type { Body } from './call-stack.js'
import type { Execution } from './execution.js'
import { describeError, HarnessFault, isHarnessFault } from './harness-fault.js'
import { twin } from './instrument/twins.js'
import { TASK } from './operation.js'
import { Rejections } from './rejections.js'
import type { Task, TaskKind } from './task-queues.js'

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
  /** Not stopped, and not over. */
  live: boolean
}

export class EventLoop {
  readonly rejections = new Rejections()
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

  /** Whether a timer was started in this execution, so that handles of it may outlive it. */
  get hadTimers(): boolean {
    return this.#timers.length > 0
  }

  /** Queues `callback` for the peer that runs. */
  enqueue(kind: TaskKind, callback: Callback, args: readonly unknown[]): void {
    const actor = this.#owner('a task')
    const task = inContext(actor, () => called(callback, args))
    // Behind a promise, microtasks keep their order among the promises of the same peer.
    if (kind === 'microtask') this.awaitPromise(actor, Promise.resolve(), task)
    else this.#addTask(actor, kind, task)
  }

  /** Starts a timer of the peer that runs; returns its number, from 1. */
  startTimer(callback: Callback, delayMs: number, args: readonly unknown[], repeat: boolean): number {
    const actor = this.#owner('a timer')
    const timer: PeerTimer = { actor, clockId: 0, live: true }
    const start = (delay: number): void => {
      actor.awaited++
      timer.clockId = this.#execution.environment.startTimer(actor, delay, fire)
    }
    const again = (): void => {
      if (timer.live) start(Math.max(1, delayMs))
    }
    const task = inContext(actor, () => {
      if (!timer.live) return undefined
      if (repeat) return repeated(callback, args, again)
      timer.live = false
      return called(callback, args)
    })
    const fire = (): void => {
      actor.awaited--
      this.#addTask(actor, 'timer', task)
    }
    start(delayMs)
    return this.#timers.push(timer)
  }

  /** Stops a timer by its number; does nothing if it is over. */
  stopTimer(number: number): void {
    const timer = this.#timers[number - 1]
    if (timer === undefined || !timer.live) return
    timer.live = false
    if (this.#execution.environment.stopTimer(timer.clockId)) timer.actor.awaited--
  }

  /** When `promise` has settled, `then` runs as a microtask of the peer. */
  awaitPromise(actor: Actor, promise: PromiseLike<unknown>, then: (settled: Settled) => Body | undefined): void {
    actor.awaited++
    actor.promises++
    const { incarnation, asyncContext } = actor
    const epoch = this.#epoch
    const settle = (settled: Settled): void => {
      if (epoch !== this.#epoch || actor.state === 'crashed' || actor.incarnation !== incarnation) return
      actor.awaited--
      actor.promises--
      this.#addTask(actor, 'microtask', () => {
        actor.asyncContext = asyncContext
        return then(settled)
      })
    }
    promise.then(
      (value) => settle({ failed: false, value }),
      (value) => settle({ failed: true, value }),
    )
  }

  /** Wakes a peer that waits for its event loop. */
  wake(actor: Actor): void {
    if (actor.state === 'blocked' && actor.calls.depth === 0) this.#execution.wake(actor, TASK, undefined)
  }

  /** A body has ended. What a callback returns is nobody's business; a peer is not done before the promise that its code returned. */
  bodyEnded(actor: Actor, returned: unknown): void {
    const isMain = actor.isMain
    actor.isMain = false
    if (!isMain || !(returned instanceof Promise)) return
    actor.unfinished = true
    this.awaitPromise(actor, returned, (settled) => {
      actor.unfinished = false
      if (settled.failed) throw settled.value
      return undefined
    })
  }

  /** Runs tasks up to an operation, which is then pending: true; otherwise the actor waits, or is done, or goes on with a step of its own. */
  runTasks(actor: Actor, mayStart: boolean): boolean {
    const { tasks } = actor
    let mayRunMacrotask = mayStart
    for (;;) {
      let task = tasks.nextMicrotask()
      if (task === undefined) {
        if (actor.promises > 0 && !actor.settling) {
          actor.settling = true
          this.#execution.block(actor)
          this.#execution.promiseSettled()
          return false
        }
        actor.settling = false
        tasks.microtasksAreOver()
        task = tasks.nextMicrotask()
      }
      if (task === undefined) {
        this.judgeRejections(actor)
        if (this.#execution.failure !== undefined) return false
        if (tasks.isEmpty) {
          if (actor.awaited === 0) this.#execution.finish(actor)
          else this.#execution.block(actor)
          return false
        }
        if (!mayRunMacrotask) {
          actor.expectTask()
          return false
        }
        mayRunMacrotask = false
        task = tasks.nextMacrotask()
      }
      actor.settling = false
      const body = task?.()
      if (body === undefined) continue
      const answer = actor.calls.begin(body)
      if (!answer.done) return true
      this.bodyEnded(actor, answer.value)
    }
  }

  /** A rejection that nobody has handled when the peer's microtasks have run ends the program in Node. */
  judgeRejections(owner?: Actor): void {
    const { rejections } = this
    const unhandled = rejections.any ? rejections.take(owner) : undefined
    if (unhandled === undefined) return
    const { reason } = unhandled
    if (isHarnessFault(reason)) this.#execution.stop(reason)
    else
      this.#execution.fail(
        'violated',
        'peer threw',
        `${unhandled.owner?.name ?? 'a peer'} threw ${describeError(reason)} (a rejection that nobody handled)`,
        reason instanceof Error ? reason.stack : undefined,
      )
  }

  #addTask(actor: Actor, kind: TaskKind, task: Task): void {
    actor.tasks.add(kind, task)
    this.wake(actor)
  }

  #owner(what: string): Actor {
    const { phase, current, subject } = this.#execution
    if (phase !== 'peer' || current.id >= ENVIRONMENT_FIRST)
      throw new HarnessFault(`scenario "${subject.name}" started ${what} in ${phase === 'setup' ? 'setup' : 'a check'}, where no peer runs that could own it`)
    return current
  }
}

/** `task`, run in the context in which it was made. */
function inContext(actor: Actor, task: Task): Task {
  const { asyncContext } = actor
  return () => {
    actor.asyncContext = asyncContext
    return task()
  }
}

function called(callback: Callback, args: readonly unknown[]): Body | undefined {
  const step = twin(callback, 'callback')
  if (step !== undefined) return step.apply(undefined, args as never[])
  callback.apply(undefined, args as never[])
  return undefined
}

function* repeated(callback: Callback, args: readonly unknown[], again: () => void): Body {
  const body = called(callback, args)
  if (body !== undefined) yield* body
  again()
  return undefined
}
