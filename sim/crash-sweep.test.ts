// Schedules that are crashed at every one of their steps.

import test from 'ava'
import { crashSweep } from './crash-sweep.js'
import { subjectFrom } from './subjects.test.support.js'
import { UsageError } from './usage-error.js'

/** Two peers with two steps each. */
const adding = (atEnd: string) => `
  export default scenario('adds', {
    peers: 2,
    setup: () => new Int32Array(new SharedArrayBuffer(8)),
    peer(words) { Atomics.add(words, 0, 1); Atomics.add(words, 1, 1) },
    invariants: [{ name: 'sum', atEnd(words) { ${atEnd} } }],
  })`

test.serial('crash sweep: one execution for each step and each peer that may crash there', async (t) => {
  const { schedules, executions, crashPoints, failure } = await crashSweep(await subjectFrom(adding('')), { seed: '1', schedules: 3 })
  t.is(failure, undefined)
  t.is(schedules, 3)
  // Before each of 4 steps 2 peers may crash; who has ended is no victim, so the choice falls on the other one.
  t.is(executions, 3 * 4 * 2)
  t.is(crashPoints, 2)
})

test.serial('crash sweep: finds what only a crash shows', async (t) => {
  const { failure } = await crashSweep(await subjectFrom(adding(`if (words[0] !== words[1]) return 'half done'`)), { seed: '1', schedules: 1 })
  t.is(failure?.failure?.message, 'half done')
  t.is(failure?.statistics.crashes, 1)
})

test.serial('crash sweep: what fails without a crash is found as well', async (t) => {
  const { failure, executions } = await crashSweep(await subjectFrom(adding(`if (words[0] === 2) return 'both'`)), { seed: '1', schedules: 1 })
  t.is(failure?.failure?.message, 'both')
  t.is(failure?.statistics.crashes, 0)
  t.is(executions, 0)
})

test('crash sweep: a seed that is none', async (t) => {
  await t.throwsAsync(crashSweep(await subjectFrom(adding('')), { seed: 'x', schedules: 1 }), { instanceOf: UsageError })
})
