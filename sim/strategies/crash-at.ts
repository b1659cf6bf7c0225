// Crashes one given victim at one given step, and leaves all else to another strategy. With it a schedule is crashed everywhere in turn.

import { type Actor, CRASHER_ID } from '../actor.js'
import { VICTIM_LABEL } from '../environment.js'
import type { StreamName } from '../random-streams.js'
import type { Run, Strategy } from './strategy.js'
import { WithoutFaults } from './without-faults.js'

export class CrashAt implements Strategy {
  readonly name = 'crash at'
  readonly lead = 1
  readonly #inner: Strategy
  readonly #step: number
  readonly #victim: number
  #view!: Run
  /** Steps taken when the crash befell; undefined before. */
  crashedAt: number | undefined

  /**
   * @param step steps before the crash
   * @param victim index among the peers that may crash then; taken modulo their count
   */
  constructor(inner: Strategy, step: number, victim: number) {
    this.#inner = inner
    this.#step = step
    this.#victim = victim
  }

  begin(run: Run): void {
    this.crashedAt = undefined
    this.#view = new WithoutFaults(run, CRASHER_ID, 'crashes')
    this.#inner.begin(this.#view)
  }

  pick(run: Run): Actor {
    const crasher = run.enabledEnvironment.find((actor) => actor.id === CRASHER_ID)
    if (crasher === undefined || run.trace.steps < this.#step) return this.#inner.pick(this.#view)
    this.crashedAt = run.trace.steps
    return crasher
  }

  choose(_run: Run, bound: number, label: string, stream: StreamName): number {
    return label === VICTIM_LABEL ? this.#victim % bound : this.#inner.choose(this.#view, bound, label, stream)
  }
}
