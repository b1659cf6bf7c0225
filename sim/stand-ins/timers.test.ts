import nodeTimers from 'node:timers'
import type timersPromises from 'node:timers/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import test from 'ava'
import { host } from '../host.js'
import { attach } from '../instrument/twins.js'
import { createFakeHost, createFakeOperations, during } from './fake-host.test.support.js'
import { createStandIns } from './stand-ins.js'

const operations = createFakeOperations()
const { standIns, builtin } = createStandIns(operations)
const standIn = standIns as unknown as Omit<typeof globalThis, 'setTimeout'> & {
  setTimeout(callback: unknown, delay?: number, ...args: unknown[]): NodeJS.Timeout
}
const promises = builtin('node:timers/promises') as typeof timersPromises

test('timers: setTimeout and setInterval start timers of the host, with the delays that Node would take', (t) => {
  const fake = createFakeHost()
  const callback = () => {}
  during(fake, () => {
    standIn.setTimeout(callback, 20, 'a', 'b')
    standIn.setInterval(callback, 30)
    for (const delay of [undefined, -5, 0, 2 ** 31, Number.NaN, '7']) standIn.setTimeout(callback, delay as number)
  })
  t.deepEqual(fake.tasks.slice(0, 2), [
    { callback, args: ['a', 'b'], delayMs: 20, repeat: false },
    { callback, args: [], delayMs: 30, repeat: true },
  ])
  t.deepEqual(
    fake.tasks.slice(2).map((task) => task.delayMs),
    [1, 1, 1, 1, 1, 7],
  )
})

test('timers: a callback that is none is refused as by the real ones', (t) => {
  during(createFakeHost(), () => {
    for (const start of [standIn.setTimeout, standIn.setInterval, standIn.setImmediate, standIn.queueMicrotask, standIn.process.nextTick]) {
      t.throws(() => start('code' as never), { code: 'ERR_INVALID_ARG_TYPE' })
    }
  })
})

test('timers: a timer can be cleared by object, number and string; other values do nothing', (t) => {
  const fake = createFakeHost()
  during(fake, () => {
    const [first, second, third] = [1, 2, 3].map(() => standIn.setTimeout(() => {}, 5))
    standIn.clearTimeout(first)
    standIn.clearInterval(Number(second))
    standIn.clearTimeout(`${third}`)
    standIn.clearTimeout(undefined)
    standIn.clearTimeout(null as never)
  })
  t.deepEqual(fake.calls, ['stopTimer 1', 'stopTimer 2', 'stopTimer 3'])
})

test('timers: a timer has the methods of the real one', (t) => {
  const fake = createFakeHost()
  during(fake, () => {
    const timer = standIn.setTimeout(() => {}, 5, 'x')
    t.true(timer.hasRef())
    t.false(timer.unref().hasRef())
    t.true(timer.ref().hasRef())
    t.is(timer.refresh(), timer)
    t.is(Number(timer), 2)
    t.is(timer.close(), timer)
    timer[Symbol.dispose]()
    t.is(timer.constructor.name, 'Timeout')
  })
  t.deepEqual(fake.calls, ['stopTimer 1', 'stopTimer 2', 'stopTimer 2'])
  t.deepEqual(
    fake.tasks.map((task) => [task.delayMs, task.args]),
    [
      [5, ['x']],
      [5, ['x']],
    ],
  )
})

test('timers: a timer that outlived its execution does not stop one of the next', (t) => {
  const ended = createFakeHost()
  const timer = during(ended, () => standIn.setTimeout(() => {}))
  const next = createFakeHost()
  during(next, () => {
    standIn.clearTimeout(timer)
    timer.refresh()
  })
  standIn.clearTimeout(timer)
  t.deepEqual([next.calls, next.tasks], [[], []])
  t.deepEqual([ended.calls, ended.tasks.length], [[], 1])
})

test('timers: a function is called on its timer, and keeps its twin', (t) => {
  const fake = createFakeHost()
  function callback(this: unknown) {
    return this
  }
  attach(callback, function* (this: unknown) {
    yield
    return this
  })
  during(fake, () => {
    const timer = standIn.setTimeout(callback)
    t.is(fake.tasks[0].callback(), timer)
    const stepped = operations.twinOf(fake.tasks[0].callback)()
    stepped.next()
    t.is(stepped.next().value, timer)
  })
})

