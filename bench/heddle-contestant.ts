// Heddle, as a campaign runs it: everything that sim/campaign.ts does for each execution, and nothing else.

import { type CampaignOptions, executionOptions } from '../sim/campaign.js'
import type { DiscoveredScenario } from '../sim/discover.js'
import { DistinctSet } from '../sim/distinct-set.js'
import { execution } from '../sim/execution.js'
import { inlineMoreFor } from '../sim/inlining.js'
import { ExecutionSeeds } from '../sim/random-streams.js'
import { startExecution } from '../sim/run-execution.js'
import { Pct } from '../sim/strategies/pct.js'
import { RandomWalk } from '../sim/strategies/random.js'
import { behaviourOf } from '../sim/trace.js'
import type { Contestant, StrategyName } from './contestant.js'

const DEPTH = 3
const DISTINCT_MAX = 1_000_000
/** The bench measures long campaigns. */
const CAMPAIGN_EXECUTIONS = 1_000_000
const OPTIONS: Pick<CampaignOptions, 'crashes' | 'stepsMax'> = {}

export class HeddleContestant {
  readonly #subject: DiscoveredScenario
  readonly #strategy: RandomWalk | Pct
  readonly #seeds: ExecutionSeeds
  readonly #distinct = new DistinctSet(DISTINCT_MAX)
  readonly #lengthEstimate: number

  constructor(subject: DiscoveredScenario, strategy: StrategyName, lengthEstimate: number, seed = 1) {
    inlineMoreFor(CAMPAIGN_EXECUTIONS, undefined)
    this.#subject = subject
    this.#strategy = strategy === 'random' ? new RandomWalk() : new Pct(DEPTH)
    this.#lengthEstimate = lengthEstimate
    this.#seeds = new ExecutionSeeds(seed)
  }

  /** Different behaviours so far. */
  get distinct(): number {
    return this.#distinct.size
  }

  readonly run: Contestant = (executions) => {
    const { scenario } = this.#subject
    execution.load(scenario, executionOptions(scenario, OPTIONS, this.#lengthEstimate))
    let steps = 0
    for (let i = 0; i < executions; i++) {
      if (startExecution(this.#seeds.next(), this.#strategy) !== 'ended') throw new Error('bench: an execution waits for a promise')
      if (execution.failure !== undefined) throw new Error(`bench: ${scenario.name}: ${execution.failure.message}`)
      steps += execution.trace.steps
      this.#distinct.add(behaviourOf(execution.peers))
    }
    // The table looks numbers up many at a time: let the last of them be paid for.
    if (this.#distinct.size === 0) throw new Error('bench: no behaviour was counted')
    return steps
  }
}

/** The longest of a few executions, as a campaign estimates it. */
export function longestOf(subject: DiscoveredScenario, executions = 8): number {
  const { scenario } = subject
  execution.load(scenario, executionOptions(scenario, OPTIONS, 1))
  const walk = new RandomWalk()
  let longest = 1
  for (let seed = 1; seed <= executions; seed++) {
    startExecution(seed, walk)
    longest = Math.max(longest, execution.trace.steps)
  }
  return longest
}
