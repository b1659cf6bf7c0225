// How much smaller failures become: what each strategy finds in each known-bad scenario, as it is found and as a campaign shows it.
// Run: `npm run bench:shrink`, or `node dist/bench/shrink.js [--seeds 1] [--only <part of a name>] [--seed 1]`.
//
// A scenario is looked for with `--seeds` seeds by each strategy, up to the number of executions within which it says that it is found. A row is
// one failure: figures as found, an arrow, figures as made smaller; how many executions and milliseconds that took, and whether nothing was left to try.
// Then the means of all failures of a strategy.

import { parseArgs } from 'node:util'
import { campaign, type StrategyName } from '../sim/campaign.js'
import { type DiscoveredScenario, discover } from '../sim/discover.js'
import type { ExecutionStatistics } from '../sim/outcome.js'
import { ExecutionSeeds, formatSeed, parseSeed } from '../sim/random-streams.js'
import { CAMPAIGN_LIMITS, shrink } from '../sim/shrink/shrink.js'
import { count, table } from './table.js'

const STRATEGIES: readonly StrategyName[] = ['random', 'pct']
const RUNS_MAX_DEFAULT = 10_000
const FIGURES = ['crashes', 'powerFailures', 'preemptions', 'switches', 'steps'] as const

type Figures = Pick<ExecutionStatistics, (typeof FIGURES)[number]>

interface Made {
  readonly scenario: string
  readonly found: Figures
  readonly small: Figures
  readonly executions: number
  readonly elapsedMs: number
  readonly complete: boolean
}

async function made(subject: DiscoveredScenario, strategy: StrategyName, seed: string): Promise<Made | undefined> {
  const { knownBad, name } = subject.scenario
  const { failure, status } = await campaign(subject, { seed, strategy, runs: knownBad?.within ?? RUNS_MAX_DEFAULT, shrink: false })
  if (failure === undefined || status !== 'passed') return undefined
  const startMs = performance.now()
  const { statistics, shrunk } = await shrink(failure.recording, subject, CAMPAIGN_LIMITS)
  const elapsedMs = performance.now() - startMs
  return { scenario: name, found: failure.statistics, small: statistics, executions: shrunk?.executions ?? 0, elapsedMs, complete: shrunk?.complete === true }
}

function row({ scenario, found, small, executions, elapsedMs, complete }: Made): string[] {
  return [scenario, ...FIGURES.map((name) => `${found[name]} → ${small[name]}`), count(executions), count(elapsedMs), complete ? 'yes' : 'no']
}

function mean(all: readonly Made[], figure: (one: Made) => number): string {
  return (all.reduce((sum, one) => sum + figure(one), 0) / all.length).toFixed(1)
}

function means(strategy: StrategyName, all: readonly Made[]): string[] {
  return [
    strategy,
    count(all.length),
    ...FIGURES.map((name) => `${mean(all, ({ found }) => found[name])} → ${mean(all, ({ small }) => small[name])}`),
    mean(all, ({ executions }) => executions),
    mean(all, ({ elapsedMs }) => elapsedMs),
    `${all.filter(({ complete }) => complete).length} of ${all.length}`,
  ]
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seeds: { type: 'string', default: '1' }, only: { type: 'string', default: '' }, seed: { type: 'string', default: '1' } },
  })
  const first = parseSeed(values.seed)
  if (first === undefined) throw new Error(`shrink: expected --seed to have 1 to 12 hexadecimal digits, got ${values.seed}`)
  if (!(Number(values.seeds) >= 1)) throw new Error(`shrink: expected --seeds to be an integer of at least 1, got ${values.seeds}`)
  const sequence = new ExecutionSeeds(first)
  const seeds = Array.from({ length: Number(values.seeds) }, () => formatSeed(sequence.next()))
  const subjects = (await discover(['scenarios'])).filter(({ scenario }) => scenario.knownBad !== undefined && scenario.name.includes(values.only))
  const heads = [...FIGURES.map((name) => (name === 'powerFailures' ? 'power failures' : name)), 'executions', 'ms', 'complete']
  const totals: string[][] = []
  for (const strategy of STRATEGIES) {
    const all: Made[] = []
    for (const subject of subjects) {
      for (const seed of seeds) {
        const one = await made(subject, strategy, seed)
        if (one !== undefined) all.push(one)
      }
    }
    console.log(table([strategy, ...heads], all.map(row), 1).join('\n'), '\n')
    if (all.length > 0) totals.push(means(strategy, all))
  }
  console.log(table(['means', 'failures', ...heads], totals, 1).join('\n'))
  console.log(`\nnode ${process.version}, ${subjects.length} scenarios, ${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'} from ${seeds[0]}`)
}

await main()
