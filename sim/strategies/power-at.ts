// Lets the power fail at given moments with given survivals, and leaves all else to another strategy. With it a schedule loses power
// everywhere in turn, and what a failure leaves of the disk is enumerated.

import { type Actor, POWER_ID } from '../actor.js'
import { MODE_LABEL, MODES } from '../disk/survival.js'
import { POWER_AT_END_LABEL } from '../environment.js'
import type { StreamName } from '../random-streams.js'
import type { Run, Strategy } from './strategy.js'
import { WithoutFaults } from './without-faults.js'

/** One power failure. */
export interface PowerFailureAt {
  /** Steps before it. */
  readonly step: number
  /** Answers to what is decided then, in the order in which it is asked; 0, nothing of it survives, where there are no more. */
  readonly answers: readonly number[]
}

const ANY_SUBSET = MODES.indexOf('any subset')

export class PowerAt implements Strategy {
  readonly name = 'power at'
  readonly lead = 1
  readonly #inner: Strategy
  readonly #failures: readonly PowerFailureAt[]
  readonly #onMoment: (() => void) | undefined
  #view!: Run
  /** Power failures so far. */
  count = 0
  /** The bounds of what the last failure decided, as it was asked. */
  readonly bounds: number[] = []

  /** @param onMoment called wherever the power could fail */
  constructor(inner: Strategy, failures: readonly PowerFailureAt[], onMoment?: () => void) {
    this.#inner = inner
    this.#failures = failures
    this.#onMoment = onMoment
  }

  begin(run: Run): void {
    this.count = 0
    this.bounds.length = 0
    this.#view = new WithoutFaults(run, POWER_ID, 'powerFailures')
    this.#inner.begin(this.#view)
  }

  pick(run: Run): Actor {
    const power = run.enabledEnvironment.find((actor) => actor.id === POWER_ID)
    if (power !== undefined && this.#fails(run)) return power
    return this.#inner.pick(this.#view)
  }

  choose(run: Run, bound: number, label: string, stream: StreamName): number {
    if (label === POWER_AT_END_LABEL) return this.#fails(run) ? 1 : 0
    if (label === MODE_LABEL) return ANY_SUBSET
    if (stream !== 'disk') return this.#inner.choose(this.#view, bound, label, stream)
    const answer = this.#failures[this.count - 1]?.answers[this.bounds.length] ?? 0
    this.bounds.push(bound)
    // Answers drawn beforehand do not know what is not asked.
    return answer % bound
  }

  #fails(run: Run): boolean {
    this.#onMoment?.()
    const failure = this.#failures[this.count]
    if (failure === undefined || run.trace.steps < failure.step) return false
    this.count++
    this.bounds.length = 0
    return true
  }
}
