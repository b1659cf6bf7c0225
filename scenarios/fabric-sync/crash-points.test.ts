// A crash at every step of many schedules: whoever is left gets the lock, and no update is lost.

import test from 'ava'
import { crashSweep } from '../../sim/crash-sweep.js'
import { type DiscoveredScenario, discover } from '../../sim/discover.js'

const SEED = 'fab5c'
const SCHEDULES = 40

const subjects = await discover(['scenarios/fabric-sync'])

function subjectNamed(name: string): DiscoveredScenario {
  const found = subjects.find(({ scenario }) => scenario.name === name)
  if (found === undefined) throw new Error(`no scenario named ${name}`)
  return found
}

for (const name of ['fabric-counter', 'fabric-attached-holder-dies', 'fabric-side-by-side']) {
  test.serial(`${name}: survives a crash at every step of ${SCHEDULES} schedules`, async (t) => {
    const { failure, executions, crashPoints } = await crashSweep(subjectNamed(name), { seed: SEED, schedules: SCHEDULES })
    t.is(failure?.failure, undefined)
    t.log(`${executions} executions with a crash, before ${crashPoints} different operations`)
    t.true(executions > SCHEDULES)
    t.true(crashPoints > 5)
  })
}

test.serial(`fabric-attached-holder-dies / one-lease-per-arena: a crash at every step finds it`, async (t) => {
  const subject = subjectNamed('fabric-attached-holder-dies / one-lease-per-arena')
  const { failure } = await crashSweep(subject, { seed: SEED, schedules: SCHEDULES })
  t.true(subject.scenario.knownBad?.breaks.includes(failure?.failure?.name ?? 'nothing'))
})
