// One test for each row of the tables of errors, as far as they are about the barrier.

import test from 'ava'
import { BadLayoutError } from '../errors.js'
import { errorOf, leaseOf, newFabric, withClock } from './fabric.test.kit.js'
import { FabricBarrier } from './public.js'

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

test('barrier: attach refuses a header of so many parties as none has', (t) => {
  const at = newFabric()
  const lease = leaseOf(at, 1)
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
