// wait, waitAsync and notify as the standard has them, on virtual time.

import test from 'ava'
import { execution } from './execution.js'
import { RandomWalk } from './strategies/random.js'
import { campaignOf, execute, loadSubject, outcomeOf, subjectFrom } from './subjects.test.support.js'

test.serial('wait and notify: arguments are read and refused as by the real ones', async (t) => {
  const subject = await subjectFrom(`
    const direct = {
      wait: (array, index, value, timeout) => Atomics.wait(array, index, value, timeout),
      waitAsync: (array, index, value, timeout) => Atomics.waitAsync(array, index, value, timeout),
      notify: (array, index, count) => Atomics.notify(array, index, count),
    }
    const { wait, waitAsync, notify } = Atomics
    const aliased = { wait, waitAsync, notify }
    export default scenario('arguments', {
      peers: 1,
      setup: () => ({ cases: [], results: [] }),
      peer({ cases, results }) {
        for (const { form, name, args } of cases) {
          try {
            results.push((form === 'direct' ? direct : aliased)[name](...args))
          } catch (error) {
            results.push(error.name + ': ' + error.message)
          }
        }
      },
    })`)
  const shared = new SharedArrayBuffer(64)
  const words = new Int32Array(shared, 8, 4)
  const longs = new BigInt64Array(shared, 32, 2)
  const arrays = [
    words,
    longs,
    new Int32Array(4),
    new BigInt64Array(4),
    new Uint32Array(shared),
    new Int16Array(shared),
    new BigUint64Array(shared),
    new Float64Array(shared),
    {},
    undefined,
  ]
  const calls: { name: 'wait' | 'waitAsync' | 'notify'; args: unknown[] }[] = []
  for (const name of ['wait', 'waitAsync'] as const) {
    for (const array of arrays) for (const value of [0, 0n]) calls.push({ name, args: [array, 0, value, 0] })
    for (const index of ['1', 1.9, -1, 4, Number.NaN, undefined, null, 2n, Symbol.iterator, 'x']) calls.push({ name, args: [words, index, 0, 0] })
    for (const value of [1, 2 ** 32, '0', 'x', undefined, null, 0.9, -0, Number.NaN, 1n, Symbol.iterator]) calls.push({ name, args: [words, 0, value, 0] })
    for (const value of [1n, 2n ** 64n, '0', true, 1, undefined]) calls.push({ name, args: [longs, 0, value, 0] })
    for (const timeout of [-1, -0, Number.NEGATIVE_INFINITY, '0', null, false, [], 5n, Symbol.iterator]) calls.push({ name, args: [words, 0, 0, timeout] })
    for (const timeout of [5n, Symbol.iterator, { valueOf: () => 0 }]) calls.push({ name, args: [words, 0, 1, timeout] })
  }
  for (const array of arrays) calls.push({ name: 'notify', args: [array, 0] }, { name: 'notify', args: [array, 0, 1] })
  for (const index of ['1', 1.9, -1, 4, undefined, 2n, Symbol.iterator]) calls.push({ name: 'notify', args: [words, index] })
  for (const count of [0, -1, 1.9, 'x', null, undefined, Number.POSITIVE_INFINITY, 1n, Symbol.iterator]) calls.push({ name: 'notify', args: [words, 0, count] })
  const expected = calls.map(({ name, args }) => {
    try {
      return (Atomics[name] as (...args: unknown[]) => unknown)(...args)
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`
    }
  })
  for (const form of ['direct', 'aliased']) {
    const results: unknown[] = []
    loadSubject({ ...subject, scenario: { ...subject.scenario, setup: () => ({ cases: calls.map((call) => ({ ...call, form })), results }) } })
    await execute(1, new RandomWalk())
    t.is(execution.failure, undefined)
    for (const [i, call] of calls.entries()) t.deepEqual(results[i], expected[i], `${form} ${call.name}(${call.args.map(String).join(', ')})`)
  }
})

const WAITERS = `
  export default scenario('waiters', {
    peers: { waiter: 4, notifier: 1 },
    setup: () => {
      const memory = new SharedArrayBuffer(64)
      return { words: new Int32Array(memory), view: VIEW, index: INDEX, count: COUNT }
    },
    peer: {
      waiter({ words }) { Atomics.wait(words, 2, 0) },
      notifier({ words, view, index, count }, me) {
        me.step('before')
        me.event('woken', count === 'absent' ? Atomics.notify(view, index) : Atomics.notify(view, index, count))
        me.step('between')
        Atomics.store(words, 2, 1)
        Atomics.notify(words, 2)
      },
    },
  })`

/** How many of `waiting` a count wakes, as the standard says. */
const COUNTS: readonly [string, (waiting: number) => number][] = [
  ['0', () => 0],
  ['1', (waiting) => Math.min(1, waiting)],
  ['2', (waiting) => Math.min(2, waiting)],
  ['1.9', (waiting) => Math.min(1, waiting)],
  ["'2'", (waiting) => Math.min(2, waiting)],
  ['-3', () => 0],
  ['NaN', () => 0],
  ['null', () => 0],
  ['Infinity', (waiting) => waiting],
  ['undefined', (waiting) => waiting],
  ["'absent'", (waiting) => waiting],
  ['100', (waiting) => waiting],
]

const VIEWS: readonly [string, string][] = [
  ['words', '2'],
  ['words', "'2'"],
  ['words', '2.9'],
  ['new Int32Array(memory, 8)', '0'],
  ['new Int32Array(memory, 4, 5)', '1'],
  ['new BigInt64Array(memory)', '1'],
  ['new BigInt64Array(memory, 8)', '-0'],
]

test.serial('notify: wakes as many as it says, those first that waited longest, through any view of the same bytes', async (t) => {
  const cases = [
    ...COUNTS.map(([count, woken]) => ({ count, woken, view: 'words', index: '2' })),
    ...VIEWS.map(([view, index]) => ({ count: '2', woken: COUNTS[2]?.[1] as never, view, index })),
  ]
  for (const { count, woken, view, index } of cases) {
    const subject = await subjectFrom(
      `const [COUNT, INDEX] = [${count}, ${index}]\n${WAITERS.replace('VIEW', view)}`.replace(
        'words: new Int32Array(memory), view: words',
        'words: new Int32Array(memory), view: new Int32Array(memory)',
      ),
    )
    let waited = 0
    for (let seed = 1; seed <= 40; seed++) {
      const outcome = await outcomeOf(subject, seed)
      t.is(outcome.failure, undefined, outcome.failure?.message)
      const first = outcome.trace.findIndex((step) => step.operation === 'notify')
      const waiting = outcome.trace
        .slice(0, first)
        .filter((step) => step.operation === 'wait')
        .map((step) => step.actor)
      const expected = woken(waiting.length)
      t.is(outcome.trace[first]?.result, String(expected), `${count} with ${waiting.length} waiting, through ${view}[${index}]`)
      const second = outcome.trace.findLastIndex((step) => step.operation === 'store')
      const awake = outcome.trace
        .slice(0, second)
        .filter((step) => step.operation === 'wake')
        .map((step) => step.actor)
      t.true(
        awake.every((actor) => waiting.slice(0, expected).includes(actor)),
        'somebody woke before their turn',
      )
      waited = Math.max(waited, waiting.length)
    }
    t.true(waited >= 3)
  }
})

test.serial('notify: a word beside, a buffer of its own and memory that is not shared wake nobody', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('beside', {
      peers: { waiter: 1, notifier: 1 },
      setup: () => { const memory = new SharedArrayBuffer(64); return new Int32Array(memory) },
      peer: {
        waiter(words) { Atomics.wait(words, 2, 0) },
        notifier(words, me) {
          me.sleep(1)
          const woken = [
            Atomics.notify(words, 1), Atomics.notify(words, 3), Atomics.notify(new BigInt64Array(words.buffer), 0),
            Atomics.notify(new Int32Array(new SharedArrayBuffer(64)), 2), Atomics.notify(new Int32Array(64), 2), Atomics.notify(words.slice(), 2),
          ]
          me.event('woken', woken.join())
          Atomics.store(words, 2, 1)
          Atomics.notify(words, 2)
        },
      },
    })`)
  const outcome = await outcomeOf(subject)
  t.is(outcome.verdict, 'passed')
  t.is(outcome.history.find((event) => event.name === 'woken')?.data, '0,0,0,0,0,0')
})

test.serial('wait: ends at its time-out in virtual time, and not before', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('time-outs', {
      peers: 1,
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)), longs: new BigInt64Array(new SharedArrayBuffer(8)) }),
      peer({ words, longs }, me) {
        for (const [timeout, array, value] of [[10, words, 0], [2.5, words, 0], [1000, longs, 0n], [0, words, 0], [-5, words, 0], ['7', words, 0], [10, words, 1], [true, longs, 0n]]) {
          const before = performance.now()
          const result = Atomics.wait(array, 0, value, timeout)
          me.event('waited', [result, performance.now() - before])
        }
      },
    })`)
  const outcome = await outcomeOf(subject)
  t.is(outcome.failure, undefined, outcome.failure?.message)
  const waited = outcome.history.map((event) => event.data as [string, number])
  t.deepEqual(
    waited.map(([result]) => result),
    ['timed-out', 'timed-out', 'timed-out', 'timed-out', 'timed-out', 'timed-out', 'not-equal', 'timed-out'],
  )
  t.is(outcome.trace.filter((step) => step.operation === 'wake').length, 5, 'without time to wait it does not block')
  for (const [i, least] of [10, 2.5, 1000, 0, 0, 7, 0, 1].entries()) t.true((waited[i]?.[1] as number) >= least, `wait ${i} took ${waited[i]?.[1]} ms`)
})

test.serial('wait: notified before its time-out it is ok, and the time-out never fires', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('in time', {
      peers: { waiter: 1, notifier: 1 },
      setup: () => new Int32Array(new SharedArrayBuffer(8)),
      peer: {
        waiter(words, me) {
          me.event('first', Atomics.wait(words, 0, 0, 5000))
          // Would end too early if the first time-out were still there.
          const before = me.now()
          me.event('second', Atomics.wait(words, 1, 0, 1000))
          if (me.now() - before < 1000) throw new Error('woken by the time-out of another wait')
        },
        notifier(words) { Atomics.store(words, 0, 1); Atomics.notify(words, 0) },
      },
    })`)
  const results = new Set<unknown>()
  for (let seed = 1; seed <= 200; seed++) {
    const outcome = await outcomeOf(subject, seed)
    t.is(outcome.failure, undefined, outcome.failure?.message)
    results.add(outcome.history.find((event) => event.name === 'first')?.data)
    t.is(outcome.history.find((event) => event.name === 'second')?.data, 'timed-out')
    t.is(execution.environment.clock.pending, 0, 'a time-out is left')
  }
  t.true(results.has('ok'))
  t.true(results.has('not-equal'))
})

