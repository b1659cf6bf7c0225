// One test for each row of the tables of errors, as far as they are about the once.

import test from 'ava'
import { BadLayoutError } from '../errors.js'
import { errorOf, leaseOf, newFabric, withClock } from './fabric.test.kit.js'
import { bytes, type Codec, type Fabric, FabricBarrier, FabricOnce, type MemLease, u32, u64 } from './public.js'

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

test('once: a bad baseOffset is refused', (t) => {
  const lease = leaseOf(newFabric(), 1)
  for (const bad of [-8, 4, 1.5, 4096, 4096 - 64, Number.NaN]) t.throws(() => FabricOnce.create(lease, bad, u32), { instanceOf: BadLayoutError })
  FabricOnce.create(lease, 0, u32)
  t.throws(() => FabricOnce.create(lease, 0, u32), { instanceOf: BadLayoutError, message: /unformatted/ })
  t.throws(() => FabricOnce.create(lease, 64, u32), { instanceOf: BadLayoutError, message: /belong to no primitive/ })
})

test('once: attach refuses what is no once, and a codec of another size', (t) => {
  const lease = leaseOf(newFabric(), 1)
  t.throws(() => FabricOnce.attach(lease, 0, u32), { instanceOf: BadLayoutError })
  FabricBarrier.create(lease, 0, 1)
  t.throws(() => FabricOnce.attach(lease, 0, u32), { instanceOf: BadLayoutError })
  FabricOnce.create(lease, 512, u64)
  t.is(
    errorOf(() => FabricOnce.attach(lease, 512, u32)),
    'Unsupported',
  )
  t.is(FabricOnce.attach(lease, 512, bytes(8)).isDone(), false)
})

const ENDS: Readonly<Record<string, (fabric: Fabric, lease: MemLease) => void>> = {
  LeaseExpired: (_, lease) => lease.release(),
  Revoked: (fabric, lease) => fabric.revoke(lease.id),
  Fenced: (fabric, lease) => fabric.fence(lease.id),
  Disconnected: (fabric) => fabric.shutdown(),
}

for (const [kind, end] of Object.entries(ENDS)) {
  test(`once: after the end of its lease every call throws ${kind} and changes nothing`, (t) => {
    const at = newFabric()
    const lease = leaseOf(at, 1)
    const once = FabricOnce.create(lease, 0, u32)
    end(at.fabric, lease)
    for (const call of [() => once.get(), () => once.isDone(), () => once.getOrInit(1, () => 1, 3), () => FabricOnce.create(lease, 1024, u32)]) {
      t.is(errorOf(call), kind)
    }
    t.deepEqual(once.inspect(), { state: 'empty', attempt: 0, runner: undefined })
  })
}

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
