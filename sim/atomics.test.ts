// Operations on memory against the real Atomics: results, memory, errors; at once and suspended, called directly and by another name.

import test from 'ava'
import fc from 'fast-check'
import { execution } from './execution.js'
import { COMPARE_EXCHANGE } from './operation.js'
import { RandomWalk } from './strategies/random.js'
import { execute, loadSubject, outcomeOf, subjectFrom } from './subjects.test.support.js'

const NAMES = ['load', 'store', 'add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange', 'isLockFree'] as const

const SOURCE = `
const direct = {
  load: (array, index) => Atomics.load(array, index),
  store: (array, index, value) => Atomics.store(array, index, value),
  add: (array, index, value) => Atomics.add(array, index, value),
  sub: (array, index, value) => Atomics.sub(array, index, value),
  and: (array, index, value) => Atomics.and(array, index, value),
  or: (array, index, value) => Atomics.or(array, index, value),
  xor: (array, index, value) => Atomics.xor(array, index, value),
  exchange: (array, index, value) => Atomics.exchange(array, index, value),
  compareExchange: (array, index, expected, replacement) => Atomics.compareExchange(array, index, expected, replacement),
  isLockFree: (size) => Atomics.isLockFree(size),
}
const { load, store, add, sub, and, or, xor, exchange, compareExchange, isLockFree } = Atomics
const aliased = { load, store, add, sub, and, or, xor, exchange, compareExchange, isLockFree }

export default scenario('operations', {
  peers: 1,
  setup: () => ({ cases: [], results: [] }),
  peer({ cases, results }) {
    for (const { form, name, args } of cases) {
      const operation = (form === 'direct' ? direct : aliased)[name]
      try {
        results.push(operation(...args))
      } catch (error) {
        results.push(error.name + ': ' + error.message)
      }
    }
  },
})
`

interface Case {
  readonly form: 'direct' | 'aliased'
  readonly name: (typeof NAMES)[number]
  readonly args: readonly unknown[]
}

const ARRAYS = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array] as const
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  127,
  128,
  255,
  256,
  -128,
  -129,
  65535,
  65536,
  2 ** 31,
  -(2 ** 31),
  2 ** 32 + 5,
  1.9,
  -1.9,
  1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
]
const ODD_VALUES = ['7', ' 12 ', '0x10', 'x', '', true, false, null, undefined, [], [3], { valueOf: () => 300 }]
const BIGINTS = [0n, 1n, -1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n + 5n, 255n]
const INDEXES = [0, 1, 3, -0, 1.9, '2', null, undefined, true, Number.NaN, -1, 4, 1e9, Number.POSITIVE_INFINITY, 'x', -0.5, 2n]

const value = (isBig: boolean) =>
  fc.oneof(
    { weight: 6, arbitrary: isBig ? fc.oneof(fc.constantFrom(...BIGINTS), fc.bigInt()) : fc.oneof(fc.constantFrom(...NUMBERS), fc.integer(), fc.double()) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(...ODD_VALUES, ...BIGINTS.slice(0, 2), 1) },
  )

/** Operations on `kind` of array; memory small enough that values meet. */
const casesFor = (kind: number) => {
  const isBig = kind >= 6
  const small = isBig ? fc.bigInt({ min: -2n, max: 2n }) : fc.integer({ min: -2, max: 2 })
  const operand = fc.oneof(small, value(isBig))
  const index = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 3 }) }, { weight: 1, arbitrary: fc.constantFrom<unknown>(...INDEXES) })
  return fc.array(
    fc.record({ form: fc.constantFrom('direct' as const, 'aliased' as const), name: fc.constantFrom(...NAMES), index, first: operand, second: operand }),
    { minLength: 1, maxLength: 40 },
  )
}

