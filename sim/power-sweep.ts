// Loses power everywhere: takes schedules, and runs each again once for every moment at which a power failure would differ and every state of
// the disk that it may leave; then, where asked, once more for every moment of what follows.

import { createHash } from 'node:crypto'
import { executionOptions } from './campaign.js'
import { detailedExecution } from './detailed-execution.js'
import type { DiscoveredScenario } from './discover.js'
import type { Decision } from './disk/disk.js'
import { type ExecutionOptions, execution } from './execution.js'
import type { Outcome } from './outcome.js'
import { ExecutionSeeds, parseSeed, RandomStream, type Seed } from './random-streams.js'
import { settleExecution, startExecution } from './run-execution.js'
import { PowerAt, type PowerFailureAt } from './strategies/power-at.js'
import { RandomWalk } from './strategies/random.js'
import { UsageError } from './usage-error.js'

export interface PowerSweepOptions {
  /** 1 to 12 hexadecimal digits. */
  readonly seed: string
  /** Schedules that lose power everywhere. */
  readonly schedules: number
  /** States of the disk that are tried at one moment, at least 1; where more are possible, so many drawn at random. Default 64. */
  readonly statesMax?: number
  /** 2: after each first power failure, each second one as well. Where the first left what another one did, only once. Default 1. */
  readonly failures?: 1 | 2
}

export interface PowerSweepResult {
  readonly schedules: number
  /** Moments of first failures: those between which the disk or the history changed. */
  readonly moments: number
  /** Those of them at which every state was tried that the disk may be left in. */
  readonly momentsExhausted: number
  /** States that first failures left, one for each execution with one failure. */
  readonly states: number
  /** States that second failures left, one for each execution with two. */
  readonly secondStates: number
  /** The first execution that failed, in full; nothing is run after it. */
  readonly failure: Outcome | undefined
}

const STATES_MAX_DEFAULT = 64

/**
 * Runs `schedules` schedules of the random walk and lets each lose power at every moment, with every state of the disk; the machine boots and
 * the walk goes on. The scenario needs no `faults.powerFailures`; other faults do not befall. Throws {@link UsageError} for options that are not right,
 * and faults of the harness.
 */
export async function powerSweep(subject: DiscoveredScenario, options: PowerSweepOptions): Promise<PowerSweepResult> {
  const seed = parseSeed(options.seed)
  if (seed === undefined) throw new UsageError(`expected a seed of 1 to 12 hexadecimal digits, got ${JSON.stringify(options.seed)}`)
  const { statesMax = STATES_MAX_DEFAULT, failures = 1 } = options
  if (!(Number.isInteger(statesMax) && statesMax >= 1)) throw new UsageError(`expected statesMax to be an integer of at least 1, got ${statesMax}`)
  if (failures !== 1 && failures !== 2) throw new UsageError(`expected failures to be 1 or 2, got ${failures}`)
  const sweep = new PowerSweep(subject, statesMax, failures)
  const seeds = new ExecutionSeeds(seed)
  let schedules = 0
  while (schedules < options.schedules && sweep.failure === undefined) {
    await sweep.failEverywhere(seeds.next())
    schedules++
  }
  const { moments, momentsExhausted, states, secondStates, failure } = sweep
  return { schedules, moments, momentsExhausted, states, secondStates, failure }
}

class PowerSweep {
  moments = 0
  momentsExhausted = 0
  states = 0
  secondStates = 0
  failure: Outcome | undefined
  readonly #subject: DiscoveredScenario
  readonly #statesMax: number
  readonly #failures: 1 | 2
  readonly #options: ExecutionOptions
  /** What first failures left, with what had been promised by then: what follows is the same. */
  readonly #left = new Set<string>()

  constructor(subject: DiscoveredScenario, statesMax: number, failures: 1 | 2) {
    this.#subject = subject
    this.#statesMax = statesMax
    this.#failures = failures
    const { stepsMax } = executionOptions(subject.scenario, {}, 1)
    this.#options = { crashes: 0, restarts: 0, falseDeaths: 0, powerFailures: failures, diskErrors: 0, stepsMax, lengthEstimate: 1 }
  }

