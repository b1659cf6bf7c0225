// When leases expire, for strategies that draw at random. At a few moments drawn beforehand, evenly over the expected length, time goes to
// one of the deadlines, and mostly the peer that took the last step stands still for a while: the party that was slow. Without that
// a peer that has seen its lease alive would nearly always have done what it saw it for before others have noticed the end,
// taken over and changed something. Where peers wait in short naps, time would pass their deadlines nap by nap only.

import { type Actor, ENVIRONMENT_FIRST } from '../actor.js'
import type { Run } from './strategy.js'

const EXPIRIES_MAX = 3
/** In one of so many expiries nobody stands still. */
const NOBODY_PAUSES_ONE_IN = 8
/** Where nobody can go on but by time, it goes to a deadline once in so many times. */
const IDLE_ONE_IN = 8

export class ExpiryPlan {
  /** Steps at which time goes to a deadline, ascending. */
  readonly #moments: number[] = []
  #next = 0
  /** Time is to go to a deadline when it moves next. */
  #isSent = false
  #paused: Actor | undefined
  #pausedUntil = 0

  begin(run: Run): void {
    this.#next = 0
    this.#isSent = false
    this.#paused = undefined
    if (this.#moments.length > 0) this.#moments.length = 0
    if (!run.expires) return
    const stream = run.stream('faults')
    for (let count = stream.draw(EXPIRIES_MAX + 1); count > 0; count--) this.#moments.push(stream.draw(run.lengthEstimate))
    this.#moments.sort((a, b) => a - b)
  }

  /** Whether time goes to a deadline now. */
  isDue(run: Run): boolean {
    if (this.stepsUntilDue(run) > 0) return false
    this.#next++
    this.#isSent = true
    this.#pause(run)
    return true
  }

  stepsUntilDue(run: Run): number {
    const moment = this.#moments[this.#next]
    return moment === undefined ? Number.MAX_SAFE_INTEGER : moment - run.trace.steps
  }

  /** Nobody can go on but by time. */
  idle(run: Run): void {
    if (run.expires && run.stream('faults').draw(IDLE_ONE_IN) === 0) this.#isSent = true
  }

  /** Where time goes: 0 is to whatever comes first, all others are deadlines. */
  chooseTime(run: Run, bound: number): number {
    if (!this.#isSent) return 0
    this.#isSent = false
    return 1 + run.stream('faults').draw(bound - 1)
  }

  /** The peer that stands still although it could go on; undefined if there is none, or nobody else could ever go on. */
  paused(run: Run): Actor | undefined {
    const actor = this.#paused
    if (actor === undefined) return undefined
    const othersMayGoOn = run.readyCount > 1 || run.blockedCount > 0
    if (run.trace.steps < this.#pausedUntil && actor.state === 'ready' && othersMayGoOn) return actor
    this.#paused = undefined
    return undefined
  }

  stepsUntilGoing(run: Run): number {
    return this.#paused === undefined ? Number.MAX_SAFE_INTEGER : this.#pausedUntil - run.trace.steps
  }

  /** The peer that went last stands still: for a few steps as likely as for many. */
  #pause(run: Run): void {
    const stream = run.stream('faults')
    if (run.current.id >= ENVIRONMENT_FIRST || stream.draw(NOBODY_PAUSES_ONE_IN) === 0) return
    this.#paused = run.current
    this.#pausedUntil = run.trace.steps + 1 + stream.draw(2 << stream.draw(32 - Math.clz32(run.lengthEstimate)))
  }
}
