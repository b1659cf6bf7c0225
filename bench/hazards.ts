// Every hazard that ships, looked for again and again, and the good primitives under many executions.
// Run: `npm run hazards`, or `node dist/bench/hazards.js [--seeds 20] [--patience 1000000] [--executions 1000000] [--only <part of a name>] [--seed 1]`.
//
// A hazard is a known-bad scenario. It is looked for with `--seeds` seeds by each strategy, each time up to the number of executions within
// which it says that it is found, until the strategy has spent `--patience` executions on it. The mean is over the seeds that found it. Each failure is
// made smaller; preemptions are those of the smallest, beside those that the specification expects. Then the good scenarios: `--executions` for each
// family, a folder of scenarios, in equal shares for its scenarios and the strategies. Exit code 1 if a hazard is found by no strategy, or a
// good scenario does not pass.

import { basename, dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { campaign, type StrategyName } from '../sim/campaign.js'
import { type DiscoveredScenario, discover } from '../sim/discover.js'
import { ExecutionSeeds, formatSeed, parseSeed } from '../sim/random-streams.js'
import { count, table } from './table.js'

const STRATEGIES: readonly StrategyName[] = ['random', 'pct']
const RUNS_MAX_DEFAULT = 10_000

interface Options {
  readonly seeds: readonly string[]
  /** Executions that a strategy may spend on a hazard. */
  readonly patience: number
  /** For each family of good scenarios. */
  readonly executions: number
  readonly only: string
}

interface Search {
  readonly strategy: StrategyName
  readonly found: number
  /** Seeds that were tried. */
  readonly tried: number
  readonly executionsMean: number | undefined
  /** Those of the smallest failure, made smaller. */
  readonly preemptions: number | undefined
}

function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '20' },
      patience: { type: 'string', default: '1000000' },
      executions: { type: 'string', default: '1000000' },
      only: { type: 'string', default: '' },
      seed: { type: 'string', default: '1' },
    },
  })
  const first = parseSeed(values.seed)
  if (first === undefined) throw new Error(`hazards: expected --seed to have 1 to 12 hexadecimal digits, got ${values.seed}`)
  const seeds = new ExecutionSeeds(first)
  return {
    seeds: Array.from({ length: positive('seeds', values.seeds) }, () => formatSeed(seeds.next())),
    patience: positive('patience', values.patience),
    executions: positive('executions', values.executions),
    only: values.only,
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!(Number.isInteger(value) && value >= 1)) throw new Error(`hazards: expected --${name} to be an integer of at least 1, got ${text}`)
  return value
}

async function search(subject: DiscoveredScenario, strategy: StrategyName, { seeds, patience }: Options): Promise<Search> {
  const runs = subject.scenario.knownBad?.within ?? RUNS_MAX_DEFAULT
  const executions: number[] = []
  let preemptions: number | undefined
  let tried = 0
  let spent = 0
  for (const seed of seeds) {
    if (spent >= patience) break
    progress(`${subject.scenario.name}, ${strategy}: seed ${++tried} of ${seeds.length}, found ${executions.length} times`)
    const { status, failure, firstFailureAt, ...more } = await campaign(subject, { seed, strategy, runs })
    spent += more.executions
    if (status !== 'passed' || failure === undefined || firstFailureAt === undefined) continue
    executions.push(firstFailureAt + 1)
    preemptions = Math.min(preemptions ?? Number.POSITIVE_INFINITY, failure.statistics.preemptions)
  }
  const sum = executions.reduce((a, b) => a + b, 0)
  return { strategy, found: executions.length, tried, executionsMean: executions.length === 0 ? undefined : sum / executions.length, preemptions }
}

