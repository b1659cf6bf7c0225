// Leases from both sides: what the holder's own check says, and how others judge.

import test from 'ava'
import { errorOf, interrupted, leaseOf, newFabric, withClock } from './fabric.test.kit.js'
import { Fabric, MemBuilder } from './public.js'

test.serial('lease: it is over for its holder at expiry, and for others after the skew', (t) => {
  withClock((clock) => {
    const made = newFabric({ skewMsMax: 5 })
    const lease = leaseOf(made, 3, 100)
    const status = () => made.fabric.leaseStatus(lease.id)
    t.is(lease.holderId, 3)
    t.deepEqual([lease.isActive(), lease.remainingMs(), status()], [true, 100, 'active'])
    clock.nowMs += 99
    t.deepEqual([lease.isActive(), lease.remainingMs(), status()], [true, 1, 'active'])
    clock.nowMs += 1
    t.deepEqual([lease.isActive(), lease.remainingMs(), status()], [false, 0, 'active'])
    clock.nowMs += 4
    t.is(status(), 'active')
    clock.nowMs += 1
    t.is(status(), 'expired')
    t.is(
      errorOf(() => lease.renew()),
      'LeaseExpired',
    )
  })
})

test.serial('lease: the holder ends its own lease at expiry, and cannot renew it any more', (t) => {
  withClock((clock) => {
    const made = newFabric({ skewMsMax: 1000 })
    const lease = leaseOf(made, 1, 100)
    clock.nowMs += 100
    t.is(
      errorOf(() => lease.renew()),
      'LeaseExpired',
    )
    t.is(made.fabric.inspect().leases[0]?.state, 'expired')
    clock.nowMs -= 100
    t.is(
      errorOf(() => lease.renew()),
      'LeaseExpired',
    )
  })
})

test.serial('lease: renewal moves the expiry on, never back', (t) => {
  withClock((clock) => {
    const lease = leaseOf(newFabric(), 1, 100)
    clock.nowMs += 60
    lease.renew()
    t.is(lease.remainingMs(), 100)
    lease.renew(10)
    t.is(lease.remainingMs(), 100)
    lease.renew(500)
    t.is(lease.remainingMs(), 500)
  })
})

test.serial('lease: a renewal that has passed its check fails once another has ended the lease', (t) => {
  withClock((clock) => {
    const made = newFabric()
    const lease = leaseOf(made, 1, 100)
    let status: string | undefined
    const error = interrupted(
      1,
      () => lease.renew(),
      () => {
        clock.nowMs += 100
        status = made.fabric.leaseStatus(lease.id)
      },
    )
    t.is(status, 'expired')
    t.is((error as { kind?: string }).kind, 'LeaseExpired')
  })
})

test.serial('lease: a judge who has read the clock looks again once the holder has renewed', (t) => {
  withClock((clock) => {
    const made = newFabric()
    const lease = leaseOf(made, 1, 100)
    clock.nowMs += 100
    let status: string | undefined
    const judge = () => {
      status = made.fabric.leaseStatus(lease.id)
    }
    interrupted(1, judge, () => {
      // The holder's clock is slower.
      clock.nowMs -= 50
      lease.renew()
    })
    t.is(status, 'active')
  })
})

test('lease: the lowest slot that is not in use is taken, with the next generation', (t) => {
  const made = newFabric({ leaseCapacity: 2 })
  const first = leaseOf(made, 1)
  leaseOf(made, 2)
  t.is(
    errorOf(() => leaseOf(made, 3)),
    'CapacityExceeded',
  )
  first.release()
  const next = leaseOf(made, 3)
  t.is(next.id, first.id + 256)
  t.is(made.fabric.leaseStatus(first.id), 'unknown')
  t.is(
    errorOf(() => first.renew()),
    'LeaseExpired',
  )
})

test('lease: a slot that reaches generation 65,535 is closed for good', (t) => {
  const made = newFabric({ leaseCapacity: 1 })
  for (let generation = 1; generation < 65_535; generation++) made.fabric.leases.end(made.fabric.leases.acquire(1000), 4)
  t.is(
    errorOf(() => leaseOf(made, 1)),
    'CapacityExceeded',
  )
  t.deepEqual(made.fabric.inspect().leases, [{ index: 0, state: 'fenced', generation: 65_535, expiryMs: 0 }])
})

test('lease: revoke, fence and shutdown end it, each with its own error', (t) => {
  const made = newFabric()
  const [revoked, fenced, closed] = [leaseOf(made, 1), leaseOf(made, 2), leaseOf(made, 3)]
  made.fabric.revoke(revoked.id)
  made.fabric.fence(fenced.id)
  t.deepEqual(
    [revoked, fenced].map((lease) => errorOf(() => lease.renew())),
    ['Revoked', 'Fenced'],
  )
  t.deepEqual(
    [revoked, fenced].map((lease) => errorOf(() => new MemBuilder(made.fabric).attach(lease.id))),
    ['Revoked', 'Fenced'],
  )
  // The slot of the revoked one is free again, that of the fenced one is not.
  t.is(leaseOf(made, 4).id, revoked.id + 256)
  made.fabric.shutdown()
  t.is(
    errorOf(() => closed.renew()),
    'Disconnected',
  )
  t.is(
    errorOf(() => leaseOf(made, 5)),
    'Disconnected',
  )
})

test.serial('lease: a shutdown at any step of acquire leaves no active lease', (t) => {
  for (let pause = 0; pause < 4; pause++) {
    const made = newFabric()
    const error = interrupted(
      pause,
      () => new MemBuilder(made.fabric).acquire(),
      () => Fabric.attach(made.buffer, 0).shutdown(),
    )
    t.is((error as { kind?: string }).kind, 'Disconnected', `at step ${pause}`)
    t.false(made.fabric.inspect().leases.some(({ state }) => state === 'active'))
  }
})

test('lease: attach takes a session of the caller’s own', (t) => {
  const made = newFabric()
  const owner = leaseOf(made, 1)
  const attached = new MemBuilder(made.fabric).holderId(2).attach(owner.id)
  t.not(attached.id, owner.id)
  owner.release()
  t.true(attached.isActive())
  t.is(
    errorOf(() => new MemBuilder(made.fabric).attach(owner.id)),
    'LeaseExpired',
  )
})

test('lease: using releases it, once', (t) => {
  const made = newFabric()
  const lease = leaseOf(made, 1)
  lease[Symbol.dispose]()
  lease[Symbol.dispose]()
  t.is(made.fabric.leaseStatus(lease.id), 'released')
  t.is(
    errorOf(() => lease.release()),
    'LeaseExpired',
  )
})
