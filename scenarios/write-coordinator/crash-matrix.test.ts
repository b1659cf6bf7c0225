// The power fails everywhere: at every moment of the commits of three submitters, with every state of the files that this may leave, and again in the
// recovery and the commits after it. What was acknowledged is never lost.
//
// Of a moment with more states than the bound, so many are drawn; how many moments were exhausted is counted. The counts are those of these seeds, and
// change with the code: what is asserted is that the sweep has not become empty.

import test from 'ava'
import { type DiscoveredScenario, discover } from '../../sim/discover.js'
import { type PowerSweepOptions, powerSweep } from '../../sim/power-sweep.js'

const SEED = '2'

const subjects = await discover(['scenarios/write-coordinator', 'scenarios/write-coordinator/torn-group-trusted.ts'])

function subjectNamed(name: string): DiscoveredScenario {
  const found = subjects.find(({ scenario }) => scenario.name === name)
  if (found === undefined) throw new Error(`no scenario named ${name}`)
  return found
}

interface CountsMin {
  readonly moments: number
  readonly exhausted: number
  readonly states: number
  readonly secondStates: number
}

const survives = test.macro(async (t, name: string, options: Omit<PowerSweepOptions, 'seed'>, atLeast: CountsMin) => {
  const { failure, moments, momentsExhausted, states, secondStates } = await powerSweep(subjectNamed(name), { seed: SEED, ...options })
  t.is(failure?.failure?.message, undefined)
  t.log(`${moments} moments, ${momentsExhausted} of them exhausted; ${states} states left by a failure, ${secondStates} by a second one`)
  t.true(moments >= atLeast.moments)
  t.true(momentsExhausted >= atLeast.exhausted)
  t.true(states >= atLeast.states)
  t.true(secondStates >= atLeast.secondStates)
})

const isFound = test.macro(async (t, name: string, options: Omit<PowerSweepOptions, 'seed'>) => {
  const subject = subjectNamed(name)
  const { failure, states, secondStates } = await powerSweep(subject, { seed: SEED, ...options })
  t.log(`after ${states} states left by a failure, ${secondStates} by a second one`)
  t.true(subject.scenario.knownBad?.breaks.includes(failure?.failure?.name ?? 'nothing'), failure?.failure?.message)
})

test.serial(
  'wc-crash-matrix: the power fails at every moment',
  survives,
  'wc-crash-matrix',
  { schedules: 12, statesMax: 64 },
  {
    moments: 150,
    exhausted: 120,
    states: 2500,
    secondStates: 0,
  },
)

test.serial(
  'wc-crash-matrix: and again, in the recovery and after it',
  survives,
  'wc-crash-matrix',
  { schedules: 1, statesMax: 8, failures: 2 },
  {
    moments: 10,
    exhausted: 5,
    states: 60,
    secondStates: 1000,
  },
)

test.serial(
  'wc-torn-group: the power fails at every moment, and again',
  survives,
  'wc-torn-group',
  { schedules: 1, statesMax: 8, failures: 2 },
  {
    moments: 10,
    exhausted: 4,
    states: 60,
    secondStates: 2000,
  },
)

// A violation that needs no power failure is not what a sweep looks for: of two uses of a variant it is the one judged by what a recovery finds.
for (const variant of ['one-barrier, recovered', 'reply-before-sync, recovered', 'recover-without-truncate-and-chain']) {
  test.serial(`wc-crash-matrix / ${variant}: a power failure at every moment finds it`, isFound, `wc-crash-matrix / ${variant}`, { schedules: 3 })
}

test.serial(
  'wc-torn-group / recover-without-truncate-and-chain: a second power failure finds what counts that should not',
  isFound,
  'wc-torn-group / recover-without-truncate-and-chain',
  { schedules: 4, statesMax: 8, failures: 2 },
)
