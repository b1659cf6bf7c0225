// Power failures everywhere, with every state of the disk that they may leave.

import test from 'ava'
import { powerSweep } from './power-sweep.js'
import { subjectFrom } from './subjects.test.support.js'
import { UsageError } from './usage-error.js'

/** One peer appends sectors to a file that is there, and looks at it when the machine has booted. */
const appending = (body: string, onOpened: string) => `
  import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync, writeFileSync, existsSync } from 'node:fs'
  const sector = (letter) => letter.repeat(512)
  const fsyncOf = (path) => { const file = openSync(path, 'r'); fsyncSync(file); closeSync(file) }
  export default scenario('appends', {
    peers: 1,
    setup({ boot }) {
      if (boot === 0) { writeFileSync('/tmp/log', ''); fsyncOf('/tmp/log'); fsyncOf('/tmp') }
      return new Int32Array(new SharedArrayBuffer(4))
    },
    peer(words, me) {
      Atomics.add(words, 0, 1)
      const file = openSync('/tmp/log', 'a')
      ${body}
    },
    invariants: [{ name: 'log', onEvent({ kind, name, data }, history) { ${onOpened} } }],
  })`

test.serial('power sweep: every moment and every state, counted by hand', async (t) => {
  // Nothing is written when the file is opened: one state. After the write there are the sizes 0 and 1,024, and where the size survives two sectors
  // that do or do not. After the fsync one state, and one more at the report, which changes the history.
  const subject = await subjectFrom(
    appending(
      `if (me.incarnation === 0) { writeSync(file, sector('a') + sector('b')); fsyncSync(file); me.event('safe') }
       else me.event('found', readFileSync('/tmp/log', 'utf8'))`,
      `if (name === 'found' && !['', 'safe'].includes(data) && ![...data].every((letter) => 'ab\\0'.includes(letter))) return data`,
    ),
  )
  const { moments, momentsExhausted, states, secondStates, failure } = await powerSweep(subject, { seed: '1', schedules: 1 })
  t.is(failure?.failure?.message, undefined)
  t.is(momentsExhausted, moments)
  // Moments: at the start, after the write, after the fsync with its report.
  t.is(moments, 3)
  t.is(states, 1 + (1 + 4) + 1)
  t.is(secondStates, 0)
})

test.serial('power sweep: where there are too many states, so many are drawn', async (t) => {
  const subject = await subjectFrom(appending(`if (me.incarnation === 0) for (let i = 0; i < 4; i++) writeSync(file, sector('a') + sector('b'))`, ''))
  const few = await powerSweep(subject, { seed: '1', schedules: 1, statesMax: 10 })
  t.is(few.moments, 5)
  t.is(few.momentsExhausted, 2)
  t.is(few.states, 1 + 5 + 10 + 10 + 10)
  const all = await powerSweep(subject, { seed: '1', schedules: 1, statesMax: 2000 })
  t.is(all.momentsExhausted, 5)
  // After n writes: for each size of 2 k sectors that survives, any subset of those.
  t.is(all.states, 1 + 5 + 21 + 85 + 341)
})

test.serial('power sweep: finds what is lost without a sync, and only that', async (t) => {
  const body = (sync: string) => `
    if (me.incarnation === 0) { writeSync(file, sector('a')); ${sync}; me.event('safe') }
    else me.event('found', readFileSync('/tmp/log', 'utf8'))`
  const judge = `if (name === 'found' && history.some((event) => event.name === 'safe') && data !== sector('a')) return 'lost'`
  const good = await powerSweep(await subjectFrom(appending(body('fsyncSync(file)'), judge)), { seed: '1', schedules: 3 })
  t.is(good.failure, undefined)
  t.is(good.schedules, 3)
  const bad = await powerSweep(await subjectFrom(appending(body(''), judge)), { seed: '1', schedules: 3 })
  t.is(bad.failure?.failure?.name, 'log')
  t.is(bad.failure?.statistics.powerFailures, 1)
})

test.serial('power sweep: a second failure strikes what recovers from the first', async (t) => {
  // Recovery moves the log to a place where it is found, but makes neither place durable before it says so.
  const subject = await subjectFrom(
    appending(
      `if (me.incarnation === 0) { writeSync(file, sector('a')); fsyncSync(file); me.event('safe') }
       else {
         const safe = existsSync('/tmp/moved') ? readFileSync('/tmp/moved', 'utf8') : readFileSync('/tmp/log', 'utf8')
         me.event('found', safe)
         writeFileSync('/tmp/moved', safe)
       }`,
      `if (name === 'found' && history.some((event) => event.name === 'safe') && data !== sector('a')) return 'lost'`,
    ),
  )
  t.is((await powerSweep(subject, { seed: '1', schedules: 1 })).failure, undefined)
  const twice = await powerSweep(subject, { seed: '1', schedules: 1, failures: 2 })
  t.is(twice.failure?.failure?.message, 'lost')
  t.is(twice.failure?.statistics.powerFailures, 2)
  t.true(twice.secondStates > 0)
})

test.serial('power sweep: what fails with the power on is found as well', async (t) => {
  const subject = await subjectFrom(appending(`me.event('broken')`, `if (name === 'broken') return 'broken'`))
  const { failure, states } = await powerSweep(subject, { seed: '1', schedules: 1 })
  t.is(failure?.failure?.message, 'broken')
  t.is(failure?.statistics.powerFailures, 0)
  t.is(states, 0)
})

test('power sweep: options that are not right', async (t) => {
  const subject = await subjectFrom(appending('', ''))
  for (const options of [{ seed: 'x' }, { statesMax: 0 }, { failures: 3 as 2 }]) {
    await t.throwsAsync(powerSweep(subject, { seed: '1', schedules: 1, ...options }), { instanceOf: UsageError })
  }
})
