// When the environment acts, for strategies that draw at random. Faults befall at moments drawn beforehand, evenly over the expected
// length: picked like a peer, the crasher would nearly always strike within the first few steps. The clock acts with odds drawn
// once for each execution, from hardly ever (time moves when nobody can run, and now and then for code that waits in a loop for
// time to pass) to every other step. Leases expire by a plan of their own, or all would be over soon where the clock acts often.

import { ACCUSER_ID, type Actor, CLOCK_ID, CRASHER_ID, DISK_ID, POWER_ID, RESTARTER_ID } from '../actor.js'
import { TIME_LABEL } from '../environment.js'
import type { StreamName } from '../random-streams.js'
import { ExpiryPlan } from './expiry-plan.js'
import type { Run } from './strategy.js'

/** The clock acts in one of so many steps; 0: only when nobody else can, or has not for long. */
const CLOCK_ODDS = [0, 32, 8, 2] as const
/** The same where time that moves ends leases. */
const CLOCK_ODDS_WITH_DEADLINES = [0, 0, 0, 32] as const
const CLOCK_PATIENCE_STEPS = 512
/** Soon is within this part of an execution's length. */
const SOON_PART = 4

interface Moment {
  readonly step: number
  readonly actorId: number
}

export class EnvironmentPlan {
  readonly #moments: Moment[] = []
  #next = 0
  #clockOdds = 0
  /** Drawn when the clock first matters, so that executions without it spend nothing. */
  #clockDrawn = false
  /** Steps at which the clock last acted, where it hardly ever does. */
  #clockActedAt = 0
  #restartAt = -1
  readonly #expiry = new ExpiryPlan()

  begin(run: Run): void {
    this.#next = 0
    this.#clockDrawn = false
    this.#clockActedAt = 0
    this.#restartAt = -1
    if (this.#moments.length > 0) this.#moments.length = 0
    this.#expiry.begin(run)
    const { crashes, falseDeaths, powerFailures, diskErrors } = run.faultsLeft
    if (crashes + falseDeaths + powerFailures + diskErrors === 0) return
    this.#draw(run, CRASHER_ID, crashes)
    this.#draw(run, ACCUSER_ID, falseDeaths)
    this.#draw(run, DISK_ID, diskErrors)
    this.#drawPowerFailures(run, powerFailures)
    this.#moments.sort((a, b) => a.step - b.step)
  }

  /** The environment's actor that acts now, if one does. Asked only where one could. */
  due(run: Run): Actor | undefined {
    const environment = run.enabledEnvironment
    for (let i = 0; i < environment.length; i++) {
      const actor = environment[i] as Actor
      if (this.#acts(run, actor)) return actor
    }
    return undefined
  }

  /** Steps that a peer may take before the environment must be asked again. */
  stepsUntilDue(run: Run): number {
    let steps = Number.MAX_SAFE_INTEGER
    for (const actor of run.enabledEnvironment) {
      const until = this.#stepsUntil(run, actor)
      if (until < steps) steps = until
    }
    return Math.max(1, Math.min(steps, this.#expiry.stepsUntilGoing(run)))
  }

  /** Who acts where no peer can: a fault whose time has come, else a restart, else the clock. */
  idle(run: Run): Actor {
    const environment = run.enabledEnvironment
    for (let i = 0; i < environment.length; i++) {
      const actor = environment[i] as Actor
      if (actor.id !== CLOCK_ID && this.#acts(run, actor)) return actor
    }
    const actor = environment.find(isRestarter) ?? environment.find(isClock) ?? environment[0]
    if (actor === undefined) throw new Error('heddle internal: nobody is enabled')
    if (actor.id === CLOCK_ID) this.#expiry.idle(run)
    return actor
  }

  /** The peer that is not to go on although it could; undefined if all may. */
  paused(run: Run): Actor | undefined {
    return this.#expiry.paused(run)
  }

  choose(run: Run, bound: number, label: string, stream: StreamName): number {
    return label === TIME_LABEL ? this.#expiry.chooseTime(run, bound) : run.stream(stream).draw(bound)
  }

  #draw(run: Run, actorId: number, budget: number): void {
    if (budget === 0) return
    const stream = run.stream('faults')
    const count = Math.min(budget, stream.draw(2 * budget + 2))
    for (let i = 0; i < count; i++) {
      // Each restart may add the steps of a peer, in which later faults must be able to strike.
      const length = run.lengthEstimate * (1 + Math.min(i, run.faultsLeft.restarts))
      this.#moments.push({ step: stream.draw(length), actorId })
    }
  }

  /** Each as likely soon after the one before, in what recovers from it, as anywhere. */
  #drawPowerFailures(run: Run, budget: number): void {
    if (budget === 0) return
    const stream = run.stream('faults')
    const count = Math.min(budget, stream.draw(2 * budget + 2))
    let step = 0
    for (let i = 0; i < count; i++) {
      const soon = i > 0 && stream.draw(2) === 0
      step = (i === 0 ? 0 : step + 1) + stream.draw(soon ? Math.ceil(run.lengthEstimate / SOON_PART) : run.lengthEstimate)
      this.#moments.push({ step, actorId: POWER_ID })
    }
  }

  #acts(run: Run, actor: Actor): boolean {
    if (actor.id === CLOCK_ID) return this.#clockActs(run)
    if (actor.id === RESTARTER_ID) return this.#restartActs(run)
    const moment = this.#moments[this.#next]
    if (moment === undefined || moment.actorId !== actor.id || run.trace.steps < moment.step) return false
    this.#next++
    return true
  }

  #stepsUntil(run: Run, actor: Actor): number {
    if (actor.id === CLOCK_ID) {
      const byOdds = this.#clockOdds === 0 && this.#clockDrawn ? this.#clockActedAt + CLOCK_PATIENCE_STEPS - run.trace.steps : 1
      return Math.min(byOdds, this.#expiry.stepsUntilDue(run))
    }
    if (actor.id === RESTARTER_ID) return this.#restartAt - run.trace.steps
    const moment = this.#moments[this.#next]
    return moment === undefined ? Number.MAX_SAFE_INTEGER : moment.step - run.trace.steps
  }

  #clockActs(run: Run): boolean {
    if (!this.#clockDrawn) {
      this.#clockDrawn = true
      const odds = run.expires ? CLOCK_ODDS_WITH_DEADLINES : CLOCK_ODDS
      this.#clockOdds = odds[run.stream('faults').draw(odds.length)] as number
    }
    if (this.#expiry.isDue(run)) return true
    if (this.#clockOdds > 0) return run.stream('faults').draw(this.#clockOdds) === 0
    if (run.trace.steps < this.#clockActedAt + CLOCK_PATIENCE_STEPS) return false
    this.#clockActedAt = run.trace.steps
    return true
  }

  #restartActs(run: Run): boolean {
    if (this.#restartAt < 0) this.#restartAt = run.trace.steps + run.stream('faults').draw(run.lengthEstimate)
    if (run.trace.steps < this.#restartAt) return false
    this.#restartAt = -1
    return true
  }
}

function isRestarter(actor: Actor): boolean {
  return actor.id === RESTARTER_ID
}

function isClock(actor: Actor): boolean {
  return actor.id === CLOCK_ID
}