/** What the real Atomics do with these operations. */
function really(cases: readonly Case[]): unknown[] {
  return cases.map(({ name, args }) => {
    try {
      return (Atomics[name] as (...args: unknown[]) => unknown)(...args)
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`
    }
  })
}

for (const isDetailed of [false, true]) {
  test.serial(`atomics: ${isDetailed ? 'suspended' : 'at once'}, all operations on all arrays do what the real ones do`, async (t) => {
    const subject = await subjectFrom(SOURCE)
    for (const [kind, Kind] of ARRAYS.entries()) {
      for (const isShared of [true, false]) {
        await fc.assert(
          fc.asyncProperty(casesFor(kind), async (drafts) => {
            const arrays = [0, 1].map(() => new Kind((isShared ? new SharedArrayBuffer(40) : new ArrayBuffer(40)) as never, 8, 4) as Int32Array)
            const [ours, theirs] = arrays.map((array) =>
              drafts.map(
                ({ form, name, index, first, second }): Case => ({
                  form,
                  name,
                  args:
                    name === 'isLockFree'
                      ? [first]
                      : name === 'load'
                        ? [array, index]
                        : name === 'compareExchange'
                          ? [array, index, first, second]
                          : [array, index, first],
                }),
              ),
            ) as [Case[], Case[]]
            const results: unknown[] = []
            const loaded = { ...subject, scenario: { ...subject.scenario, setup: () => ({ cases: ours, results }) } }
            if (isDetailed) await outcomeOf(loaded)
            else {
              loadSubject(loaded)
              await execute(1, new RandomWalk())
            }
            t.is(execution.failure, undefined)
            t.deepEqual(results, really(theirs))
            t.deepEqual(new Uint8Array(arrays[0]?.buffer as ArrayBuffer), new Uint8Array(arrays[1]?.buffer as ArrayBuffer))
          }),
          { numRuns: 40, seed: 1 },
        )
      }
    }
  })

  test.serial(`atomics: ${isDetailed ? 'suspended' : 'at once'}, the trace tells a compareExchange that exchanged from one that did not`, async (t) => {
    const subject = await subjectFrom(SOURCE)
    for (const [kind, Kind] of ARRAYS.entries()) {
      const operands = kind >= 6 ? [...BIGINTS, true, '255'] : [...NUMBERS, '255', true, null]
      const array = new Kind(new SharedArrayBuffer(32) as never, 0, 4) as Int32Array
      for (const stored of operands) {
        for (const expected of operands) {
          const args = [array, 0, expected, kind >= 6 ? 77n : 77]
          const cases = [{ form: 'direct', name: 'compareExchange', args }]
          const loaded = { ...subject, scenario: { ...subject.scenario, setup: () => ({ cases, results: [] }) } }
          Atomics.store(array, 0, stored as number)
          const before = Atomics.load(array, 0)
          Atomics.store(array, 1, expected as number)
          const isSame = before === Atomics.load(array, 1)
          if (isDetailed) await outcomeOf(loaded)
          else {
            loadSubject(loaded)
            await execute(1, new RandomWalk())
          }
          t.is(execution.failure, undefined)
          t.is(execution.trace.lastKind() === COMPARE_EXCHANGE, isSame, `${Kind.name}: ${String(stored)} and ${String(expected)}`)
        }
      }
    }
  })
}

test.serial('atomics: what is no integer array is refused as by the real ones', async (t) => {
  const subject = await subjectFrom(SOURCE)
  const things = [new Float64Array(2), new Float32Array(2), new Uint8ClampedArray(2), new DataView(new ArrayBuffer(8)), [1], {}, null, undefined, 5, 'text']
  for (const name of NAMES.slice(0, -1)) {
    for (const form of ['direct', 'aliased'] as const) {
      const cases = things.map((thing): Case => ({ form, name, args: [thing, 0, 1, 2] }))
      for (const isDetailed of [false, true]) {
        const results: unknown[] = []
        const loaded = { ...subject, scenario: { ...subject.scenario, setup: () => ({ cases, results }) } }
        if (isDetailed) await outcomeOf(loaded)
        else {
          loadSubject(loaded)
          await execute(1, new RandomWalk())
        }
        t.deepEqual(results, really(cases), `${name}, ${form}`)
      }
    }
  }
})
