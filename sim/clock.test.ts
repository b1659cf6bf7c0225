// Virtual time.

import test from 'ava'
import { Clock, EPOCH_MS } from './clock.js'
import { Pct } from './strategies/pct.js'
import { RandomWalk } from './strategies/random.js'
import { campaignOf, outcomeOf, subjectFrom } from './subjects.test.support.js'

test('clock: fires what is due, by time and then by the order of starting', (t) => {
  const clock = new Clock()
  const fired: string[] = []
  clock.start(0, 30, () => fired.push('30'))
  clock.start(0, 10, () => {
    fired.push('10')
    clock.start(0, 0, () => fired.push('0 in 10'))
  })
  clock.start(1, 10, () => fired.push('also 10'))
  const stopped = clock.start(0, 20, () => fired.push('never'))
  clock.start(2, -5, () => fired.push('now'))
  clock.start(7, 10, () => fired.push('of the dead'))
  clock.stopAllOf(7)
  t.true(clock.stop(stopped))
  t.false(clock.stop(stopped))
  t.is(clock.nextDueMs(), 0)
  clock.advanceTo(0)
  t.is(clock.nextDueMs(), 10)
  clock.advanceTo(10)
  clock.advanceTo(30)
  t.deepEqual(fired, ['now', '10', 'also 10', '0 in 10', '30'])
  t.is(clock.pending, 0)
  t.is(clock.nextDueMs(), Number.POSITIVE_INFINITY)
  t.is(clock.nowMs, EPOCH_MS + 30)
  t.throws(() => clock.advanceTo(29), { message: /heddle internal/ })
})

test.serial('clock: sleepers wake in the order of their moments, and never early', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('sleepers', {
      peers: 3,
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(4)), awake: [] }),
      peer({ words }, me) {
        const before = me.now()
        me.sleep([30, 10, 20.5][me.id])
        me.event('slept', me.now() - before)
        Atomics.add(words, 0, 1)
      },
    })`)
  for (const strategy of [new RandomWalk(), new Pct(3)]) {
    for (let seed = 1; seed <= 100; seed++) {
      const { history, failure } = await outcomeOf(subject, seed, strategy)
      t.is(failure, undefined)
      for (const event of history) t.true((event.data as number) >= [30, 10, 20.5][event.peer])
    }
  }
})

test.serial('clock: time moves only when the clock is picked, and reading it is a step', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('readers', {
      peers: 2,
      setup: () => new Int32Array(new SharedArrayBuffer(4)),
      peer(words, me) {
        for (let i = 0; i < 4; i++) { me.event('date', Date.now()); me.event('performance', performance.now()); me.event('handle', me.now()); me.event('new', new Date().getTime()) }
        Atomics.add(words, 0, 1)
      },
    })`)
  const moves = new Set<number>()
  for (let seed = 1; seed <= 60; seed++) {
    const { trace, history, failure } = await outcomeOf(subject, seed)
    t.is(failure, undefined, failure?.message)
    t.is(trace.filter((step) => step.operation === 'clock read').length, 24, '`new Date()` runs in a constructor: no step')
    let now = EPOCH_MS
    let elapsed = 0
    for (const step of trace) {
      if (step.operation === 'advance') {
        t.is(step.actor, 'clock')
        elapsed = Number(step.result || elapsed)
      }
      for (const event of history.filter((one) => one.step === step.step && one.kind === 'event')) {
        const at = event.name === 'performance' ? EPOCH_MS + (event.data as number) : (event.data as number)
        t.true(at >= now, 'time went back')
        if (step.operation === 'clock read' && at !== now) moves.add(at - now)
        now = at
      }
    }
    t.true(elapsed >= 0)
  }
  t.true(moves.size > 1)
})

test.serial('clock: a loop that waits for time to pass ends', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('busy waiting', {
      peers: 2,
      setup: () => new Int32Array(new SharedArrayBuffer(4)),
      peer(words) {
        const end = Date.now() + 50
        while (Date.now() < end) Atomics.load(words, 0)
      },
    })`)
  for (const strategy of ['random', 'pct'] as const) {
    const result = await campaignOf(subject, { strategy, runs: 200 })
    t.is(result.status, 'passed', result.remarks.join())
  }
})

test.serial('clock: stops just before, at and just after a deadline of the scenario', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('leases', {
      peers: { holder: 1, reader: 1 },
      setup: () => { const words = new Int32Array(new SharedArrayBuffer(8)); return { words, expiry: Date.now() + 5000 } },
      peer: {
        holder({ words }, me) { for (let i = 0; i < 5; i++) Atomics.add(words, 0, 1) },
        reader({ words, expiry }, me) { for (let i = 0; i < 5; i++) { Atomics.load(words, 0); me.event('left', expiry - me.now()) } },
      },
      deadlines: ({ expiry }) => [expiry],
    })`)
  for (const strategy of [new RandomWalk(), new Pct(3)]) {
    const seen = new Set<unknown>()
    for (let seed = 1; seed <= 300; seed++) {
      const { history, failure } = await outcomeOf(subject, seed, strategy)
      t.is(failure, undefined, failure?.message)
      for (const { data } of history) seen.add(data)
    }
    for (const left of [5000, 1, 0, -1]) t.true(seen.has(left), `${strategy.name}: ${left} ms left`)
    t.true(
      [...seen].every((left) => left === 5000 || (left as number) <= 1),
      'nothing is due between now and the deadline',
    )
  }
})

test.serial('clock: sleeping for what is no time is refused', async (t) => {
  for (const ms of ['NaN', "'soon'", '-1', 'Infinity', '{}']) {
    const subject = await subjectFrom(`export default scenario('bad sleep', { peers: 1, setup: () => 0, peer(_, me) { me.sleep(${ms}) } })`)
    const { failure } = await outcomeOf(subject)
    t.regex(String(failure?.message), /RangeError: me\.sleep: expected milliseconds/, ms)
  }
})
