// Crashes one given victim at one given step, and leaves all else to another strategy. With it a schedule is crashed everywhere in turn.

import { type Actor, CRASHER_ID } from '../actor.js'
import { VICTIM_LABEL } from '../environment.js'
import type { RandomStream, StreamName } from '../random-streams.js'
import type { Trace } from '../trace.js'
import type { Run, Strategy } from './strategy.js'

export class CrashAt implements Strategy {
  readonly name = 'crash at'
  readonly lead = 1
  readonly #inner: Strategy
  readonly #step: number
  readonly #victim: number
  #view!: WithoutCrasher
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
    this.#view = new WithoutCrasher(run)
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

/** The run as the other strategy sees it: nobody ever crashes. */
class WithoutCrasher implements Run {
  readonly #run: Run

  constructor(run: Run) {
    this.#run = run
  }

  get ready(): readonly Actor[] {
    return this.#run.ready
  }

  get readyCount(): number {
    return this.#run.readyCount
  }

  get enabledEnvironment(): readonly Actor[] {
    return this.#run.enabledEnvironment.filter((actor) => actor.id !== CRASHER_ID)
  }

  get enabledCount(): number {
    return this.#run.readyCount + this.enabledEnvironment.length
  }

  get blockedCount(): number {
    return this.#run.blockedCount
  }

  get expires(): boolean {
    return this.#run.expires
  }

  get enabledVersion(): number {
    return this.#run.enabledVersion
  }

  get current(): Actor {
    return this.#run.current
  }

  get trace(): Trace {
    return this.#run.trace
  }

  get lengthEstimate(): number {
    return this.#run.lengthEstimate
  }

  get faultsLeft(): Run['faultsLeft'] {
    return { ...this.#run.faultsLeft, crashes: 0 }
  }

  stop(fault: Error): Error {
    return this.#run.stop(fault)
  }

  stream(name: StreamName): RandomStream {
    return this.#run.stream(name)
  }
}
