// How fast the good scenarios run that ship: executions and steps per second, with invariants, trace and hash, as in a long campaign.
// Run: `npm run bench:scenarios`, or `node dist/bench/scenarios.js [--only <part of a name>]`. Four to six seconds of processor time for each
// line: some ten minutes for the whole table.
//
// A primitive is much code to compile, and its rate rises for seconds. So each scenario warms up until the rate stands still, for
// 2.4 s at least and 4 s at most, with a little of W1 in between, so that what both share is compiled for both.
//
// Beside each stands the ratio of its step rate to that of W1 (bench.ts) under the same strategy, measured in turn with it: medians over the
// rounds, of processor time. The goal is half of it; < marks what misses.

import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type DiscoveredScenario, discover } from '../sim/discover.js'
import type { StrategyName } from './contestant.js'
import { HeddleContestant, longestOf } from './heddle-contestant.js'
import { count, lineSetter } from './table.js'

const WORKLOADS = fileURLToPath(new URL(import.meta.url.includes('/dist/bench/') ? '../../bench/workloads' : './workloads', import.meta.url))
const ROUNDS = 5
const ROUND_MS = 100
const WARM_UP_ROUND_MS = 200
/** Of W1, after each round of the scenario. */
const WARM_UP_W1_MS = 50
const WARM_UP_ROUNDS_MAX = 20
/** The rate stands still when so many rounds are on average no faster, by more than this, than as many before them. */
const SETTLED_ROUNDS = 6
const SETTLED_WITHIN = 0.01
const GOAL = 0.5

interface Rate {
  readonly executionsPerSecond: number
  readonly stepsPerSecond: number
}

/** Runs batches until the round is over. */
function measure(contestant: HeddleContestant, batch: number, roundMs = ROUND_MS): Rate {
  const before = process.cpuUsage()
  let executions = 0
  let steps = 0
  let usedMs = 0
  while (usedMs < roundMs) {
    steps += contestant.run(batch) as number
    executions += batch
    const { user, system } = process.cpuUsage(before)
    usedMs = (user + system) / 1000
  }
  return { executionsPerSecond: (1000 * executions) / usedMs, stepsPerSecond: (1000 * steps) / usedMs }
}

/** Until the scenario's rate stands still, or for as long as may be. */
function warmUp(contestant: HeddleContestant, w1: HeddleContestant): void {
  const rates: number[] = []
  while (rates.length < WARM_UP_ROUNDS_MAX && !isSettled(rates)) {
    rates.push(measure(contestant, 100, WARM_UP_ROUND_MS).stepsPerSecond)
    measure(w1, 500, WARM_UP_W1_MS)
  }
}

function isSettled(rates: readonly number[]): boolean {
  if (rates.length < 2 * SETTLED_ROUNDS) return false
  const before = mean(rates.slice(-2 * SETTLED_ROUNDS, -SETTLED_ROUNDS))
  return mean(rates.slice(-SETTLED_ROUNDS)) < (1 + SETTLED_WITHIN) * before
}

function compare(subject: DiscoveredScenario, yardstick: DiscoveredScenario, strategy: StrategyName): string[] {
  const contestant = new HeddleContestant(subject, strategy, longestOf(subject))
  const w1 = new HeddleContestant(yardstick, strategy, longestOf(yardstick))
  const rounds: { readonly rate: Rate; readonly w1: Rate }[] = []
  warmUp(contestant, w1)
  while (rounds.length < ROUNDS) rounds.push({ rate: measure(contestant, 100), w1: measure(w1, 2000) })
  const executions = median(rounds.map(({ rate }) => rate.executionsPerSecond))
  const steps = median(rounds.map(({ rate }) => rate.stepsPerSecond))
  const ratio = median(rounds.map((pair) => pair.rate.stepsPerSecond / pair.w1.stepsPerSecond))
  return [
    subject.scenario.name,
    strategy,
    count(executions),
    (steps / 1e6).toFixed(2),
    (steps / executions).toFixed(1),
    `${ratio.toFixed(2)}${ratio < GOAL ? ' <' : '  '}`,
  ]
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[figures.length >> 1] as number
}

function mean(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
  const [yardstick] = (await discover([WORKLOADS])).filter(({ scenario }) => scenario.name.startsWith('W1'))
  if (yardstick === undefined) throw new Error(`bench: expected a scenario W1 in ${WORKLOADS}`)
  const subjects = (await discover(['scenarios'])).filter(({ scenario }) => scenario.knownBad === undefined && scenario.name.includes(values.only))
  const heads = ['scenario', 'strategy', 'executions/s', 'M steps/s', 'steps', 'of W1']
  const longestName = Math.max(...subjects.map(({ scenario }) => scenario.name.length))
  const line = lineSetter(heads, [longestName, 0, 0, 0, '1000.0'.length, '0.00 <'.length], 2)
  console.log(line(heads))
  for (const subject of subjects) for (const strategy of ['random', 'pct'] as const) console.log(line(compare(subject, yardstick, strategy)))
  console.log(`\ngoal: at least ${GOAL} of the steps per second of W1; < marks what misses`)
}

await main()
