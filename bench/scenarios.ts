// How fast the good scenarios run that ship: executions and steps per second, with invariants, trace and hash, as in a long campaign.
// Run: `npm run bench:scenarios`, or `node dist/bench/scenarios.js [--only <part of a name>]`. A second or two for each.
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
/** A primitive is much code to compile. */
const WARM_UP_ROUNDS = 8
const GOAL = 0.5

interface Rate {
  readonly executionsPerSecond: number
  readonly stepsPerSecond: number
}

/** Runs batches until the round is over. */
function measure(contestant: HeddleContestant, batch: number): Rate {
  const before = process.cpuUsage()
  let executions = 0
  let steps = 0
  let usedMs = 0
  while (usedMs < ROUND_MS) {
    steps += contestant.run(batch) as number
    executions += batch
    const { user, system } = process.cpuUsage(before)
    usedMs = (user + system) / 1000
  }
  return { executionsPerSecond: (1000 * executions) / usedMs, stepsPerSecond: (1000 * steps) / usedMs }
}

function compare(subject: DiscoveredScenario, yardstick: DiscoveredScenario, strategy: StrategyName): string[] {
  const contestant = new HeddleContestant(subject, strategy, longestOf(subject))
  const w1 = new HeddleContestant(yardstick, strategy, longestOf(yardstick))
  const rounds: { readonly rate: Rate; readonly w1: Rate }[] = []
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const pair = { rate: measure(contestant, 100), w1: measure(w1, 2000) }
    if (round >= 0) rounds.push(pair)
  }
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
