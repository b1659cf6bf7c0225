// One test for each row of the tables of errors, as far as they are about the once.

import test from 'ava'
import { errorOf, leaseOf, newFabric, withClock } from './fabric.test.kit.js'
import { bytes, type Codec, FabricOnce, u32, u64 } from './public.js'

test('once: a codec of a bad size, or none, is refused', (t) => {
  const at = newFabric()
  const lease = leaseOf(at, 1)
  for (const bad of [{ ...u32, byteLength: 0 }, { ...u32, byteLength: 4097 }, {}, undefined] as Codec<number>[]) {
    for (const call of [() => FabricOnce.byteLength(bad), () => FabricOnce.create(lease, 0, bad), () => FabricOnce.attach(lease, 0, bad)]) {
      t.true(['BadArgumentError', 'BadLayoutError'].includes(errorOf(call) as string))
    }
    t.is(
      errorOf(() => FabricOnce.create(lease, 0, bad)),
      'BadArgumentError',
    )
  }
  t.deepEqual(at.fabric.inspect().ranges, [])
})

test('once: a holderId that is not that of the lease, an f that is none and bad polls are refused before f runs', (t) => {
  const once = FabricOnce.create(leaseOf(newFabric(), 3), 0, u32)
  const f = (): number => {
    throw new Error('expected not to be called')
  }
  for (const bad of [0, 1, 65_536, 1.5, undefined] as number[]) {
    t.is(
      errorOf(() => once.getOrInit(bad, f, 0)),
      'BadArgumentError',
    )
  }
  for (const bad of [-1, 2 ** 31, 0.5] as number[]) {
    t.is(
      errorOf(() => once.getOrInit(3, f, bad)),
      'BadArgumentError',
    )
  }
  t.is(
    errorOf(() => once.getOrInit(3, 7 as unknown as () => number, 0)),
    'BadArgumentError',
  )
  t.is(once.inspect().attempt, 0)
})

test('once: attach refuses a codec of another size', (t) => {
  const lease = leaseOf(newFabric(), 1)
  FabricOnce.create(lease, 512, u64)
  t.is(
    errorOf(() => FabricOnce.attach(lease, 512, u32)),
    'Unsupported',
  )
  t.is(FabricOnce.attach(lease, 512, bytes(8)).isDone(), false)
})

test.serial('once: a lease that ends while the initialiser runs: the result is not published', (t) => {
  withClock((clock) => {
    const once = FabricOnce.create(leaseOf(newFabric(), 1), 0, u32)
    t.is(
      errorOf(() =>
        once.getOrInit(
          1,
          () => {
            clock.nowMs += 1000
            return 1
          },
          0,
        ),
      ),
      'LeaseExpired',
    )
    t.is(once.inspect().state, 'running')
  })
})
