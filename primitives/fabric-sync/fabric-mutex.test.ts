import test from 'ava'
import { hooked } from '../hooked-atomics.test.kit.js'
import { errorOf, leaseOf, newFabric, stepsOf, withClock } from './fabric.test.kit.js'
import { bytes, Fabric, FabricMutex, type MemLease, struct, u32, u64 } from './public.js'

/** A counter at offset 64 of the arena, and two parties with handles of their own. */
function setUp(leaseMs = 1000) {
  const made = newFabric()
  const [p, q] = [leaseOf(made, 1, leaseMs), leaseOf(made, 2, leaseMs)]
  const mutex = FabricMutex.create(p, 64, u64, 5n)
  return { ...made, p, q, mutex, other: FabricMutex.attach(q, 64, u64) }
}

test('mutex: what one sets and releases, the next reads', (t) => {
  const { mutex, other } = setUp()
  const guard = mutex.lock(1, 0)
  t.deepEqual([guard.fence, guard.value], [1, 5n])
  guard.set(6n)
  guard.update((value) => value * 2n)
  t.is(guard.value, 12n)
  guard.release()
  const next = other.lock(2, 0)
  t.deepEqual([next.fence, next.value], [2, 12n])
  next.release()
  t.is(mutex.tryLock(1)?.value, 12n)
})

test('mutex: release without a value, and abandon, publish nothing', (t) => {
  const { mutex } = setUp()
  mutex.lock(1, 0).release()
  const guard = mutex.lock(1, 0)
  guard.set(9n)
  guard.abandon()
  t.is(mutex.lock(1, 0).value, 5n)
})

test('mutex: who finds it held waits for maxPolls, and tryLock not at all', (t) => {
  const { mutex, other } = setUp()
  const guard = mutex.lock(1, 0)
  t.is(other.tryLock(2), undefined)
  t.is(
    errorOf(() => other.lock(2, 3)),
    'Timeout',
  )
  t.is(
    errorOf(() => mutex.lock(1, 3)),
    'AlreadyHeld',
  )
  t.is(
    errorOf(() => mutex.tryLock(1)),
    'AlreadyHeld',
  )
  guard.release()
  t.is(other.tryLock(2)?.fence, 2)
})

test.serial('mutex: a lock whose holder ended is taken over, and the zombie publishes nothing', (t) => {
  withClock((clock) => {
    const { mutex, q, other } = setUp(100)
    const zombie = mutex.lock(1, 0)
    zombie.set(7n)
    q.renew(500)
    clock.nowMs += 100
    const guard = other.lock(2, 0)
    t.deepEqual([guard.fence, guard.value], [2, 5n])
    guard.set(8n)
    guard.release()
    // Its clock is behind, so its own check would pass; but its lease was ended.
    clock.nowMs -= 50
    t.is(
      errorOf(() => zombie.release()),
      'LeaseExpired',
    )
    t.is(other.lock(2, 0).value, 8n)
  })
})

test.serial('mutex: a zombie that has passed its check, at any step, changes nothing that a later holder published', (t) => {
  for (let pause = 1; ; pause++) {
    const reached = withClock((clock) => {
      const { mutex, q, other } = setUp(100)
      q.renew(5000)
      const zombie = mutex.lock(1, 0)
      zombie.set(7n)
      let paused = false
      let wasPublished = false
      const error = errorOf(() =>
        hooked(
          (step) => {
            if (step !== pause) return
            paused = true
            wasPublished = mutex.inspect().holder === undefined
            clock.nowMs += 100
            const guard = other.lock(2, 0)
            guard.update((value) => value + 100n)
            guard.release()
          },
          () => zombie.release(),
        ),
      )
      if (!paused) return false
      t.is(error !== undefined, !wasPublished, `at step ${pause}: ${error}`)
      t.is(other.lock(2, 0).value, wasPublished ? 107n : 105n, `at step ${pause}`)
      return true
    })
    if (!reached) break
    t.true(pause < 50)
  }
})