test.serial('waitAsync: resolves when notified, at its time-out, or at once; in the same queue as wait', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('async waiters', {
      peers: { sync: 1, async: 2, notifier: 1 },
      setup: () => new Int32Array(new SharedArrayBuffer(8)),
      peer: {
        sync(words, me) { me.event('sync', Atomics.wait(words, 0, 0)) },
        async async(words, me) {
          const answer = Atomics.waitAsync(words, 0, 0)
          me.event('async', answer.async ? await answer.value : answer.value)
          const before = me.now()
          const late = Atomics.waitAsync(words, 1, 0, 50)
          me.event('late', await late.value)
          if (me.now() - before < 50) throw new Error('too early')
          const none = Atomics.waitAsync(words, 1, 0, 0)
          me.event('none', none.async + ' ' + none.value)
          const other = Atomics.waitAsync(words, 1, 5)
          me.event('other', other.async + ' ' + other.value)
        },
        notifier(words, me) {
          me.step('before')
          const first = Atomics.notify(words, 0, 1)
          Atomics.store(words, 0, 1)
          me.event('woken', first + Atomics.notify(words, 0))
        },
      },
    })`)
  const woken = new Set<unknown>()
  for (let seed = 1; seed <= 100; seed++) {
    const outcome = await outcomeOf(subject, seed)
    t.is(outcome.failure, undefined, outcome.failure?.message)
    const data = (name: string) => outcome.history.filter((event) => event.name === name).map((event) => event.data)
    t.deepEqual(data('late'), ['timed-out', 'timed-out'])
    t.deepEqual(data('none'), ['false timed-out', 'false timed-out'])
    t.deepEqual(data('other'), ['false not-equal', 'false not-equal'])
    const waiting = [...data('sync'), ...data('async')].filter((result) => result === 'ok').length
    t.is(data('woken')[0], waiting)
    woken.add(waiting)
  }
  t.true(woken.has(3) && woken.has(0))
})

test.serial('deadlock: found at once, and says who waits', async (t) => {
  const lost = await subjectFrom(`
    export default scenario('lost wake-up', {
      peers: { sleeper: 1, waker: 1 },
      setup: () => new Int32Array(new SharedArrayBuffer(8)),
      peer: {
        sleeper(words) { if (Atomics.load(words, 0) === 0) Atomics.wait(words, 1, 0) },
        waker(words) { Atomics.store(words, 0, 1); Atomics.notify(words, 1) },
      },
      knownBad: { breaks: ['deadlock'] },
    })`)
  const result = await campaignOf(lost)
  t.is(result.status, 'passed', result.remarks.join())
  t.is(result.failure?.verdict, 'deadlock')
  t.is(result.failure?.failure?.message, 'sleeper waits, and nobody is left to wake it')
  t.true((result.failure?.trace.length as number) <= 4)
})

test.serial('deadlock: a wait on the word itself loses no wake-up', async (t) => {
  const kept = await subjectFrom(`
    export default scenario('kept wake-up', {
      peers: { sleeper: 2, waker: 1 },
      setup: () => new Int32Array(new SharedArrayBuffer(8)),
      peer: {
        sleeper(words) { Atomics.wait(words, 0, 0) },
        waker(words) { Atomics.store(words, 0, 1); Atomics.notify(words, 0) },
      },
    })`)
  const result = await campaignOf(kept, { runs: 2000 })
  t.is(result.status, 'passed', result.remarks.join())
})

test.serial('deadlock: two that wait for each other', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('both wait', {
      peers: 2,
      setup: () => new Int32Array(new SharedArrayBuffer(8)),
      peer(words, me) { Atomics.wait(words, me.id, 0); Atomics.notify(words, 1 - me.id) },
    })`)
  const { failure } = await campaignOf(subject)
  t.is(failure?.failure?.message, 'peer 0 and peer 1 wait, and nobody is left to wake them')
})
