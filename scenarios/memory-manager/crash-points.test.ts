// The memory manager crashed everywhere: every step of many schedules, each followed by the host's recovery. No slot is lost, no lock stays.

import test from 'ava'
import { crashSweep } from '../../sim/crash-sweep.js'
import { type DiscoveredScenario, discover } from '../../sim/discover.js'

const SEED = 'c4a54'
const SCHEDULES = 100

const subjects = await discover(['scenarios/memory-manager'])

function subjectNamed(name: string): DiscoveredScenario {
  const found = subjects.find(({ scenario }) => scenario.name === name)
  if (found === undefined) throw new Error(`no scenario named ${name}`)
  return found
}

for (const name of ['mm-counter', 'mm-storer-dies', 'mm-writer-dies', 'mm-waiter-dies', 'mm-owner-dies-reader-holds', 'mm-freer-dies']) {
  test.serial(`${name}: the manager survives a crash at every step of ${SCHEDULES} schedules`, async (t) => {
    const { failure, executions, crashPoints } = await crashSweep(subjectNamed(name), { seed: SEED, schedules: SCHEDULES })
    t.is(failure?.failure, undefined)
    t.log(`${executions} executions with a crash, before ${crashPoints} different operations`)
    t.true(executions > SCHEDULES)
    t.true(crashPoints > 5)
  })
}

for (const variant of [
  'mm-counter / counter-before-push',
  'mm-storer-dies / no-intent',
  'mm-writer-dies / reader-count',
  'mm-writer-dies / no-dirty, poison',
  'mm-writer-dies / poison-on-lock',
  'mm-freer-dies / recovery-keeps-poison',
]) {
  test.serial(`${variant}: a crash at every step finds it`, async (t) => {
    const subject = subjectNamed(variant)
    const { failure } = await crashSweep(subject, { seed: SEED, schedules: SCHEDULES })
    t.true(subject.scenario.knownBad?.breaks.includes(failure?.failure?.name ?? 'nothing'), failure?.failure?.message)
  })
}
