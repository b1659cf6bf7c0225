import test from 'ava'
import { hooked } from '../hooked-atomics.test.kit.js'
import { errorOf, interrupted, leaseOf, newFabric, stepsOf, type TestFabric, withClock } from './fabric.test.kit.js'
import { FabricBarrier, FabricError, type MemLease } from './public.js'

const SECOND = 1000

/** A barrier at offset 0, and parties with a lease of 1 s each. */
function setUp(numParties: number, parties = numParties) {
  const at = newFabric({ leaseCapacity: 8 })
  const leases = Array.from({ length: parties }, (_, party) => leaseOf(at, party + 1))
  const barriers = leases.map((lease, party) => (party === 0 ? FabricBarrier.create(lease, 0, numParties) : FabricBarrier.attach(lease, 0)))
  return { ...at, leases, barriers } as TestFabric & { leases: MemLease[]; barriers: FabricBarrier[] }
}

/** Runs `fn`, and `others` one by one instead of the polls. */
function atPolls<R>(fn: () => R, ...others: (() => void)[]): R {
  return hooked((_, operation) => {
    if (operation === 'wait') others.shift()?.()
  }, fn)
}

function caught(fn: () => unknown): FabricError {
  try {
    fn()
  } catch (error) {
    if (error instanceof FabricError) return error
    throw error
  }
  throw new Error('expected a FabricError')
}

test('barrier: header, main word and seats are where the layout says', (t) => {
  const { buffer, fabric, barriers } = setUp(3)
  t.deepEqual(
    [1, 2, 3, 255].map((n) => FabricBarrier.byteLength(n)),
    [72, 72, 80, 64 + 1024],
  )
  barriers[1]?.join()
  const words = new Int32Array(buffer, fabric.memory.arenaOffset, 20)
  t.deepEqual([...words], [0x31524246, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (1 << 8) + 1, 0, 0, 0])
})

test.serial('barrier: a phase ends when all have arrived, again and again', (t) => {
  const { barriers } = setUp(2)
  const [a, b] = barriers as [FabricBarrier, FabricBarrier]
  for (let phase = 1; phase < 4; phase++) {
    const other: number[] = []
    t.is(
      atPolls(
        () => a.wait(5),
        () => other.push(b.wait(5)),
      ),
      phase,
    )
    t.deepEqual(other, [phase])
    t.is(a.generation(), phase)
  }
  t.deepEqual(a.inspect(), {
    phase: 3,
    epoch: 0,
    count: 0,
    broken: false,
    seats: [
      { leaseIndex: 0, generation: 1 },
      { leaseIndex: 1, generation: 1 },
    ],
  })
})

test.serial('barrier: the steps of an arrival that completes a phase', (t) => {
  const { fabric, barriers } = setUp(1)
  barriers[0]?.join()
  t.deepEqual(
    stepsOf(fabric, () => barriers[0]?.wait(0)),
    ['load lease[0]', 'load arena+64', 'load arena+32', 'load lease[0]', 'compareExchange arena+32', 'notify arena+32'],
  )
})

test.serial('barrier: who times out is not counted, and may wait again', (t) => {
  const { barriers } = setUp(2)
  const [a, b] = barriers as [FabricBarrier, FabricBarrier]
  for (const polls of [0, 2]) {
    t.is(
      errorOf(() => a.wait(polls)),
      'Timeout',
    )
    t.is(a.inspect().count, 0)
  }
  t.is(
    errorOf(() => b.wait(0)),
    'Timeout',
  )
  t.is(
    atPolls(
      () => a.wait(5),
      () => b.wait(5),
    ),
    1,
  )
})

test.serial('barrier: the phase breaks when a lease ends, the reset keeps it, and a replacement completes it', (t) => {
  withClock((clock) => {
    const { leases, barriers } = setUp(2, 3)
    const [a, b, heir] = barriers as [FabricBarrier, FabricBarrier, FabricBarrier]
    b.join()
    const error = caught(() =>
      atPolls(
        () => a.wait(5),
        () => {
          clock.nowMs += SECOND - 1
          leases[0]?.renew()
          leases[2]?.renew()
        },
        () => (clock.nowMs += 1),
      ),
    )
    t.is(error.kind, 'LeaseExpired')
    t.is(error.leaseId, leases[1]?.id)
    t.true(a.inspect().broken)
    // Whoever takes the seat resets it; here the seat is still taken, so it is reset to get it.
    t.is(heir.join(), 0)
    t.deepEqual({ ...a.inspect(), seats: undefined }, { phase: 0, epoch: 1, count: 0, broken: false, seats: undefined })
    t.is(
      atPolls(
        () => a.wait(5),
        () => heir.wait(5),
      ),
      1,
    )
  })
})

test.serial('barrier: a waiter that looks after the reset knows that its phase broke, and by whom', (t) => {
  withClock((clock) => {
    const { leases, barriers } = setUp(3)
    const [a, b, c] = barriers as [FabricBarrier, FabricBarrier, FabricBarrier]
    c.join()
    const error = caught(() =>
      atPolls(
        () => a.wait(9),
        () => {
          clock.nowMs += SECOND - 1
          leases[0]?.renew()
          leases[1]?.renew()
          clock.nowMs += 1
          b.reset()
        },
      ),
    )
    t.is(error.kind, 'LeaseExpired')
    t.is(error.leaseId, leases[2]?.id)
    t.deepEqual({ ...a.inspect(), seats: undefined }, { phase: 0, epoch: 1, count: 0, broken: false, seats: undefined })
  })
})