/** Prints a row for each hazard and strategy; the names of those that nobody found. */
async function hazards(subjects: readonly DiscoveredScenario[], options: Options): Promise<string[]> {
  const missed: string[] = []
  const names = subjects.map(({ scenario }) => scenario.name)
  const widths = [Math.max(...subjects.map(({ scenario }) => (scenario.knownBad?.hazard ?? '').length), 6), Math.max(...names.map((name) => name.length), 7)]
  const heads = ['hazard', 'variant', 'strategy', 'found', 'executions', 'preemptions', 'expected']
  const printRow = (cells: readonly string[]) =>
    print([cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] as number) : cell.padStart((heads[i] as string).length + 1))).join('  ')])
  printRow(heads)
  for (const subject of subjects) {
    const { knownBad, name } = subject.scenario
    const searches: Search[] = []
    for (const strategy of STRATEGIES) searches.push(await search(subject, strategy, options))
    if (searches.every(({ found }) => found === 0)) missed.push(name)
    for (const [i, { strategy, found, tried, executionsMean, preemptions }] of searches.entries()) {
      printRow([
        i === 0 ? (knownBad?.hazard ?? '–') : '',
        i === 0 ? name : '',
        strategy,
        `${found} of ${tried}`,
        executionsMean === undefined ? '–' : count(executionsMean),
        String(preemptions ?? '–'),
        String(knownBad?.preemptions ?? '–'),
      ])
    }
  }
  print([''])
  return missed
}

/** Prints a row for each family and good scenario; what went wrong. */
async function good(subjects: readonly DiscoveredScenario[], { executions, seeds }: Options): Promise<string[]> {
  const rows: string[][] = []
  const wrong: string[] = []
  for (const [family, members] of byFamily(subjects)) {
    const runs = Math.ceil(executions / (members.length * STRATEGIES.length))
    let survived = 0
    for (const { scenario, ...rest } of members) {
      const figures = { executions: 0, steps: 0, distinct: 0 }
      const statuses = new Set<string>()
      for (const strategy of STRATEGIES) {
        const onProgress = (so: { readonly executions: number }) =>
          progress(`${scenario.name}, ${strategy}: ${count(so.executions)} of ${count(runs)} executions`)
        const result = await campaign({ scenario, ...rest }, { seed: seeds[0] as string, strategy, runs, onProgress })
        figures.executions += result.executions
        figures.steps += result.steps
        figures.distinct = Math.max(figures.distinct, result.distinct)
        statuses.add(result.status)
        if (result.status !== 'passed') wrong.push(`${scenario.name}, ${strategy}: ${[result.failure?.failure?.message, ...result.remarks].join('; ')}`)
      }
      survived += figures.executions
      rows.push([family, scenario.name, [...statuses].join(', '), count(figures.executions), count(figures.steps), count(figures.distinct)])
    }
    rows.push([family, 'in all', '', count(survived), '', ''])
  }
  print(table(['family', 'scenario', 'status', 'executions', 'steps', 'distinct'], rows, 3))
  return wrong
}

/** By the folder that the file is in. */
function byFamily(subjects: readonly DiscoveredScenario[]): Map<string, DiscoveredScenario[]> {
  const families = new Map<string, DiscoveredScenario[]>()
  for (const subject of subjects) {
    const family = basename(dirname(subject.file))
    const members = families.get(family)
    if (members === undefined) families.set(family, [subject])
    else members.push(subject)
  }
  return families
}

let lastProgressMs = 0

/** One line on a terminal, written over again; elsewhere a line now and then. */
function progress(text: string): void {
  const live = process.stderr.isTTY
  const nowMs = performance.now()
  if (nowMs - lastProgressMs < (live ? PROGRESS_MS : PROGRESS_LOG_MS)) return
  lastProgressMs = nowMs
  process.stderr.write(live ? `\r${text.slice(0, process.stderr.columns - 1)}\u001b[K` : `${text}\n`)
}

function print(lines: readonly string[]): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  console.log(lines.join('\n'))
}

const PROGRESS_MS = 200
const PROGRESS_LOG_MS = 20_000

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2))
  const subjects = (await discover(['scenarios'])).filter(({ scenario }) => scenario.name.includes(options.only))
  const startMs = performance.now()
  const missed = await hazards(
    subjects.filter(({ scenario }) => scenario.knownBad !== undefined),
    options,
  )
  const wrong = await good(
    subjects.filter(({ scenario }) => scenario.knownBad === undefined),
    options,
  )
  for (const name of missed) console.log(`not found by any strategy: ${name}`)
  for (const text of wrong) console.log(`not passed: ${text}`)
  console.log(`node ${process.version}, ${options.seeds.length} seeds from ${options.seeds[0]}, ${Math.round((performance.now() - startMs) / 1000)} s`)
  process.exitCode = missed.length + wrong.length > 0 ? 1 : 0
}

await main()
