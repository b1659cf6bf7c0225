// The pool crashed everywhere: every step of many schedules, each followed by the host's recovery. No slot is ever lost.

import test from 'ava'
import { crashSweep } from '../../sim/crash-sweep.js'
import { type DiscoveredScenario, discover } from '../../sim/discover.js'

const SEED = 'c4a54'
const SCHEDULES = 150

const subjects = await discover(['scenarios/varslot-pool'])

function subjectNamed(name: string): DiscoveredScenario {
  const found = subjects.find(({ scenario }) => scenario.name === name)
  if (found === undefined) throw new Error(`no scenario named ${name}`)
  return found
}

for (const name of ['varslot-crash-everywhere', 'varslot-recover-under-traffic', 'varslot-adopt', 'varslot-id-reuse']) {
  test.serial(`${name}: the pool survives a crash at every step of ${SCHEDULES} schedules`, async (t) => {
    const { failure, executions, crashPoints } = await crashSweep(subjectNamed(name), { seed: SEED, schedules: SCHEDULES })
    t.is(failure?.failure, undefined)
    t.log(`${executions} executions with a crash, before ${crashPoints} different operations`)
    t.true(executions > SCHEDULES)
    t.true(crashPoints > 5)
  })
}

for (const variant of ['no-intent', 'no-intent, named', 'recover-without-checks', 'owner-after-publish']) {
  test.serial(`varslot-crash-everywhere / ${variant}: a crash at every step finds it`, async (t) => {
    const subject = subjectNamed(`varslot-crash-everywhere / ${variant}`)
    const { failure } = await crashSweep(subject, { seed: SEED, schedules: SCHEDULES })
    t.true(subject.scenario.knownBad?.breaks.includes(failure?.failure?.name ?? 'nothing'))
  })
}
