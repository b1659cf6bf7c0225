// Executions per second of Heddle, of fast-check's `scheduler` on the same work, and of a stepper written by hand (the ceiling).
// Run: `npm run bench`, or on one core `taskset -c 1 node dist/bench/bench.js`. About a minute.
//
// Three workloads (see workloads/): W1, three peers take a lock three times each; W2, three peers pop and push a lock-free stack twice
// each; W3, two peers add to one word a thousand times each. Heddle's figure is what a long campaign gets: ordinary code, loaded
// and instrumented as `heddle run` does, a seed for each execution, the trace, its hash and the count of distinct behaviours, step limit
// and an invariant at the end. Random walk, and PCT of depth 3. fast-check has no PCT: both are compared with its random order.
//
// All three run in this process, in turn, round after round. Rates are executions per second of processor time of the whole process
// (process.cpuUsage), for the machine may be busy; each is the median over the rounds. Ratios are medians of the rounds' ratios, so a
// machine that changes its speed between rounds does not change them. The ratio to the ceiling is one of steps per second: equal to that
// of executions, save for PCT on W1, where Heddle lets a peer that spins go on for longer. Every execution's result is checked.

import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type DiscoveredScenario, discover } from '../sim/discover.js'
import { ceilingContestant } from './ceiling.js'
import type { Contestant, StrategyName, WorkloadName } from './contestant.js'
import { fastCheckContestant } from './fast-check-contestant.js'
import { HeddleContestant, longestOf } from './heddle-contestant.js'
import { count, table } from './table.js'

/** Of the source, also when this runs from `dist`. */
const WORKLOADS = fileURLToPath(new URL(import.meta.url.includes('/dist/bench/') ? '../../bench/workloads' : './workloads', import.meta.url))
const ROUNDS = 9
const WARM_UP_ROUNDS = 2
const MEMORY_EXECUTIONS = 1_000_000

/** Executions for each round: about a sixth of a second. */
const EXECUTIONS = { W1: 80_000, W2: 35_000, W3: 2_500 } as const
const FAST_CHECK_EXECUTIONS = { W1: 1_500, W2: 700, W3: 24 } as const

const FAST_CHECK_GOAL = 50
const CEILING_GOAL = 0.8

interface Measured {
  readonly perSecond: number
  readonly steps: number
}

interface Row {
  readonly scenario: string
  readonly strategy: StrategyName
  readonly executionsPerSecond: number
  readonly stepsPerSecond: number
  readonly distinct: number
  readonly executions: number
  readonly ceilingPerSecond: number
  readonly ofCeiling: number
  readonly fastCheckPerSecond: number
  readonly timesFastCheck: number
}

async function measure(contestant: Contestant, executions: number): Promise<Measured> {
  const before = process.cpuUsage()
  const steps = await contestant(executions)
  const { user, system } = process.cpuUsage(before)
  const seconds = (user + system) / 1e6
  return { perSecond: executions / seconds, steps: steps / executions }
}

/** One workload, both strategies: rows for the table. */
async function compare(name: WorkloadName, subject: DiscoveredScenario): Promise<Row[]> {
  const length = longestOf(subject)
  const fastCheck = fastCheckContestant(name)
  const sides = (['random', 'pct'] as const).map((strategy) => ({
    strategy,
    heddle: new HeddleContestant(subject, strategy, length),
    ceiling: ceilingContestant(name, strategy, length),
    rounds: [] as { heddle: Measured; ceiling: Measured; fastCheck: Measured }[],
  }))
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const ofFastCheck = await measure(fastCheck, FAST_CHECK_EXECUTIONS[name])
    for (const { heddle, ceiling, rounds } of sides) {
      const ofCeiling = await measure(ceiling, EXECUTIONS[name])
      const ofHeddle = await measure(heddle.run, EXECUTIONS[name])
      if (round >= WARM_UP_ROUNDS) rounds.push({ heddle: ofHeddle, ceiling: ofCeiling, fastCheck: ofFastCheck })
    }
  }
  return sides.map(({ strategy, heddle, rounds }) => ({
    scenario: subject.scenario.name,
    strategy,
    executionsPerSecond: median(rounds.map((round) => round.heddle.perSecond)),
    stepsPerSecond: median(rounds.map((round) => round.heddle.perSecond * round.heddle.steps)),
    distinct: heddle.distinct,
    executions: EXECUTIONS[name] * (ROUNDS + WARM_UP_ROUNDS),
    ceilingPerSecond: median(rounds.map((round) => round.ceiling.perSecond)),
    ofCeiling: median(rounds.map((round) => (round.heddle.perSecond * round.heddle.steps) / (round.ceiling.perSecond * round.ceiling.steps))),
    fastCheckPerSecond: median(rounds.map((round) => round.fastCheck.perSecond)),
    timesFastCheck: median(rounds.map((round) => round.heddle.perSecond / round.fastCheck.perSecond)),
  }))
}

function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] as number
}

/** What a campaign of a million executions keeps. */
function memory(subject: DiscoveredScenario): string {
  const warmUp = new HeddleContestant(subject, 'random', longestOf(subject))
  warmUp.run(EXECUTIONS.W1)
  const contestant = new HeddleContestant(subject, 'random', longestOf(subject))
  const before = process.memoryUsage.rss()
  contestant.run(MEMORY_EXECUTIONS)
  const after = process.memoryUsage.rss()
  return `resident memory over ${count(MEMORY_EXECUTIONS)} executions of W1: ${megabytes(before)} at the start, ${megabytes(after)} at the end, with ${count(contestant.distinct)} distinct behaviours in the table`
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`
}

function print(rows: readonly Row[]): void {
  const heads = ['workload', 'strategy', 'executions/s', 'M steps/s', 'distinct', 'ceiling', 'ratio', 'fast-check', 'ratio']
  const lines = rows.map((row) => [
    row.scenario,
    row.strategy,
    count(row.executionsPerSecond),
    (row.stepsPerSecond / 1e6).toFixed(1),
    `${((100 * row.distinct) / row.executions).toFixed(1)} %`,
    count(row.ceilingPerSecond),
    `${row.ofCeiling.toFixed(2)}${row.ofCeiling < CEILING_GOAL ? ' <' : '  '}`,
    count(row.fastCheckPerSecond),
    `${row.timesFastCheck.toFixed(0)}×${row.timesFastCheck < FAST_CHECK_GOAL ? ' <' : '  '}`,
  ])
  console.log(table(heads, lines, 2).join('\n'))
}

async function main(): Promise<void> {
  const subjects = await discover([WORKLOADS])
  const subjectOf = (name: WorkloadName): DiscoveredScenario => {
    const subject = subjects.find(({ scenario }) => scenario.name.startsWith(name))
    if (subject === undefined) throw new Error(`bench: expected a scenario ${name} in ${WORKLOADS}`)
    return subject
  }
  const startMs = performance.now()
  const before = process.cpuUsage()
  const memoryLine = memory(subjectOf('W1'))
  const rows: Row[] = []
  for (const name of ['W1', 'W2', 'W3'] as const) rows.push(...(await compare(name, subjectOf(name))))
  const { user, system } = process.cpuUsage(before)
  const wallClock = (performance.now() - startMs) / ((user + system) / 1000)
  console.log(`node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}; medians of ${ROUNDS} rounds in turn`)
  console.log(`executions per second of processor time; the clock on the wall went ${wallClock.toFixed(2)} times as far\n`)
  print(rows)
  console.log(`\ngoals: at least ${CEILING_GOAL} of the ceiling, ${FAST_CHECK_GOAL} times fast-check; < marks what misses one`)
  console.log(memoryLine)
}

await main()
