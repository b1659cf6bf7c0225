// The way in from a test runner: runs the scenarios of a file and says in a value how they ended.

import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { type CampaignOptions, campaign, type StrategyName } from './campaign.js'
import { discover } from './discover.js'
import type { CampaignResult, Outcome } from './outcome.js'
import { UsageError } from './usage-error.js'

export interface CheckOptions extends Partial<Omit<CampaignOptions, 'strategy'>> {
  /** Default: both, one after the other. */
  readonly strategy?: StrategyName
  /** Name of the one scenario to run, where the file exports several. Default: all. */
  readonly scenario?: string
  /** Names of npm packages to instrument. */
  readonly packages?: readonly string[]
}

export interface CheckResult {
  /** Whether every good subject passed and every known-bad one was found, by one strategy at least. */
  readonly passed: boolean
  /** The first failing execution of a good subject, in full. */
  readonly failure: Outcome | undefined
  /** One for each scenario and strategy. */
  readonly campaigns: readonly CampaignResult[]
  /** The seed that they had; say it to `check` again for the same executions. */
  readonly seed: string
}

/**
 * Runs the scenarios of a file, with `runs` executions (default 10,000) for each scenario and strategy.
 *
 *     const { passed, failure } = await check(new URL('./spin-lock.scenario.ts', import.meta.url), { runs: 10_000 })
 *
 * Throws UsageError and LoadError for what cannot be run.
 */
export async function check(file: URL | string, options: CheckOptions = {}): Promise<CheckResult> {
  const { scenario, packages, strategy, seed = randomBytes(6).toString('hex'), ...rest } = options
  const found = await discover([typeof file === 'string' ? file : fileURLToPath(file)], packages === undefined ? {} : { packages })
  const subjects = scenario === undefined ? found : found.filter((one) => one.scenario.name === scenario)
  if (subjects.length === 0) throw new UsageError(`expected a scenario named "${scenario}", got ${found.map((one) => `"${one.scenario.name}"`).join(', ')}`)
  const campaigns: CampaignResult[] = []
  for (const subject of subjects) {
    for (const name of strategy === undefined ? (['random', 'pct'] as const) : [strategy])
      campaigns.push(await campaign(subject, { ...rest, seed, strategy: name }))
  }
  return {
    passed: campaigns.every((one) => one.status === 'passed' || isFound(one, campaigns)),
    failure: campaigns.find((one) => one.status === 'failed')?.failure,
    campaigns,
    seed,
  }
}

/** Whether a known-bad subject that this campaign did not find was found by another one. */
function isFound(missed: CampaignResult, campaigns: readonly CampaignResult[]): boolean {
  if (!missed.knownBad || missed.failure !== undefined || missed.status === 'fault') return false
  return campaigns.some((one) => one.scenario === missed.scenario && one.status === 'passed')
}