test('timers: setImmediate is a task with a twin, and does nothing when cleared', (t) => {
  const fake = createFakeHost()
  const callback = (...args: unknown[]) => args.join()
  attach(callback, function* (...args: unknown[]) {
    yield
    return `stepped ${args.join()}`
  } as never)
  during(fake, () => {
    standIn.setImmediate(callback, 1, 2)
    const [task] = fake.tasks
    t.is(task.callback(...task.args), '1,2')
    const stepped = operations.twinOf(task.callback).apply(undefined, task.args as never)
    t.deepEqual(stepped.next(), { value: undefined, done: false })
    t.is(stepped.next().value, 'stepped 1,2')

    const immediate = standIn.setImmediate(callback, 3)
    standIn.clearImmediate(immediate)
    t.is(fake.tasks[1].callback(3), undefined)
    t.deepEqual(
      operations
        .twinOf(fake.tasks[1].callback)
        .apply(undefined, [3] as never)
        .next(),
      { value: undefined, done: true },
    )
    t.false(immediate.unref().hasRef())
  })
})

test('timers: queueMicrotask and nextTick are tasks', (t) => {
  const fake = createFakeHost()
  const callback = () => {}
  during(fake, () => {
    standIn.queueMicrotask(callback)
    standIn.process.nextTick(callback, 1, 2)
  })
  t.deepEqual(fake.tasks, [
    { callback, args: [] },
    { callback, args: [1, 2] },
  ])
})

test('timers: the module has the same functions', (t) => {
  const timers = builtin('timers') as typeof nodeTimers
  t.is(timers.setTimeout as unknown, standIns.setTimeout)
  t.is(timers.clearImmediate, standIn.clearImmediate)
  t.is(timers.promises as unknown, promises)
})

test('timers: what Node has beside them, up to version 23, is refused', (t) => {
  const timers = builtin('timers') as Record<string, unknown>
  for (const name of ['active', 'enroll', 'unenroll', '_unrefActive'] as const) {
    const standIn = timers[name]
    t.is(typeof standIn, name in nodeTimers ? 'function' : 'undefined')
    if (standIn !== undefined) t.throws(() => during(createFakeHost(), standIn as () => void), { message: new RegExp(`^timers\\.${name} reaches`) })
  }
})

test.serial('timers: outside an execution they are the real ones', async (t) => {
  const order: string[] = []
  const cleared = standIn.setTimeout(() => order.push('cleared'), 1)
  standIn.clearTimeout(cleared)
  t.is(cleared.constructor, setTimeout(() => {}, 0).constructor)
  standIn.setImmediate((value) => order.push(value), 'immediate')
  standIn.queueMicrotask(() => order.push('microtask'))
  t.is(await promises.setTimeout(20, 'value'), 'value')
  t.deepEqual(order, ['microtask', 'immediate'])
})

test.serial('timers: the promises resolve when the host runs their task', async (t) => {
  const fake = createFakeHost()
  host.current = fake
  const waiting = [
    promises.setTimeout(50, 'late'),
    promises.scheduler.wait(60),
    promisify(standIns.setTimeout as typeof setTimeout)(70, 'promisified'),
    promises.setImmediate('soon'),
    promisify(standIn.setImmediate)('promisified'),
    promises.scheduler.yield(),
  ]
  host.current = undefined
  t.deepEqual(
    fake.tasks.map((task) => task.delayMs),
    [50, 60, 70, undefined, undefined, undefined],
  )
  t.is(await Promise.race([...waiting, sleep(10, 'none')]), 'none')
  for (const task of fake.tasks) task.callback()
  t.deepEqual(await Promise.all(waiting), ['late', undefined, 'promisified', 'soon', 'promisified', undefined])
})

test.serial('timers: a signal stops the timer of a promise', async (t) => {
  const fake = createFakeHost()
  const controller = new AbortController()
  host.current = fake
  const aborted = promises.setTimeout(50, 'late', { signal: controller.signal })
  controller.abort()
  const abortedBefore = promises.setTimeout(50, 'late', { signal: controller.signal })
  host.current = undefined
  await t.throwsAsync(aborted, { name: 'AbortError', code: 'ABORT_ERR' })
  await t.throwsAsync(abortedBefore, { name: 'AbortError' })
  t.deepEqual(fake.calls, ['stopTimer 1'])
})
