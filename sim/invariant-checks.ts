// The invariants of a scenario, sorted by the moments at which they are asked.

import { HarnessFault, mustNotThrow } from './harness-fault.js'
import type { History, HistoryEvent, Invariant } from './invariant.js'
import type { Scenario } from './scenario.js'

export interface Violation {
  readonly invariant: string
  readonly message: string
}

/** One invariant at one of its moments: they all look alike to the engine, as the invariants do not. */
interface Check {
  readonly invariant: Invariant
  readonly ask: Ask
}

type Ask = (this: Invariant, first: unknown, second: unknown, third: unknown) => unknown

export class InvariantChecks {
  /** Whether anything must be looked at between two steps. */
  readonly betweenSteps: boolean
  /** Whether anything is asked when an event is reported. */
  readonly onEvents: boolean
  readonly #scenario: string
  readonly #begin: readonly Check[]
  readonly #everyStep: readonly Check[]
  readonly #everyWrite: readonly Check[]
  readonly #onEvent: readonly Check[]
  readonly #atEnd: readonly Check[]
  readonly #afterPowerFailure: readonly Check[]

  constructor(subject: Scenario) {
    const invariants = subject.invariants ?? []
    this.#scenario = subject.name
    this.#begin = checks(invariants, 'begin')
    this.#everyStep = checks(
      invariants.filter((invariant) => invariant.when !== 'writes'),
      'everyStep',
    )
    this.#everyWrite = checks(
      invariants.filter((invariant) => invariant.when === 'writes'),
      'everyStep',
    )
    this.#onEvent = checks(invariants, 'onEvent')
    this.#atEnd = checks(invariants, 'atEnd')
    this.#afterPowerFailure = checks(invariants, 'afterPowerFailure')
    this.betweenSteps = this.#everyStep.length + this.#everyWrite.length > 0
    this.onEvents = this.#onEvent.length > 0
  }

  begin(world: unknown): void {
    this.#tell(this.#begin, 'begin', world)
  }

  afterPowerFailure(world: unknown): void {
    this.#tell(this.#afterPowerFailure, 'afterPowerFailure', world)
  }

  /**
   * @param actor id of who took the last step
   * @param changed whether that step may have changed shared memory or came with an event
   */
  afterStep(world: unknown, actor: number, changed: boolean): Violation | undefined {
    const violation = this.#everyStep.length === 0 ? undefined : this.#ask(this.#everyStep, world, actor, undefined)
    if (violation !== undefined || !changed || this.#everyWrite.length === 0) return violation
    return this.#ask(this.#everyWrite, world, actor, undefined)
  }

  atEvent(event: HistoryEvent, history: History, world: unknown): Violation | undefined {
    return this.#ask(this.#onEvent, event, history, world)
  }

  atEnd(world: unknown, history: History): Violation | undefined {
    return this.#ask(this.#atEnd, world, history, undefined)
  }

  /** Tells each of a world; what they answer is nothing. */
  #tell(told: readonly Check[], moment: string, world: unknown): void {
    let at = 0
    try {
      for (; at < told.length; at++) {
        const { invariant, ask } = told[at] as Check
        ask.call(invariant, world, undefined, undefined)
      }
    } catch (error) {
      this.#threw(`${moment} of invariant "${(told[at] as Check).invariant.name}"`, error)
    }
  }

  /** Asks each, until one is violated. Without closures or texts: this runs after every step. */
  #ask(asked: readonly Check[], first: unknown, second: unknown, third: unknown): Violation | undefined {
    let at = 0
    try {
      for (; at < asked.length; at++) {
        const { invariant, ask } = asked[at] as Check
        const message = ask.call(invariant, first, second, third)
        if (message !== undefined) return this.#violation(invariant, message)
      }
      return undefined
    } catch (error) {
      return this.#threw(`invariant "${(asked[at] as Check).invariant.name}"`, error)
    }
  }

  #violation({ name }: Invariant, message: unknown): Violation {
    if (typeof message === 'string') return { invariant: name, message }
    throw new HarnessFault(`scenario "${this.#scenario}": invariant "${name}": expected undefined or a sentence, got ${describe(message)}`)
  }

  #threw(what: string, error: unknown): never {
    return mustNotThrow(this.#scenario, what, () => {
      throw error
    })
  }
}

function checks(invariants: readonly Invariant[], moment: 'begin' | 'everyStep' | 'onEvent' | 'atEnd' | 'afterPowerFailure'): Check[] {
  const found: Check[] = []
  for (const invariant of invariants) {
    const ask = invariant[moment] as Ask | undefined
    if (ask !== undefined) found.push({ invariant, ask })
  }
  return found
}

function describe(answer: unknown): string {
  return answer instanceof Promise ? 'a promise' : String(answer)
}
