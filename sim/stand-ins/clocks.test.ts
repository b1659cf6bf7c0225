// The clocks of `performance` and `process`, as steps and inside one.

import test from 'ava'
import { createFakeHost, createFakeOperations, during, ELAPSED_MS, EPOCH_MS } from './fake-host.test.support.js'
import { createStandIns } from './stand-ins.js'

const operations = createFakeOperations()
const standIns = createStandIns(operations).standIns as unknown as Pick<typeof globalThis, 'performance' | 'process'>

test('clocks: all of them show virtual time in an execution', (t) => {
  const fake = createFakeHost()
  during(fake, () => {
    t.is(standIns.performance.now(), ELAPSED_MS)
    t.is(standIns.performance.timeOrigin, EPOCH_MS + 0.25 - ELAPSED_MS)
    t.deepEqual(standIns.process.hrtime(), [1, 234_500_000])
    t.deepEqual(standIns.process.hrtime([0, 300_000_000]), [0, 934_500_000])
    t.deepEqual(standIns.process.hrtime([2, 0]), [-1, 234_500_000])
    t.is(standIns.process.hrtime.bigint(), 1_234_500_000n)
    t.is(standIns.process.uptime(), 1.2345)
  })
  const reads = ['performance.now', 'process.hrtime', 'process.hrtime', 'process.hrtime', 'process.hrtime.bigint', 'process.uptime']
  t.deepEqual(
    fake.calls,
    reads.map((read) => `insideOneStep ${read}`),
  )
})

test('clocks: all of them show real time outside', (t) => {
  const before = performance.now()
  t.true(standIns.performance.now() >= before)
  t.is(standIns.performance.timeOrigin, performance.timeOrigin)
  t.true(standIns.process.hrtime.bigint() > 1_234_500_000n)
  t.is(standIns.process.hrtime().length, 2)
  t.true(standIns.process.uptime() > 0)
})

test('clocks: the twin of each is a step that gives what its original gives', (t) => {
  const originals = [standIns.performance.now, standIns.process.hrtime, standIns.process.hrtime.bigint, standIns.process.uptime]
  for (const original of originals) {
    const twin = operations.twinOf(original) as () => Generator
    const fake = createFakeHost()
    during(fake, () => {
      const expected = original()
      fake.calls.length = 0
      t.deepEqual(twin().next(), { value: expected, done: true })
      fake.isPending = true
      const pending = twin()
      t.deepEqual(pending.next(), { value: undefined, done: false })
      t.deepEqual(pending.next(ELAPSED_MS), { value: expected, done: true })
      t.deepEqual(fake.calls, ['clockRead elapsed', 'clockRead elapsed'])
    })
  }
})

test('clocks: the twin of hrtime takes an earlier reading', (t) => {
  const twin = operations.twinOf(standIns.process.hrtime) as (before: number[]) => Generator
  during(createFakeHost(), () => t.deepEqual(twin([1, 0]).next().value, [0, 234_500_000]))
})

test('clocks: marks and measures work and leave nothing behind', (t) => {
  during(createFakeHost(), () => {
    const mark = standIns.performance.mark('begin')
    t.true(mark instanceof PerformanceMark)
    t.is(mark.startTime, ELAPSED_MS)
    t.is(standIns.performance.measure('span', { start: 1000, end: 1100 }).duration, 100)
    t.deepEqual(standIns.performance.getEntries(), [])
    standIns.performance.clearMarks()
  })
  t.deepEqual(performance.getEntriesByName('begin'), [])
  standIns.performance.mark('outside')
  t.is(performance.getEntriesByName('outside').length, 1)
})
