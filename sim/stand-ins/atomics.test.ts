import test from 'ava'
import { BlockingInsideStepError } from '../host.js'
import { createAtomics } from './atomics.js'
import { createFakeHost, createFakeOperations, during } from './fake-host.test.support.js'
import type { Callable } from './operations.js'

type Call = (...args: unknown[]) => unknown

const OPERATIONS: Record<string, unknown[]> = {
  load: [0],
  store: [0, 5],
  add: [0, 5],
  sub: [0, 5],
  and: [0, 6],
  or: [0, 8],
  xor: [0, 3],
  exchange: [0, 9],
  compareExchange: [0, 3, 9],
}

function words(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(8)).fill(3)
}

for (const [name, args] of Object.entries(OPERATIONS)) {
  test(`atomics: ${name} gives and leaves what the real one does in every phase, and reports in a peer only`, (t) => {
    const standIn = (createAtomics(createFakeOperations()) as unknown as Record<string, Call>)[name]
    const expected = words()
    const result = (Atomics as unknown as Record<string, Call>)[name](expected, ...args)
    for (const phase of [undefined, 'setup', 'check', 'peer'] as const) {
      const array = words()
      const fake = createFakeHost(phase)
      const got = phase === undefined ? standIn(array, ...args) : during(fake, () => standIn(array, ...args))
      t.is(got, result)
      t.deepEqual(array, expected)
      t.deepEqual(fake.calls, phase === 'peer' ? [`insideOneStep Atomics.${name}`] : [])
    }
  })

  test(`atomics: the twin of ${name} asks the runtime at the site for aliases, and suspends where that is pending`, (t) => {
    const operations = createFakeOperations()
    const standIn = (createAtomics(operations) as unknown as Record<string, Callable>)[name]
    const twin = operations.twinOf(standIn) as (...args: unknown[]) => Generator
    t.deepEqual(twin(words(), ...args).next(), { value: Reflect.apply((Atomics as never)[name], Atomics, [words(), ...args]), done: true })
    operations.isPending = true
    const pending = twin(words(), ...args)
    t.deepEqual(pending.next(), { value: undefined, done: false })
    t.deepEqual(pending.next(42), { value: 42, done: true })
    const call = `${name} at ${name}: ${args.join(' ')}`
    t.deepEqual(operations.calls, [call, call])
  })
}

test('atomics: the twins of wait, waitAsync and notify pass all their arguments on', (t) => {
  const operations = createFakeOperations()
  const standIn = createAtomics(operations)
  operations.isPending = true
  for (const f of [standIn.wait, standIn.waitAsync, standIn.notify]) (operations.twinOf(f) as (...args: unknown[]) => Generator)(words(), 1, 2, 30).next()
  t.deepEqual(operations.calls, ['wait at wait: 1 2 30', 'waitAsync at waitAsync: 1 2 30', 'notify at notify: 1 2 30'])
})

test('atomics: isLockFree is no step', (t) => {
  const operations = createFakeOperations()
  const fake = createFakeHost()
  const standIn = createAtomics(operations)
  t.true(during(fake, () => standIn.isLockFree(4)))
  t.deepEqual(fake.calls, [])
  t.is(operations.twinOf(standIn.isLockFree) as unknown, undefined)
})

test('atomics: wait that would block is refused, one that would not gives its result', (t) => {
  const { wait } = createAtomics(createFakeOperations())
  const fake = createFakeHost()
  t.throws(() => during(fake, () => wait(words(), 0, 3)), { message: 'would block: Atomics.wait' })
  t.throws(() => during(fake, () => wait(words(), 0, 3, Number.NaN)), { message: 'would block: Atomics.wait' })
  t.throws(() => during(fake, () => wait(words(), 0, 3, 10)), { message: 'would block: Atomics.wait' })
  t.is(
    during(fake, () => wait(words(), 0, 4)),
    'not-equal',
  )
  t.is(
    during(fake, () => wait(words(), 0, 3, -1)),
    'timed-out',
  )
  t.deepEqual(fake.calls, ['insideOneStep Atomics.wait', 'insideOneStep Atomics.wait'])
  const message = /Atomics\.wait would block in setup/
  t.throws(() => during(createFakeHost('setup'), () => wait(words(), 0, 3)), { instanceOf: BlockingInsideStepError, message })
  t.throws(() => during(createFakeHost('check'), () => wait(words(), 0, 3)), { message: /invariant, describe or deadlines/ })
  t.is(wait(words(), 0, 3, 0), 'timed-out')
})

test('atomics: arguments that the real operations refuse are refused', (t) => {
  const { load, wait, waitAsync, notify } = createAtomics(createFakeOperations())
  const unshared = new Int32Array(2)
  during(createFakeHost(), () => {
    t.throws(() => load([] as never, 0), { instanceOf: TypeError })
    t.throws(() => load(words(), 2), { instanceOf: RangeError })
    t.throws(() => wait(unshared, 0, 0), { instanceOf: TypeError })
    t.throws(() => wait(words(), 0, 3, 1n as never), { instanceOf: TypeError })
    t.throws(() => waitAsync(unshared, 0, 0), { instanceOf: TypeError })
    t.throws(() => notify(words(), 9), { instanceOf: RangeError })
    t.throws(() => notify(words(), 0, 1n as never), { instanceOf: TypeError })
  })
})

test('atomics: each operand is converted once, in the order of the standard', (t) => {
  const { wait, waitAsync, notify } = createAtomics(createFakeOperations())
  const converted: string[] = []
  const counted = (name: string, value: number): never => ({ valueOf: () => (converted.push(name), value) }) as never
  for (const [call, names] of [
    [() => wait(words(), counted('index', 1), counted('value', 4), counted('timeout', 5)), ['index', 'value', 'timeout']],
    [() => waitAsync(words(), counted('index', 1), counted('value', 3), counted('timeout', 5)), ['index', 'value', 'timeout']],
    [() => notify(words(), counted('index', 1), counted('count', 1)), ['index', 'count']],
  ] as const) {
    converted.length = 0
    during(createFakeHost(), call as () => unknown)
    t.deepEqual(converted, names)
  }
})

test('atomics: notify and waitAsync reach the host with their defaults', (t) => {
  const { notify, waitAsync } = createAtomics(createFakeOperations())
  const fake = createFakeHost()
  during(fake, () => {
    t.is(notify(words(), 1), 7)
    t.is(notify(words(), 1, -2), 7)
    t.deepEqual(waitAsync(words(), 1, 3) as object, { async: true, value: 'promised' })
    t.deepEqual(waitAsync(new BigInt64Array(new SharedArrayBuffer(8)), 0, 0n, 5) as object, { async: true, value: 'promised' })
    t.deepEqual(waitAsync(words(), 1, 4) as object, { async: false, value: 'not-equal' })
    t.deepEqual(waitAsync(words(), 1, 3, 0) as object, { async: false, value: 'timed-out' })
  })
  t.deepEqual(
    fake.calls.filter((call) => !call.startsWith('insideOneStep')),
    ['notify 1 Infinity', 'notify 1 0', 'waitAsync 1 3 Infinity', 'waitAsync 0 0 5'],
  )
  const check = createFakeHost('check')
  t.is(
    during(check, () => notify(words(), 1)),
    0,
  )
  t.throws(() => during(check, () => waitAsync(words(), 0, 3)), { message: /Atomics\.waitAsync would block/ })
  t.deepEqual(check.calls, [])
})
