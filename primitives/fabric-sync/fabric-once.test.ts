import test from 'ava'
import { hooked } from '../hooked-atomics.test.kit.js'
import { errorOf, interrupted, leaseOf, newFabric, stepsOf, withClock } from './fabric.test.kit.js'
import { bytes, FabricOnce, u32, u64 } from './public.js'

const SECOND = 1000

/** A once at offset 0 and two parties with a lease of 1 s each. */
function setUp() {
  const at = newFabric()
  const leases = [leaseOf(at, 1), leaseOf(at, 2)] as const
  const once = FabricOnce.create(leases[0], 0, u64)
  return { ...at, leases, once, other: FabricOnce.attach(leases[1], 0, u64) }
}

const fails = (): never => {
  throw new Error('expected not to be called')
}

test('once: header, main word and cell are where the layout says', (t) => {
  const { buffer, fabric, once } = setUp()
  t.deepEqual(
    [1, 4, 5, 4096].map((n) => FabricOnce.byteLength(bytes(n))),
    [72, 72, 80, 64 + 8192],
  )
  once.getOrInit(1, () => 0x1122_3344_5566_7788n, 0)
  const words = new Int32Array(buffer, fabric.memory.arenaOffset, 20)
  t.deepEqual([...words], [0x314e4f46, 1, 8, 0, 0, 0, 0, 0, 1, (1 << 16) | 2, 0, 0, 0, 0, 0, 0, 0x5566_7788, 1, 0x1122_3344, 1])
})

test('once: the first initialises, the others get its value', (t) => {
  const { once, other } = setUp()
  t.deepEqual([once.get(), once.isDone()], [undefined, false])
  t.is(
    other.getOrInit(2, () => 7n, 0),
    7n,
  )
  t.is(once.getOrInit(1, fails, 0), 7n)
  t.deepEqual([once.get(), once.isDone(), other.get()], [7n, true, 7n])
  t.deepEqual(once.inspect(), { state: 'done', attempt: 1, runner: { leaseIndex: 1, generation: 1 } })
})

test.serial('once: the steps of an initialisation, and of a read', (t) => {
  const { fabric, once } = setUp()
  const own = 'load lease[0]'
  const word = (at: number) => [`load arena+${at}`, 'load arena+32', `compareExchange arena+${at}`]
  t.deepEqual(
    stepsOf(fabric, () => once.getOrInit(1, () => 1n, 0)),
    [own, 'load arena+32', own, 'compareExchange arena+32', ...word(64), ...word(72), own, 'compareExchange arena+32', 'notify arena+32'],
  )
  t.deepEqual(
    stepsOf(fabric, () => once.get()),
    [own, 'load arena+32', 'load arena+64', 'load arena+72'],
  )
})

test('once: while one initialises the others time out, and the one itself may not ask', (t) => {
  const { once, other } = setUp()
  const value = once.getOrInit(
    1,
    () => {
      t.is(
        errorOf(() => other.getOrInit(2, fails, 2)),
        'Timeout',
      )
      t.is(
        errorOf(() => once.getOrInit(1, fails, 0)),
        'AlreadyHeld',
      )
      t.is(other.get(), undefined)
      return 1n
    },
    0,
  )
  t.is(value, 1n)
})

test('once: after an initialiser that threw another may run', (t) => {
  const { once, other } = setUp()
  const error = new Error('no value today')
  t.is(
    t.throws(() =>
      once.getOrInit(
        1,
        () => {
          throw error
        },
        0,
      ),
    ),
    error,
  )
  t.deepEqual(once.inspect(), { state: 'empty', attempt: 1, runner: undefined })
  t.is(
    other.getOrInit(2, () => 2n, 0),
    2n,
  )
  t.is(once.inspect().attempt, 2)
})

test('once: a value that cannot be encoded is as an initialiser that threw', (t) => {
  const { once, other } = setUp()
  t.is(
    errorOf(() => once.getOrInit(1, () => -1n, 0)),
    'IoError',
  )
  t.is(
    other.getOrInit(2, () => 2n, 0),
    2n,
  )
})

test.serial('once: who waits takes over when the lease of the runner ends; the late result is fenced', (t) => {
  withClock((clock) => {
    const { leases, once, other } = setUp()
    const kind = errorOf(() =>
      once.getOrInit(
        1,
        () => {
          clock.nowMs += SECOND - 1
          leases[1].renew()
          const value = hooked(
            (_, operation) => {
              if (operation === 'wait') clock.nowMs += 1
            },
            () => other.getOrInit(2, () => 2n, 5),
          )
          t.is(value, 2n)
          return 1n
        },
        0,
      ),
    )
    t.is(kind, 'Fenced')
    t.is(other.get(), 2n)
    t.is(other.inspect().attempt, 2)
  })
})

test.serial('once: a runner that pauses anywhere while it is replaced publishes nothing and changes no word of the value', (t) => {
  const outcomes = new Set<string | undefined>()
  for (let pause = 0; pause < 13; pause++) {
    withClock((clock) => {
      const { leases, once, other } = setUp()
      const error = interrupted(
        pause,
        () => once.getOrInit(1, () => 0xaaaa_aaaa_aaaa_aaaan, 0),
        () => {
          clock.nowMs += SECOND - 1
          leases[1].renew()
          clock.nowMs += 1
          t.is(
            other.getOrInit(2, () => 0xbbbb_bbbb_bbbb_bbbbn, 0),
            // The last step is the notification: by then it has published.
            pause === 12 ? 0xaaaa_aaaa_aaaa_aaaan : 0xbbbb_bbbb_bbbb_bbbbn,
            `paused before step ${pause}`,
          )
        },
      )
      outcomes.add(
        errorOf(() => {
          if (error !== undefined) throw error
        }),
      )
      t.is(other.get(), pause === 12 ? 0xaaaa_aaaa_aaaa_aaaan : 0xbbbb_bbbb_bbbb_bbbbn, `paused before step ${pause}`)
    })
  }
  t.deepEqual([...outcomes].sort(), ['Fenced', 'LeaseExpired', undefined])
})

test('once: the last attempt is the last', (t) => {
  const { fabric, once } = setUp()
  fabric.memory.longs[(fabric.memory.arenaOffset + 32) / 8] = 0xffff_ffffn
  t.is(
    errorOf(() => once.getOrInit(1, () => 1n, 0)),
    'Unsupported',
  )
  t.deepEqual(once.inspect(), { state: 'empty', attempt: 2 ** 32 - 1, runner: undefined })
})

test('once: a codec that cannot decode what is there', (t) => {
  const at = newFabric()
  const lease = leaseOf(at, 1)
  FabricOnce.create(lease, 0, u32).getOrInit(1, () => 5, 0)
  const picky = FabricOnce.attach(lease, 0, {
    ...u32,
    decode() {
      throw new Error('not that one')
    },
  })
  t.is(
    errorOf(() => picky.get()),
    'IoError',
  )
})