  async failEverywhere(seed: Seed): Promise<void> {
    execution.load(this.#subject.scenario, this.#options)
    for (const step of await this.#momentsOf(seed, [])) {
      this.moments++
      const exhausted = await this.#failAt(seed, [], step, async (first) => {
        this.states++
        if (this.#failures === 2) await this.#failAgain(seed, first)
      })
      if (exhausted) this.momentsExhausted++
      if (this.failure !== undefined) return
    }
  }

  async #failAgain(seed: Seed, first: PowerFailureAt): Promise<void> {
    if (this.#left.has(this.#image)) return
    this.#left.add(this.#image)
    for (const step of await this.#momentsOf(seed, [first])) {
      await this.#failAt(seed, [first], step, async () => {
        this.secondStates++
      })
      if (this.failure !== undefined) return
    }
  }

  /** The steps after which one more failure would differ from one at the step before. */
  async #momentsOf(seed: Seed, before: readonly PowerFailureAt[]): Promise<number[]> {
    const steps: number[] = []
    let seen = ''
    const strategy: PowerAt = new PowerAt(new RandomWalk(), before, () => {
      const now = `${execution.disk.version} ${execution.history.length}`
      if (strategy.count < before.length || now === seen) return
      seen = now
      steps.push(execution.trace.steps)
    })
    await this.#run(seed, strategy)
    if (execution.failure !== undefined) await this.#failed(seed, new PowerAt(new RandomWalk(), before))
    return this.failure === undefined ? steps : []
  }

  /** One execution for each state that a failure at `step` may leave; whether they were all tried. */
  async #failAt(seed: Seed, before: readonly PowerFailureAt[], step: number, then: (failure: PowerFailureAt) => Promise<void>): Promise<boolean> {
    let answers: readonly number[] | undefined = []
    let tried = 0
    let draws: RandomStream | undefined
    while (answers !== undefined && tried < this.#statesMax) {
      const failure: PowerFailureAt = { step, answers }
      const strategy = new PowerAt(new RandomWalk(), [...before, failure])
      await this.#run(seed, strategy)
      if (execution.failure !== undefined) {
        await this.#failed(seed, strategy)
        return false
      }
      tried++
      const { bounds } = this.#decided
      const possible = bounds.reduce((product, bound) => product * bound, 1)
      if (draws === undefined && possible > this.#statesMax) draws = new RandomStream(seed, 'disk', step)
      const asked = [...strategy.bounds]
      await then(failure)
      if (this.failure !== undefined) return false
      answers = draws === undefined ? nextAnswers(answers, asked) : bounds.map((bound) => (draws as RandomStream).draw(bound))
    }
    return draws === undefined && answers === undefined
  }

  async #failed(seed: Seed, strategy: PowerAt): Promise<void> {
    this.failure = await detailedExecution(this.#subject, this.#options, seed, strategy)
  }

  /** What the last power failure of the execution that ended decided, and what it left. */
  #decided: { readonly bounds: readonly number[] } = { bounds: [] }
  #image = ''

  async #run(seed: Seed, strategy: PowerAt): Promise<void> {
    execution.onPowerFailure = (decisions: readonly Decision[]) => {
      this.#decided = { bounds: decisions.map(({ bound }) => bound) }
      this.#image = this.#failures === 2 ? imageOfDisk() : ''
    }
    try {
      if (startExecution(seed, strategy) === 'microtasks') await settleExecution()
    } finally {
      execution.onPowerFailure = undefined
    }
  }
}

/** The answers after these in the order of an odometer; undefined after the last. `bounds`: of what was asked when these were given. */
function nextAnswers(answers: readonly number[], bounds: readonly number[]): number[] | undefined {
  const next = bounds.map((_, i) => answers[i] ?? 0)
  for (let i = bounds.length - 1; i >= 0; i--) {
    if ((next[i] as number) + 1 < (bounds[i] as number)) return [...next.slice(0, i), (next[i] as number) + 1]
  }
  return undefined
}

/** Equal where the disk holds the same and as much was promised. */
function imageOfDisk(): string {
  const hash = createHash('sha256')
  for (const [path, bytes] of execution.disk.durableFiles()) hash.update(`${path}\0${bytes.length}\0`).update(bytes)
  return `${hash.digest('hex')} ${execution.history.length}`
}
