import { isDeepStrictEqual } from 'node:util'
import test from 'ava'
import { createDate } from './date.js'
import { createFakeHost, createFakeOperations, during, EPOCH_MS } from './fake-host.test.support.js'

test('date: now is virtual in every phase of an execution and real outside', (t) => {
  const Standin = createDate(createFakeOperations())
  for (const phase of ['setup', 'peer', 'check'] as const) {
    during(createFakeHost(phase), () => {
      t.is(Standin.now(), EPOCH_MS)
      t.is(new Standin().getTime(), EPOCH_MS)
      t.is(Standin(), new Date(EPOCH_MS).toString())
    })
  }
  t.true(Math.abs(Standin.now() - Date.now()) < 10_000)
  t.true(Math.abs(new Standin().getTime() - Date.now()) < 10_000)
  t.true(new Date(Standin()).getTime() > EPOCH_MS)
})

test('date: reads inside one step are reported in a peer only', (t) => {
  const Standin = createDate(createFakeOperations())
  const [peer, setup] = [createFakeHost('peer'), createFakeHost('setup')]
  for (const fake of [peer, setup]) during(fake, () => [Standin.now(), new Standin(), Standin(), new Standin(5)])
  t.deepEqual(peer.calls, ['insideOneStep Date.now', 'insideOneStep new Date', 'insideOneStep Date'])
  t.deepEqual(setup.calls, [])
})

test('date: the twin of now is a clock read, and suspends where that is pending', (t) => {
  const operations = createFakeOperations()
  const twin = operations.twinOf(createDate(operations).now) as () => Generator
  const fake = createFakeHost()
  during(fake, () => {
    t.deepEqual(twin().next(), { value: EPOCH_MS, done: true })
    fake.isPending = true
    const pending = twin()
    t.deepEqual(pending.next(), { value: undefined, done: false })
    t.deepEqual(pending.next(77.5), { value: 77, done: true })
  })
  t.deepEqual(fake.calls, ['clockRead epoch', 'clockRead epoch'])
})

test('date: with arguments it is the real one', (t) => {
  const Standin = createDate(createFakeOperations())
  during(createFakeHost(), () => {
    t.is(new Standin(5).getTime(), 5)
    t.is(new Standin(2020, 1, 2).getTime(), new Date(2020, 1, 2).getTime())
    t.is(new Standin('2020-01-01').toISOString(), '2020-01-01T00:00:00.000Z')
    t.true(Number.isNaN(new Standin(undefined as never).getTime()))
    t.is(Standin.UTC(2020, 1), Date.UTC(2020, 1))
    t.is(Standin.parse('2020-01-01'), Date.parse('2020-01-01'))
  })
})

test('date: classes, instances and clones go on with the virtual clock', (t) => {
  const Standin = createDate(createFakeOperations())
  class Stamp extends Standin {
    readonly label = 'stamp'
  }
  during(createFakeHost(), () => {
    const stamp = new Stamp()
    t.is(stamp.getTime(), EPOCH_MS)
    t.true(stamp instanceof Stamp)
    t.true(stamp instanceof Standin)
    t.true(stamp instanceof Date)
    t.is(stamp.constructor, Stamp)
    const date = new Standin()
    t.true(date instanceof Date)
    t.true(new Date() instanceof Standin)
    t.is(date.constructor, Standin)
    t.deepEqual(Object.keys(date), [])
    t.is(Object.getPrototypeOf(date), Date.prototype)
    t.true(isDeepStrictEqual(date, new Date(EPOCH_MS)))
  })
})
