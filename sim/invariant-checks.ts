// The invariants of a scenario, sorted by the moments at which they are asked.

import { mustNotThrow } from './harness-fault.js'
import type { History, HistoryEvent, Invariant } from './invariant.js'
import type { Scenario } from './scenario.js'

export interface Violation {
  readonly invariant: string
  readonly message: string
}

export class InvariantChecks {
  readonly #scenario: string
  readonly #begin: readonly Invariant[]
  readonly #everyStep: readonly Invariant[]
  readonly #everyWrite: readonly Invariant[]
  readonly #onEvent: readonly Invariant[]
  readonly #atEnd: readonly Invariant[]

  constructor(subject: Scenario) {
    const invariants = subject.invariants ?? []
    this.#scenario = subject.name
    this.#begin = invariants.filter((invariant) => invariant.begin !== undefined)
    this.#everyStep = invariants.filter((invariant) => invariant.everyStep !== undefined && invariant.when !== 'writes')
    this.#everyWrite = invariants.filter((invariant) => invariant.everyStep !== undefined && invariant.when === 'writes')
    this.#onEvent = invariants.filter((invariant) => invariant.onEvent !== undefined)
    this.#atEnd = invariants.filter((invariant) => invariant.atEnd !== undefined)
  }

  /** Whether anything must be looked at between two steps. */
  get betweenSteps(): boolean {
    return this.#everyStep.length + this.#everyWrite.length > 0
  }

  /** Whether anything is asked when an event is reported. */
  get onEvents(): boolean {
    return this.#onEvent.length > 0
  }

  begin(world: unknown): void {
    for (const invariant of this.#begin) mustNotThrow(this.#scenario, `begin of invariant "${invariant.name}"`, () => invariant.begin?.(world))
  }

  /** @param changed whether the last step may have changed shared memory or came with an event */
  afterStep(world: unknown, changed: boolean): Violation | undefined {
    return (
      this.#first(this.#everyStep, (invariant) => invariant.everyStep?.(world)) ??
      (changed ? this.#first(this.#everyWrite, (invariant) => invariant.everyStep?.(world)) : undefined)
    )
  }

  atEvent(event: HistoryEvent, history: History, world: unknown): Violation | undefined {
    return this.#first(this.#onEvent, (invariant) => invariant.onEvent?.(event, history, world))
  }

  atEnd(world: unknown, history: History): Violation | undefined {
    return this.#first(this.#atEnd, (invariant) => invariant.atEnd?.(world, history))
  }

  #first(invariants: readonly Invariant[], ask: (invariant: Invariant) => string | undefined): Violation | undefined {
    for (let i = 0; i < invariants.length; i++) {
      const invariant = invariants[i] as Invariant
      const message = mustNotThrow(this.#scenario, `invariant "${invariant.name}"`, () => ask(invariant))
      if (message !== undefined) return { invariant: invariant.name, message }
    }
    return undefined
  }
}
