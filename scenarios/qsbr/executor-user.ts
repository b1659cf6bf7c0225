// One peer's use of a manager: each call tells the invariants what it is about to do and how it ended.

import type { PeerHandle } from 'heddle'
import { qsbrEvents } from '../../invariants/qsbr/public.js'
import type { LocalManager, SharedManager } from '../../primitives/qsbr/public.js'
import type { QsbrWorld } from './qsbr-world.js'

/** What a peer gives as `now` where there is no shortest time between passes: later than any clock reads. Saves a step. */
const LATER_MS = 1e9
/** An entry of an open bag is free after three epochs, each of which takes one round to notice and one to pass. One round may be a dead peer's. */
const PASSING_ROUNDS = 8

// Meetings of peers.
export const DEPARTURE = 0
const FIRST_PASSING = 1
export const MEETINGS = FIRST_PASSING + PASSING_ROUNDS

export class ExecutorUser {
  readonly #world: QsbrWorld
  readonly #me: PeerHandle

  constructor(world: QsbrWorld, me: PeerHandle) {
    this.#world = world
    this.#me = me
  }

  get manager(): SharedManager {
    return this.#world.managers[this.#me.id] as SharedManager
  }

  get local(): LocalManager {
    return this.#world.executors[this.#me.id] as LocalManager
  }

  register(): void {
    this.#me.event(qsbrEvents.REGISTERING)
    this.#world.executors[this.#me.id] = this.manager.registerNewExecutor(this.#me.id)
    this.#me.event(qsbrEvents.REGISTERED)
  }

  /** Follows a link and holds what is there until the next quiescent point; 0 if nothing is. */
  read(link = 0): number {
    const object = Atomics.load(this.#world.links, link)
    if (object !== 0) this.#me.event(qsbrEvents.HOLDS, object)
    return object
  }

  /** Links a new object where none was, and wakes who waits for it. */
  publish(link = 0): void {
    const object = this.#world.nextObject++
    Atomics.store(this.#world.links, link, object)
    Atomics.notify(this.#world.links, link)
  }

  /** Blocks until something was published at the link, which leads somewhere ever after. Whoever publishes notifies, so it needs no time-out. */
  awaitLink(link = 0): void {
    Atomics.wait(this.#world.links, link, 0)
  }

  /** Takes an object out, puts `next` in its place, and retires it; returns it, 0 if there was none. */
  unlink(link = 0, next = 0): number {
    const object = Atomics.exchange(this.#world.links, link, next)
    if (object !== 0) this.retire(object)
    return object
  }

  /** As {@link unlink}, with a new object in its place. */
  replace(link = 0): void {
    this.unlink(link, this.#world.nextObject++)
  }

  retire(object: number): void {
    this.#me.event(qsbrEvents.RETIRED, object)
    this.local.scheduleDeallocate(this, object)
  }

  /** What the manager calls in the end: frees an object by saying so. */
  free(object: number): void {
    this.#me.event(qsbrEvents.FREED, object)
  }

  /** Schedules a closure, which is an object of its own; returns its number. */
  scheduleDrop(run: () => void): number {
    const object = this.#world.nextObject++
    this.#me.event(qsbrEvents.RETIRED, object)
    this.local.scheduleDrop(() => {
      this.#me.event(qsbrEvents.FREED, object)
      run()
    })
    return object
  }

  /** Returns how many entries were freed without an error. */
  pass(now: number = LATER_MS): number {
    this.#me.event(qsbrEvents.PASSING)
    let count = 0
    try {
      count = this.local.maybePassEpoch(now)
    } catch (error) {
      this.#caught(error)
    }
    this.#me.event(qsbrEvents.PASSED)
    return count
  }

  pause(): void {
    this.#me.event(qsbrEvents.PAUSING)
    this.local.temporaryDeregister()
    this.#me.event(qsbrEvents.PAUSED)
  }

  /** Returns how many entries were freed without an error. */
  resume(): number {
    this.#me.event(qsbrEvents.RESUMING)
    let count = 0
    try {
      count = this.local.resumeAfterTemporaryDeregister()
    } catch (error) {
      this.#caught(error)
    }
    this.#me.event(qsbrEvents.RESUMED)
    return count
  }

  /** Deregisters; false if entries are left. */
  tryLeave(waitMsMax: number): boolean {
    this.#me.event(qsbrEvents.LEAVING, waitMsMax)
    try {
      this.local.deregister(waitMsMax)
    } catch (error) {
      if (codeOf(error) === 'QSBR_TIMEOUT') {
        this.#me.event(qsbrEvents.LEAVE_TIMED_OUT)
        return false
      }
      this.#caught(error)
    }
    this.#me.event(qsbrEvents.LEFT)
    return true
  }

  /**
   * Deregisters; if entries are left, again when all others have deregistered, or were evicted: once for them, and once for what they have scheduled.
   */
  leave(): void {
    const left = this.tryLeave(0)
    if (left) {
      this.#world.meetings.come(DEPARTURE, this.#me.id)
      return
    }
    this.#world.meetings.attend(DEPARTURE, this.#me.id)
    if (!this.tryLeave(0)) this.tryLeave(0)
  }

  /** Passes together with all others, until everything that was retired before is free. */
  keepPassing(): void {
    for (let round = 0; round < PASSING_ROUNDS; round++) {
      this.#world.meetings.attend(FIRST_PASSING + round, this.#me.id)
      this.pass()
    }
    this.#me.event(qsbrEvents.KEPT_PASSING)
  }

  /**
   * Makes a call that the manager must refuse without a trace. Errors that are not its own propagate. What is called is given by name: a closure
   * for each would take longer than the call.
   */
  mustThrow<Name extends string, Args extends readonly unknown[]>(call: string, on: Record<Name, (...args: Args) => unknown>, name: Name, ...args: Args): void {
    this.#me.event(qsbrEvents.EXPECTING_REFUSAL, call)
    try {
      on[name](...args)
    } catch (error) {
      const code = codeOf(error)
      if (code === undefined) throw error
      this.#me.event(qsbrEvents.REFUSED, code)
      return
    }
    this.#me.event(qsbrEvents.ACCEPTED, call)
  }

  /** What entries threw is expected. */
  #caught(error: unknown): void {
    requireCode(error, 'QSBR_RECLAIM')
    this.#me.sometimes('an entry threw')
  }
}

/** Throws any error but the one that is expected here. */
export function requireCode(error: unknown, code: string): void {
  if (codeOf(error) !== code) throw error
}

/** The code of a primitive's error; undefined for any other. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