test.serial('mutex: the steps are M1 to M7 and P0 to P5', (t) => {
  const { fabric, mutex } = setUp()
  const steps = stepsOf(fabric, () => {
    const guard = mutex.lock(1, 0)
    guard.set(1n)
    guard.release()
  })
  const main = 64 + 32
  const cell = 64 + 64
  t.deepEqual(steps, [
    `load arena+${main}`, // M1
    'load lease[0]', // M4
    `compareExchange arena+${main}`, // M5
    `load arena+${cell}`, // M6
    `load arena+${cell + 8}`,
    `load arena+${main}`, // M7
    'load lease[0]', // P0
    `load arena+${cell + 16}`, // P1
    `load arena+${main}`, // P2
    `compareExchange arena+${cell + 16}`, // P3
    `load arena+${cell + 24}`,
    `load arena+${main}`,
    `compareExchange arena+${cell + 24}`,
    'load lease[0]', // P4
    `compareExchange arena+${main}`,
    `notify arena+${main}`, // P5
  ])
})

test('mutex: the words are those of the specification', (t) => {
  const { fabric, mutex } = setUp()
  const { words, longs, arenaOffset } = fabric.memory
  const base = arenaOffset + 64
  t.deepEqual([...words.subarray(base / 4, base / 4 + 4)], [0x31584d46, 1, 8, 0])
  t.is(longs[(base + 32) / 8], 0n)
  t.deepEqual([...longs.subarray((base + 64) / 8, (base + 64) / 8 + 2)], [5n, 0n])
  const guard = mutex.lock(1, 0)
  t.is(BigInt.asUintN(64, longs[(base + 32) / 8] as bigint), 0x0001_0000_0000_0001n)
  t.deepEqual(mutex.inspect(), { fence: 1, cell: 0, holder: { leaseIndex: 0, generation: 1 } })
  guard.set(0x2_0000_0003n)
  guard.release()
  t.is(BigInt.asUintN(64, longs[(base + 32) / 8] as bigint), 0x0000_0080_0000_0001n)
  t.deepEqual(
    [...longs.subarray((base + 80) / 8, (base + 80) / 8 + 2)].map((word) => BigInt.asUintN(64, word)),
    [0x1_0000_0003n, 0x1_0000_0002n],
  )
  t.deepEqual(mutex.inspect(), { fence: 1, cell: 1, holder: undefined })
})

test('mutex: sizes are a header and two cells', (t) => {
  t.is(FabricMutex.byteLength(u64), 64 + 2 * 16)
  t.is(FabricMutex.byteLength(bytes(5)), 64 + 2 * 16)
  t.is(FabricMutex.byteLength(bytes(4096)), 64 + 2 * 8192)
})

test('mutex: the last fence is taken, and then none', (t) => {
  const { fabric, mutex } = setUp()
  const main = (fabric.memory.arenaOffset + 64 + 32) / 8
  fabric.memory.longs[main] = 2n ** 39n - 2n
  const guard = mutex.lock(1, 0)
  t.is(guard.fence, 2 ** 39 - 1)
  guard.update((value) => value + 1n)
  guard.release()
  t.is(
    errorOf(() => mutex.lock(1, 0)),
    'Unsupported',
  )
})

test('mutex: a guard is over after release, abandon, or an end that threw', (t) => {
  const { fabric, p, mutex } = setUp()
  const guard = mutex.lock(1, 0)
  t.is(
    errorOf(() => p.release()),
    'BadArgumentError',
  )
  guard.release()
  const uses = [() => guard.release(), () => guard.abandon(), () => guard.value, () => guard.fence, () => guard.set(1n), () => guard.update((value) => value)]
  for (const use of uses) t.is(errorOf(use), 'ReleasedError')
  guard[Symbol.dispose]()
  const late = mutex.lock(1, 0)
  fabric.revoke(p.id)
  t.is(
    errorOf(() => late[Symbol.dispose]()),
    'Revoked',
  )
  t.is(
    errorOf(() => late.release()),
    'ReleasedError',
  )
})

