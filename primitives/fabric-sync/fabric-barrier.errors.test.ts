// One test for each row of the tables of errors, as far as they are about the barrier.

import test from 'ava'
import { BadLayoutError } from '../errors.js'
import { errorOf, leaseOf, newFabric, withClock } from './fabric.test.kit.js'
import { type Fabric, FabricBarrier, FabricOnce, type MemLease, u32 } from './public.js'

test('barrier: numParties out of 1 to 255 is refused, and nothing is claimed', (t) => {
  const at = newFabric()
  const lease = leaseOf(at, 1)
  for (const bad of [0, 256, -1, 1.5, Number.NaN, '2', undefined] as number[]) {
    t.is(
      errorOf(() => FabricBarrier.create(lease, 0, bad)),
      'BadArgumentError',
    )
    t.is(
      errorOf(() => FabricBarrier.byteLength(bad)),
      'BadArgumentError',
    )
  }
  t.deepEqual(at.fabric.inspect().ranges, [])
})

test('barrier: a lease that is none is refused', (t) => {
  t.is(
    errorOf(() => FabricBarrier.create({} as MemLease, 0, 1)),
    'BadArgumentError',
  )
  t.is(
    errorOf(() => FabricBarrier.attach(undefined as unknown as MemLease, 0)),
    'BadArgumentError',
  )
})

test('barrier: maxPolls out of 0 to 2^31 - 1 is refused before an arrival', (t) => {
  const barrier = FabricBarrier.create(leaseOf(newFabric(), 1), 0, 1)
  for (const bad of [-1, 2 ** 31, 0.5, Number.NaN, undefined] as number[]) {
    t.is(
      errorOf(() => barrier.wait(bad)),
      'BadArgumentError',
    )
  }
  t.is(barrier.inspect().phase, 0)
})

test('barrier: a bad baseOffset is refused', (t) => {
  const at = newFabric()
  const lease = leaseOf(at, 1)
  for (const bad of [-8, 4, 1.5, 4096, 4096 - 64, Number.NaN]) {
    t.throws(() => FabricBarrier.create(lease, bad, 1), { instanceOf: BadLayoutError })
  }
  FabricBarrier.create(lease, 0, 1)
  t.throws(() => FabricBarrier.create(lease, 0, 1), { instanceOf: BadLayoutError, message: /unformatted/ })
  t.throws(() => FabricBarrier.create(lease, 64, 1), { instanceOf: BadLayoutError, message: /belong to no primitive/ })
})

test('barrier: attach refuses what is no barrier', (t) => {
  const at = newFabric()
  const lease = leaseOf(at, 1)
  t.throws(() => FabricBarrier.attach(lease, 0), { instanceOf: BadLayoutError })
  FabricOnce.create(lease, 0, u32)
  t.throws(() => FabricBarrier.attach(lease, 0), { instanceOf: BadLayoutError })
  FabricBarrier.create(lease, 512, 1)
  const parties = (at.fabric.memory.arenaOffset + 512 + 12) / 4
  for (const bad of [0, 256, -1]) {
    at.fabric.memory.words[parties] = bad
    t.throws(() => FabricBarrier.attach(lease, 512), { instanceOf: BadLayoutError, message: /parties/ })
  }
})

test('barrier: without a free range word there is no barrier', (t) => {
  const lease = leaseOf(newFabric({ rangeCapacity: 1 }), 1)
  FabricBarrier.create(lease, 0, 1)
  t.is(
    errorOf(() => FabricBarrier.create(lease, 512, 1)),
    'CapacityExceeded',
  )
})

test('barrier: one more party than seats is refused', (t) => {
  const at = newFabric()
  FabricBarrier.create(leaseOf(at, 1), 0, 1).join()
  const late = FabricBarrier.attach(leaseOf(at, 2), 0)
  t.is(
    errorOf(() => late.wait(0)),
    'CapacityExceeded',
  )
})

test('barrier: a reset without a cause is refused', (t) => {
  const barrier = FabricBarrier.create(leaseOf(newFabric(), 1), 0, 2)
  barrier.join()
  t.throws(() => barrier.reset(), { code: 'BAD_ARGUMENT', message: /expected barrier to be broken/ })
})

const ENDS: Readonly<Record<string, (fabric: Fabric, lease: MemLease) => void>> = {
  LeaseExpired: (_, lease) => lease.release(),
  Revoked: (fabric, lease) => fabric.revoke(lease.id),
  Fenced: (fabric, lease) => fabric.fence(lease.id),
  Disconnected: (fabric) => fabric.shutdown(),
}

for (const [kind, end] of Object.entries(ENDS)) {
  test(`barrier: after the end of its lease every call throws ${kind} and changes nothing`, (t) => {
    const at = newFabric()
    const lease = leaseOf(at, 1)
    const barrier = FabricBarrier.create(lease, 0, 2)
    barrier.join()
    end(at.fabric, lease)
    const before = barrier.inspect()
    for (const call of [() => barrier.join(), () => barrier.wait(3), () => barrier.leave(), () => barrier.reset(), () => barrier.generation()]) {
      t.is(errorOf(call), kind)
    }
    t.deepEqual(barrier.inspect(), before)
    t.is(
      errorOf(() => FabricBarrier.create(lease, 1024, 2)),
      kind,
    )
  })
}

test.serial('barrier: a lease that is over by the clock ends with the next call', (t) => {
  withClock((clock) => {
    const at = newFabric()
    const barrier = FabricBarrier.create(leaseOf(at, 1), 0, 1)
    clock.nowMs += 1000
    t.is(
      errorOf(() => barrier.wait(0)),
      'LeaseExpired',
    )
    t.is(at.fabric.inspect().leases[0]?.state, 'expired')
    t.is(barrier.inspect().phase, 0)
  })
})
