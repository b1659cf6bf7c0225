// PCT, probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with probabilistic
// guarantees of finding bugs", ASPLOS 2010. Every peer has a random priority, the highest goes; at d - 1 random steps the one
// that goes falls below the others. A run finds any bug of depth d with probability of at least 1 / (n k^(d-1)).
//
// Where we differ. The length k is estimated once for each campaign, so that a seed alone determines an execution. A peer that
// spins falls below everybody: JavaScript has no yield to tell us, so we look for a cycle of operations that changed nothing (Brent's
// method, over the operations since the last change of shared memory). Reading many places looks the same, so in some executions
// a peer must spin for as long as a whole execution takes before it falls: the bound holds for every program, divided by 16 for those
// that read so. Environment actors act by the environment plan.

import type { Actor } from '../actor.js'
import { changesState } from '../operation.js'
import type { RandomStream, StreamName } from '../random-streams.js'
import { ACTORS_MAX } from '../trace.js'
import { EnvironmentPlan } from './environment-plan.js'
import { LEAD_MAX, type Run, type Strategy } from './strategy.js'

/** Random priorities are above these, which change points give. */
const PRIORITY_FIRST = 64
/** Returns to one operation, with nothing changed meanwhile, that make a spin. */
const SPIN_RETURNS = 3
/** In one of so many executions it takes as many returns as an execution has steps. */
const PATIENT_ONE_IN = 16
const UNKNOWN = -(2 ** 31)
/** A step that no execution reaches. */
const NEVER = 2 ** 31 - 1

export class Pct implements Strategy {
  readonly name = 'pct'
  lead = 1
  readonly #depth: number
  readonly #environment = new EnvironmentPlan()
  readonly #priorities = new Int32Array(ACTORS_MAX)
  /** Steps at which the one that goes falls, ascending; at the end one that never comes. */
  readonly #changePoints: Int32Array
  #changePointsPassed = 0
  /** Next priority for a peer that spins; falls. */
  #lowest = 0
  #schedule: RandomStream | undefined

  // The look-out for spins: steps since the last change, the operation that is watched, and how often it came back.
  #unchanged = 0
  #watchNextAt = 1
  #watched = 0
  #returns = 0
  #returnsMax = SPIN_RETURNS
  #stepsSeen = 0

  /** @param depth d of the paper: ordering constraints that suffice for the bug, at least 1 */
  constructor(depth: number) {
    this.#depth = depth
    this.#changePoints = new Int32Array(depth)
  }

  begin(run: Run): void {
    const schedule = run.stream('schedule')
    this.#schedule = schedule
    this.#environment.begin(run)
    this.#priorities.fill(UNKNOWN)
    this.#lowest = 0
    this.#changePointsPassed = 0
    for (let i = 0; i < this.#depth - 1; i++) this.#insertChangePoint(i, 1 + schedule.draw(run.lengthEstimate))
    this.#changePoints[this.#depth - 1] = NEVER
    this.#returnsMax = schedule.draw(PATIENT_ONE_IN) === 0 ? Math.max(SPIN_RETURNS, run.lengthEstimate) : SPIN_RETURNS
    this.#forgetSpin()
    this.#stepsSeen = 0
  }

  pick(run: Run): Actor {
    let leadMax = LEAD_MAX
    let paused: Actor | undefined
    if (run.enabledCount > run.readyCount) {
      this.lead = 1
      if (run.readyCount === 0) return this.#environment.idle(run)
      const due = this.#environment.due(run)
      if (due !== undefined) return due
      paused = this.#environment.paused(run)
      if (paused !== undefined && run.readyCount === 1) return this.#environment.idle(run)
      leadMax = Math.min(leadMax, this.#environment.stepsUntilDue(run))
    }
    const steps = run.trace.steps
    while (steps >= this.#nextChange()) {
      this.#changePointsPassed++
      this.#priorities[run.current.id] = this.#depth - this.#changePointsPassed
    }
    if (this.#spins(run, steps)) this.#priorities[run.current.id] = --this.#lowest
    this.lead = Math.min(leadMax, this.#nextChange() - steps)
    return this.#highest(run, paused)
  }

  choose(run: Run, bound: number, label: string, stream: StreamName): number {
    return this.#environment.choose(run, bound, label, stream)
  }

  /** Puts a change point where it belongs among the first `count`. */
  #insertChangePoint(count: number, step: number): void {
    const points = this.#changePoints
    let at = count
    for (; at > 0 && (points[at - 1] as number) > step; at--) points[at] = points[at - 1] as number
    points[at] = step
  }

  /** Among those that are ready, of whom `paused` is not the only one. */
  #highest(run: Run, paused: Actor | undefined): Actor {
    const { ready, readyCount } = run
    const first = ready[0] === paused ? 1 : 0
    let best = ready[first] as Actor
    let bestPriority = this.#priority(best.id)
    for (let i = first + 1; i < readyCount; i++) {
      const actor = ready[i] as Actor
      if (actor === paused) continue
      const priority = this.#priority(actor.id)
      if (priority > bestPriority) {
        best = actor
        bestPriority = priority
      }
    }
    return best
  }

  /** An actor that is met for the first time gets its random priority here; that two are equal is as likely as a bit pattern of 30 bits. */
  #priority(id: number): number {
    const priority = this.#priorities[id] as number
    if (priority !== UNKNOWN) return priority
    return (this.#priorities[id] = PRIORITY_FIRST + ((this.#schedule as RandomStream).int32() >>> 2))
  }

  #nextChange(): number {
    return this.#changePoints[this.#changePointsPassed] as number
  }

  /** Whether the current actor spins, by the steps since the last look. */
  #spins(run: Run, steps: number): boolean {
    let spins = false
    for (let step = this.#stepsSeen; step < steps; step++) spins = this.#returned(run.trace.wordAt(step), changesState(run.trace.kindAt(step))) || spins
    this.#stepsSeen = steps
    return spins
  }

  /** Takes one step into account: whether the operation that is watched has come back often enough. */
  #returned(word: number, changed: boolean): boolean {
    if (changed) {
      this.#forgetSpin()
      return false
    }
    if (word === this.#watched && ++this.#returns === this.#returnsMax) {
      this.#forgetSpin()
      return true
    }
    if (++this.#unchanged === this.#watchNextAt) {
      this.#watchNextAt *= 2
      this.#unchanged = 0
      if (word !== this.#watched) {
        this.#watched = word
        this.#returns = 0
      }
    }
    return false
  }

  #forgetSpin(): void {
    this.#unchanged = 0
    this.#watchNextAt = 1
    this.#watched = 0
    this.#returns = 0
  }
}