test('mutex: using publishes at the end of the block, and what goes wrong there is thrown', (t) => {
  const { fabric, p, mutex, other } = setUp()
  const add = (during: () => void) => {
    using guard = mutex.lock(1, 0)
    guard.update((value) => value + 1n)
    during()
  }
  add(() => {})
  t.is(
    errorOf(() => add(() => fabric.revoke(p.id))),
    'Revoked',
  )
  t.is(other.lock(2, 0).value, 6n)
})

test('mutex: a codec that throws is an IoError, and the mutex stays as it is', (t) => {
  const { q, mutex } = setUp()
  const guard = mutex.lock(1, 0)
  guard.set(6n)
  t.is(
    errorOf(() => guard.set('six' as unknown as bigint)),
    'IoError',
  )
  guard.release()
  t.is(mutex.lock(1, 0).value, 6n)
  const unreadable = {
    byteLength: 8,
    encode() {},
    decode(): never {
      throw new Error('unreadable')
    },
  }
  const made = newFabric()
  const lease = leaseOf(made, 1)
  const broken = FabricMutex.create(lease, 0, unreadable, undefined as never)
  t.is(
    errorOf(() => broken.lock(1, 0)),
    'IoError',
  )
  // It was unlocked again.
  t.is(
    errorOf(() => broken.lock(1, 0)),
    'IoError',
  )
  t.true(q.isActive())
})

test('mutex: fields lie one after the other, each padded to 4 bytes', (t) => {
  const made = newFabric()
  const codec = struct<{ small: Uint8Array; count: number }>({ small: bytes(3), count: u32 })
  const mutex = FabricMutex.create(leaseOf(made, 1), 0, codec, { small: Uint8Array.of(1, 2, 3), count: 9 })
  const guard = mutex.lock(1, 0)
  t.deepEqual(guard.value, { small: Uint8Array.of(1, 2, 3), count: 9 })
  const { words, arenaOffset } = made.fabric.memory
  t.deepEqual([words[(arenaOffset + 64) / 4], words[(arenaOffset + 72) / 4]], [0x030201, 9])
})

test('mutex: create and attach refuse what is not there', (t) => {
  const { buffer, p, q } = setUp()
  const create = (lease: MemLease, offset: number) => errorOf(() => FabricMutex.create(lease, offset, u64, 0n))
  const attach = (offset: number, codec: Parameters<typeof FabricMutex.attach>[2] = u64) => errorOf(() => FabricMutex.attach(q, offset, codec))
  for (const offset of [4, -8, 4096, 4096 - 88, Number.NaN]) t.is(create(p, offset), 'BadLayoutError')
  t.is(create(p, 64), 'BadLayoutError', 'formatted')
  t.is(create(p, 144), 'BadLayoutError', 'overlap')
  t.is(create(p, 160), undefined)
  t.is(attach(0), 'BadLayoutError')
  t.is(attach(64, u32), 'Unsupported')
  t.is(
    errorOf(() => FabricMutex.create({} as MemLease, 512, u64, 0n)),
    'BadArgumentError',
  )
  Fabric.attach(buffer, 0).freeRange(64)
  t.is(attach(64), 'BadLayoutError')
  t.is(create(q, 64), undefined)
})

test.serial('mutex: a creator that dies half-way leaves bytes that freeRange gives back', (t) => {
  for (let step = 0; step < 60; step++) {
    const made = newFabric()
    const lease = leaseOf(made, 1)
    let dead = false
    const create = () =>
      hooked(
        (at) => {
          if (at !== step) return
          dead = true
          throw new Error('crash')
        },
        () => FabricMutex.create(lease, 0, u64, 1n),
      )
    errorOf(create)
    if (!dead) {
      t.true(step > 10)
      return
    }
    t.is(
      errorOf(() => FabricMutex.attach(lease, 0, u64)),
      'BadLayoutError',
      `before step ${step}`,
    )
    if (made.fabric.inspect().ranges.length > 0) made.fabric.freeRange(0)
    t.is(FabricMutex.create(lease, 0, u64, 2n).lock(1, 0).value, 2n)
  }
  t.fail('expected create to end')
})
