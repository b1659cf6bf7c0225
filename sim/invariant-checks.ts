// The invariants of a scenario, sorted by the moments at which they are asked.

import { HarnessFault, mustNotThrow } from './harness-fault.js'
import type { History, HistoryEvent, Invariant } from './invariant.js'
import type { Scenario } from './scenario.js'

export interface Violation {
  readonly invariant: string
  readonly message: string
}

// The moments at which an invariant is asked.
const BEGIN = 0
const EVERY_STEP = 1
const ON_EVENT = 2
const AT_END = 3
const AFTER_POWER_FAILURE = 4
type Moment = typeof BEGIN | typeof EVERY_STEP | typeof ON_EVENT | typeof AT_END | typeof AFTER_POWER_FAILURE

export class InvariantChecks {
  /** Whether anything must be looked at between two steps. */
  readonly betweenSteps: boolean
  /** Whether anything is asked when an event is reported. */
  readonly onEvents: boolean
  readonly #scenario: string
  readonly #begin: readonly Invariant[]
  readonly #everyStep: readonly Invariant[]
  readonly #everyWrite: readonly Invariant[]
  readonly #onEvent: readonly Invariant[]
  readonly #atEnd: readonly Invariant[]
  readonly #afterPowerFailure: readonly Invariant[]

  constructor(subject: Scenario) {
    const invariants = subject.invariants ?? []
    this.#scenario = subject.name
    this.#begin = invariants.filter((invariant) => invariant.begin !== undefined)
    this.#everyStep = invariants.filter((invariant) => invariant.everyStep !== undefined && invariant.when !== 'writes')
    this.#everyWrite = invariants.filter((invariant) => invariant.everyStep !== undefined && invariant.when === 'writes')
    this.#onEvent = invariants.filter((invariant) => invariant.onEvent !== undefined)
    this.#atEnd = invariants.filter((invariant) => invariant.atEnd !== undefined)
    this.#afterPowerFailure = invariants.filter((invariant) => invariant.afterPowerFailure !== undefined)
    this.betweenSteps = this.#everyStep.length + this.#everyWrite.length > 0
    this.onEvents = this.#onEvent.length > 0
  }

  begin(world: unknown): void {
    if (this.#begin.length > 0) this.#ask(this.#begin, BEGIN, world, undefined, NO_EVENTS, NOBODY)
  }

  afterPowerFailure(world: unknown): void {
    this.#ask(this.#afterPowerFailure, AFTER_POWER_FAILURE, world, undefined, NO_EVENTS, NOBODY)
  }

  /**
   * @param actor id of who took the last step
   * @param changed whether that step may have changed shared memory or came with an event
   */
  afterStep(world: unknown, actor: number, changed: boolean): Violation | undefined {
    const violation = this.#everyStep.length === 0 ? undefined : this.#ask(this.#everyStep, EVERY_STEP, world, undefined, NO_EVENTS, actor)
    if (violation !== undefined || !changed || this.#everyWrite.length === 0) return violation
    return this.#ask(this.#everyWrite, EVERY_STEP, world, undefined, NO_EVENTS, actor)
  }

  atEvent(event: HistoryEvent, history: History, world: unknown): Violation | undefined {
    return this.#ask(this.#onEvent, ON_EVENT, world, event, history, event.peer)
  }

  atEnd(world: unknown, history: History): Violation | undefined {
    return this.#ask(this.#atEnd, AT_END, world, undefined, history, NOBODY)
  }

  /** Asks each at one of its moments, until one is violated. Without closures or texts: this runs after every step. */
  #ask(
    invariants: readonly Invariant[],
    moment: Moment,
    world: unknown,
    event: HistoryEvent | undefined,
    history: History,
    actor: number,
  ): Violation | undefined {
    let at = 0
    try {
      for (; at < invariants.length; at++) {
        const message = askOne(invariants[at] as Invariant, moment, world, event as HistoryEvent, history, actor)
        if (message === undefined) continue
        if (typeof message !== 'string')
          throw new HarnessFault(
            `scenario "${this.#scenario}": invariant "${(invariants[at] as Invariant).name}": expected undefined or a sentence, got ${describe(message)}`,
          )
        return { invariant: (invariants[at] as Invariant).name, message }
      }
      return undefined
    } catch (error) {
      const what = `${moment === BEGIN ? 'begin of ' : moment === AFTER_POWER_FAILURE ? 'afterPowerFailure of ' : ''}invariant "${(invariants[at] as Invariant).name}"`
      return mustNotThrow(this.#scenario, what, () => {
        throw error
      })
    }
  }
}

const NO_EVENTS: History = []
/** No step is judged. */
const NOBODY = -1

function describe(answer: unknown): string {
  return answer instanceof Promise ? 'a promise' : String(answer)
}

function askOne(invariant: Invariant, moment: Moment, world: unknown, event: HistoryEvent, history: History, actor: number): string | undefined {
  if (moment === EVERY_STEP) return invariant.everyStep?.(world, actor)
  if (moment === ON_EVENT) return invariant.onEvent?.(event, history, world)
  if (moment === AT_END) return invariant.atEnd?.(world, history)
  if (moment === AFTER_POWER_FAILURE) invariant.afterPowerFailure?.(world)
  else invariant.begin?.(world)
  return undefined
}
