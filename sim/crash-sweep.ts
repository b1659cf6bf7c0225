// Crashes everywhere: takes schedules without a crash, and runs each again once for every step and every peer that may crash there.

import { executionOptions } from './campaign.js'
import { detailedExecution } from './detailed-execution.js'
import type { DiscoveredScenario } from './discover.js'
import { execution } from './execution.js'
import type { Outcome } from './outcome.js'
import { ExecutionSeeds, parseSeed, type Seed } from './random-streams.js'
import { settleExecution, startExecution } from './run-execution.js'
import { CrashAt } from './strategies/crash-at.js'
import { RandomWalk } from './strategies/random.js'
import type { Strategy } from './strategies/strategy.js'
import { UsageError } from './usage-error.js'

export interface CrashSweepOptions {
  /** 1 to 12 hexadecimal digits. */
  readonly seed: string
  /** Schedules that are crashed everywhere. */
  readonly schedules: number
}

export interface CrashSweepResult {
  readonly schedules: number
  /** Executions with a crash: one for each step of each schedule and each peer that could crash there. */
  readonly executions: number
  /** The operations before which a peer crashed, by kind of peer and place in the source: as many as there are. */
  readonly crashPoints: number
  /** The first execution that failed, in full; nothing is run after it. */
  readonly failure: Outcome | undefined
}

/**
 * Runs `schedules` schedules of the random walk and crashes each of them at every step, one peer at a time; after the crash the
 * walk goes on. Throws {@link UsageError} for a seed that is none, and faults of the harness.
 */
export async function crashSweep(subject: DiscoveredScenario, options: CrashSweepOptions): Promise<CrashSweepResult> {
  const seed = parseSeed(options.seed)
  if (seed === undefined) throw new UsageError(`expected a seed of 1 to 12 hexadecimal digits, got ${JSON.stringify(options.seed)}`)
  const sweep = new CrashSweep(subject)
  const seeds = new ExecutionSeeds(seed)
  let schedules = 0
  while (schedules < options.schedules && sweep.failure === undefined) {
    await sweep.crashEverywhere(seeds.next())
    schedules++
  }
  return { schedules, executions: sweep.executions, crashPoints: sweep.crashPoints.size, failure: sweep.failure }
}

class CrashSweep {
  executions = 0
  readonly crashPoints = new Set<string>()
  failure: Outcome | undefined
  readonly #subject: DiscoveredScenario

  constructor(subject: DiscoveredScenario) {
    this.#subject = subject
  }

  async crashEverywhere(seed: Seed): Promise<void> {
    const { scenario } = this.#subject
    const victimCount = scenario.kinds.filter((kind) => scenario.faults?.victims?.includes(kind) ?? true).length
    const options = executionOptions(scenario, { crashes: 0 }, 1)
    execution.load(scenario, options)
    const steps = await this.#run(seed, new RandomWalk())
    if (execution.failure !== undefined) {
      this.failure = await detailedExecution(this.#subject, options, seed, new RandomWalk())
      return
    }
    for (let step = 0; step < steps; step++) {
      for (let victim = 0; victim < victimCount; victim++) {
        if (this.failure !== undefined) return
        await this.#crash(seed, step, victim)
      }
    }
  }

  async #crash(seed: Seed, step: number, victim: number): Promise<void> {
    const options = executionOptions(this.#subject.scenario, { crashes: 1 }, 1)
    const strategy = new CrashAt(new RandomWalk(), step, victim)
    execution.load(this.#subject.scenario, options)
    execution.onCrash = (actor) => this.crashPoints.add(`${actor.kind}:${actor.site}:${actor.operation}`)
    try {
      await this.#run(seed, strategy)
      if (strategy.crashedAt === undefined) return
      this.executions++
      if (execution.failure !== undefined) this.failure = await detailedExecution(this.#subject, options, seed, strategy)
    } finally {
      execution.onCrash = undefined
    }
  }

  /** Steps that the execution took. */
  async #run(seed: Seed, strategy: Strategy): Promise<number> {
    if (startExecution(seed, strategy) === 'microtasks') await settleExecution()
    return execution.trace.steps
  }
}