test.serial('barrier: a broken barrier refuses arrivals until it is reset, once', (t) => {
  withClock((clock) => {
    const { leases, barriers } = setUp(2)
    const [a, b] = barriers as [FabricBarrier, FabricBarrier]
    a.join()
    b.join()
    clock.nowMs += SECOND - 1
    leases[0]?.renew()
    clock.nowMs += 1
    t.is(
      errorOf(() => a.wait(0)),
      'LeaseExpired',
    )
    t.is(caught(() => a.wait(0)).leaseId, leases[1]?.id)
    a.reset()
    t.is(
      errorOf(() => a.reset()),
      'BadArgumentError',
    )
    t.is(
      errorOf(() => a.wait(0)),
      'Timeout',
    )
  })
})

test('barrier: seats are taken from 0, given back, and not taken twice', (t) => {
  const { barriers } = setUp(2, 3)
  const [a, b, c] = barriers as [FabricBarrier, FabricBarrier, FabricBarrier]
  t.deepEqual([b.join(), a.join(), b.join()], [0, 1, 0])
  t.is(
    errorOf(() => c.join()),
    'CapacityExceeded',
  )
  b.leave()
  b.leave()
  t.is(c.join(), 0)
})

test('barrier: who takes a seat of a broken barrier resets it', (t) => {
  const { fabric, barriers } = setUp(2)
  // A resetter has emptied the seat and died.
  fabric.memory.longs[(fabric.memory.arenaOffset + 32) / 8] = 0x101n << 32n
  barriers[0]?.join()
  t.deepEqual({ ...barriers[0]?.inspect(), seats: undefined }, { phase: 0, epoch: 1, count: 0, broken: false, seats: undefined })
})

test('barrier: the phase wraps after 2^32 - 1', (t) => {
  const { fabric, barriers } = setUp(1)
  const main = (fabric.memory.arenaOffset + 32) / 8
  fabric.memory.longs[main] = 0xffff_ffffn
  t.is(barriers[0]?.generation(), 2 ** 32 - 1)
  t.is(barriers[0]?.wait(0), 0)
})

/** Pauses a member before each of its steps, while its lease ends, a replacement takes its seat, and `then` happens. What comes of the member. */
function zombies(then: (a: FabricBarrier, heir: FabricBarrier) => void): { outcomes: Set<string | undefined>; states: Set<string> } {
  const outcomes = new Set<string | undefined>()
  const states = new Set<string>()
  for (let pause = 0; pause < STEPS_OF_WAIT; pause++) {
    withClock((clock) => {
      const { leases, barriers } = setUp(2, 3)
      const [a, zombie, heir] = barriers as [FabricBarrier, FabricBarrier, FabricBarrier]
      a.join()
      zombie.join()
      const error = interrupted(
        pause,
        () => zombie.wait(0),
        () => {
          clock.nowMs += SECOND - 1
          leases[0]?.renew()
          leases[2]?.renew()
          clock.nowMs += 1
          heir.join()
          then(a, heir)
        },
      )
      const { phase, count } = a.inspect()
      outcomes.add(error instanceof FabricError ? error.kind : String(error))
      states.add(`phase ${phase}, count ${count}`)
    })
  }
  return { outcomes, states }
}

/** Atomic steps of a `wait` of a member that finds another missing, up to the one that withdraws it. */
const STEPS_OF_WAIT = 11

test.serial('barrier: a member whose lease ended is not counted, wherever it pauses', (t) => {
  const { outcomes, states } = zombies(() => {})
  t.deepEqual([...outcomes], ['LeaseExpired'])
  t.deepEqual([...states], ['phase 0, count 0'])
})

test.serial('barrier: a member whose lease ended does not leave the phase that its replacement completed', (t) => {
  const { outcomes, states } = zombies((a, heir) => completeTogether(a, heir))
  t.deepEqual([...outcomes], ['LeaseExpired'])
  t.deepEqual([...states], ['phase 1, count 0'])
})

/** Both wait: the second when the first is counted. Steps inside a hook are not hooked, so this looks whenever the clock is read. */
function completeTogether(first: FabricBarrier, second: FabricBarrier): void {
  const now = Date.now
  let waited = false
  Date.now = () => {
    if (!waited && first.inspect().count === 1) {
      waited = true
      second.wait(0)
    }
    return now()
  }
  try {
    first.wait(0)
  } finally {
    Date.now = now
  }
}

test.serial('barrier: a reset that pauses anywhere empties no seat of a member that was counted after another reset', (t) => {
  for (let pause = 0; pause < 24; pause++) {
    withClock((clock) => {
      const { leases, barriers } = setUp(2, 4)
      const [dead, member, slow, fast] = barriers as [FabricBarrier, FabricBarrier, FabricBarrier, FabricBarrier]
      dead.join()
      member.join()
      leases[0]?.release()
      interrupted(
        pause,
        () => slow.join(),
        () => {
          fast.join()
          crashWhenCounted(member)
          clock.nowMs += SECOND - 1
          leases[2]?.renew()
          leases[3]?.renew()
          clock.nowMs += 1
        },
      )
      const { count, seats } = fast.inspect()
      const isSeated = seats.some((seat) => seat?.leaseIndex === 1)
      t.true(count === 0 || isSeated, `paused before step ${pause}: ${count} counted, seats ${JSON.stringify(seats)}`)
    })
  }
})

/** The member waits, and never takes another step when it is counted. */
function crashWhenCounted(member: FabricBarrier): void {
  const now = Date.now
  Date.now = () => {
    if (member.inspect().count === 1) throw new Error('crash')
    return now()
  }
  try {
    member.wait(9)
  } catch {
    // It is gone.
  } finally {
    Date.now = now
  }
}
