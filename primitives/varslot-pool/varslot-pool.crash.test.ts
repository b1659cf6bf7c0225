// Crash and recovery: every row of section 5 built by hand, then a crash at every step of every operation, two crashes on one
// slot, and a reclaimer that dies at every step.

import test, { type ExecutionContext } from 'ava'
import type { ReclaimReport, SlotRef, VarSlotPool } from './public.js'
import { crashes, endFaults, newPool, owners, type RawPool, STEPS_MAX, stepFaults, take } from './varslot-pool.test.kit.js'

const CONFIGS = [{ slotSize: 8, slotCount: 3 }]
const PEERS = 5
const HOST = 0
const ALLOC = 1 << 30
const FREE = 2 << 30
const RECOVER = 3 << 30

function setUp() {
  return newPool(CONFIGS, PEERS)
}

/** Frees whatever a live peer still owns, and expects every slot on its list. */
function allComeBack(t: ExecutionContext, pool: VarSlotPool, peer: number): void {
  const slots = pool.inspect().classes[0]?.slots ?? []
  slots.forEach((slot, slotIdx) => {
    if (slot.state === 'allocated') pool.free({ classIdx: 0, extentIdx: 0, slotIdx, generation: slot.generation }, peer)
  })
  t.deepEqual(endFaults(pool), [])
  t.is(pool.inspect().classes[0]?.freeList.length, 3)
}

// Section 5, row by row. Peer 1 is p; it dies before the step that names the row.

/** Poke the state left by p, declare p dead, reclaim it as the host, and compare. */
function row(
  title: string,
  poke: (pool: VarSlotPool, raw: RawPool) => void,
  expected: Omit<ReclaimReport, 'complete'>,
  after?: (t: ExecutionContext, pool: VarSlotPool) => void,
): void {
  test.serial(`varslot crash before ${title}`, (t) => {
    const { pool, raw } = setUp()
    poke(pool, raw)
    t.deepEqual(stepFaults(pool), [])
    pool.declarePeerDead(1, HOST)
    t.deepEqual(pool.reclaimPeerSlots(1, HOST), { complete: true, ...expected })
    t.is(pool.peerState(1), 'empty')
    t.deepEqual(endFaults(pool), [])
    after?.(t, pool)
    allComeBack(t, pool, 2)
  })
}

const NOTHING = { freedSlots: 0, recoveredLimbo: 0 }

/** Takes slot 0 off the list as p's A4 does, and leaves its word free. */
function popped(raw: RawPool): void {
  raw.words[raw.head(0)] = 1
  raw.words[raw.head(0) + 1] = 1
}

row('A1 or A2: nothing is held', () => {}, NOTHING)
row(
  'A3 or A4: the slot is still listed',
  (_, raw) => {
    raw.words[raw.intent(1)] = ALLOC
  },
  NOTHING,
)
row(
  'A4: the slot was taken by another peer meanwhile',
  (pool, raw) => {
    raw.words[raw.intent(1)] = ALLOC
    take(pool, 8, 2)
  },
  NOTHING,
  (t, pool) => t.deepEqual(owners(pool), [2, '-', '-']),
)
row(
  'A4: the slot was taken and freed by another peer meanwhile',
  (pool, raw) => {
    raw.words[raw.intent(1)] = ALLOC
    pool.free(take(pool, 8, 2), 2)
  },
  NOTHING,
)
row(
  'A5 or A6: limbo is put back',
  (_, raw) => {
    raw.words[raw.intent(1)] = ALLOC
    popped(raw)
  },
  { freedSlots: 0, recoveredLimbo: 1 },
  (t, pool) => t.deepEqual(pool.inspect().classes[0]?.freeList, [0, 1, 2]),
)
row(
  'A7: the slot is its own and freed',
  (pool, raw) => {
    take(pool, 8, 1)
    raw.words[raw.intent(1)] = ALLOC
  },
  { freedSlots: 1, recoveredLimbo: 0 },
)
row(
  'the end of A7: the slot is its own and freed',
  (pool) => {
    take(pool, 8, 1)
  },
  { freedSlots: 1, recoveredLimbo: 0 },
)
row(
  'F1: its own slot is freed',
  (pool) => {
    take(pool, 8, 1)
  },
  { freedSlots: 1, recoveredLimbo: 0 },
)
row(
  'F2 or F3 of its own slot: freed',
  (pool, raw) => {
    take(pool, 8, 1)
    raw.words[raw.intent(1)] = FREE
  },
  { freedSlots: 1, recoveredLimbo: 0 },
)
row(
  "F2 or F3 of another's slot: the owner keeps it",
  (pool, raw) => {
    take(pool, 8, 2)
    raw.words[raw.intent(1)] = FREE
  },
  NOTHING,
  (t, pool) => t.deepEqual(owners(pool), [2, '-', '-']),
)
row(
  'F4: limbo is put back',
  (pool, raw) => {
    take(pool, 8, 1)
    raw.words[raw.intent(1)] = FREE
    raw.words[raw.slot(0, 0)] = 1
  },
  { freedSlots: 0, recoveredLimbo: 1 },
)
row(
  'F6: limbo is put back, whatever its next says',
  (pool, raw) => {
    take(pool, 8, 1)
    raw.words[raw.intent(1)] = FREE
    raw.words[raw.slot(0, 0)] = 1
    raw.words[raw.next(0, 0)] = 0
  },
  { freedSlots: 0, recoveredLimbo: 1 },
)
row(
  'F7: the slot is listed',
  (pool, raw) => {
    pool.free(take(pool, 8, 1), 1)
    raw.words[raw.intent(1)] = FREE
  },
  NOTHING,
)
row(
  'F7: the slot is in use again',
  (pool, raw) => {
    pool.free(take(pool, 8, 1), 1)
    raw.words[raw.intent(1)] = FREE
    take(pool, 8, 2)
  },
  NOTHING,
  (t, pool) => t.deepEqual(owners(pool), [2, '-', '-']),
)
row(
  'O1 or O2: the old owner keeps the slot',
  (pool) => {
    take(pool, 8, 2)
  },
  NOTHING,
  (t, pool) => t.deepEqual(owners(pool), [2, '-', '-']),
)
row(
  'R6, holding the lock: the lock is taken over',
  (_, raw) => {
    raw.words[raw.lock] = 2
  },
  NOTHING,
)
row(
  'N7 after the push was done: the slot is listed',
  (_, raw) => {
    raw.words[raw.lock] = 2
    raw.words[raw.intent(1)] = RECOVER
  },
  NOTHING,
)
row(
  'N7 before the push: limbo is put back',
  (_, raw) => {
    raw.words[raw.lock] = 2
    raw.words[raw.intent(1)] = RECOVER
    popped(raw)
  },
  { freedSlots: 0, recoveredLimbo: 1 },
)

// Who keeps a reclaim waiting.

test('varslot reclaim: a LIVE peer whose intent names the slot blocks it, until it is through', (t) => {
  for (const kind of [ALLOC, FREE, RECOVER]) {
    const { pool, raw } = setUp()
    take(pool, 8, 1)
    raw.words[raw.intent(1)] = ALLOC | 1
    raw.words[raw.head(0)] = 2
    raw.words[raw.intent(3)] = kind | 1
    pool.declarePeerDead(1, HOST)
    t.deepEqual(pool.reclaimPeerSlots(1, HOST, { waitMsMax: 0 }), { complete: false, freedSlots: 1, recoveredLimbo: 0, blockedBy: 3 })
    const startMs = performance.now()
    t.deepEqual(pool.reclaimPeerSlots(1, HOST, { waitMsMax: 20 }), { complete: false, freedSlots: 0, recoveredLimbo: 0, blockedBy: 3 })
    t.true(performance.now() - startMs >= 20)
    t.is(pool.peerState(1), 'dead')
    t.throws(() => pool.joinPeer(1), { code: 'PEER_STATE' })
    t.is(pool.inspect().reclaimLock, undefined)
    raw.words[raw.intent(3)] = 0
    t.deepEqual(pool.reclaimPeerSlots(1, HOST, { waitMsMax: 0 }), { complete: true, freedSlots: 0, recoveredLimbo: 1 })
    allComeBack(t, pool, 2)
  }
})

test('varslot reclaim: an intent on another slot, or of a DEAD peer, blocks nothing', (t) => {
  const { pool, raw } = setUp()
  raw.words[raw.intent(1)] = ALLOC
  popped(raw)
  raw.words[raw.intent(2)] = FREE | 1
  raw.words[raw.intent(3)] = FREE
  pool.declarePeerDead(1, HOST)
  pool.declarePeerDead(3, HOST)
  t.deepEqual(pool.reclaimPeerSlots(1, HOST, { waitMsMax: 0 }), { complete: true, freedSlots: 0, recoveredLimbo: 1 })
  t.deepEqual(pool.reclaimPeerSlots(3, HOST, { waitMsMax: 0 }), { complete: true, freedSlots: 0, recoveredLimbo: 0 })
  raw.words[raw.intent(2)] = 0
  allComeBack(t, pool, 2)
})

test('varslot reclaim: a LIVE holder of the reclaim lock blocks it, a DEAD one and the caller itself do not', (t) => {
  const { pool, raw } = setUp()
  pool.declarePeerDead(1, HOST)
  raw.words[raw.lock] = 3 + 1
  t.deepEqual(pool.reclaimPeerSlots(1, HOST, { waitMsMax: 5 }), { complete: false, freedSlots: 0, recoveredLimbo: 0, blockedBy: 3 })
  t.is(raw.words[raw.lock], 4)
  pool.declarePeerDead(3, HOST)
  t.true(pool.reclaimPeerSlots(1, HOST, { waitMsMax: 0 }).complete)
  t.is(raw.words[raw.lock], 0)
  raw.words[raw.lock] = HOST + 1
  t.true(pool.reclaimPeerSlots(3, HOST, { waitMsMax: 0 }).complete)
  allComeBack(t, pool, 2)
})

test('varslot reclaim: a walk that never ends gives up when the time is over', (t) => {
  const { pool, raw } = setUp()
  raw.words[raw.intent(1)] = ALLOC | 2
  raw.words[raw.next(0, 1)] = 0
  pool.declarePeerDead(1, HOST)
  t.deepEqual(pool.reclaimPeerSlots(1, HOST, { waitMsMax: 5 }), { complete: false, freedSlots: 0, recoveredLimbo: 0 })
  t.is(pool.inspect().reclaimLock, undefined)
})

// A crash at every step.

/** What p does in the tests below. It holds `own` and was handed `received` by peer 2. */
function work(pool: VarSlotPool, own: SlotRef, received: SlotRef): void {
  const third = take(pool, 8, 1)
  pool.free(own, 1)
  pool.adopt(received, 1)
  take(pool, 8, 1)
  pool.free(third, 1)
  pool.free(received, 1)
}

test.serial('varslot crash: at every step of allocate, free and adopt, reclaim brings everything back', (t) => {
  let crashStep = 0
  for (; crashStep < STEPS_MAX; crashStep++) {
    const { pool } = setUp()
    const own = take(pool, 8, 1)
    const received = take(pool, 8, 2)
    if (!crashes(crashStep, () => work(pool, own, received))) break
    t.deepEqual(stepFaults(pool), [], `crash before step ${crashStep}`)
    pool.declarePeerDead(1, HOST)
    t.true(pool.reclaimPeerSlots(1, HOST, { waitMsMax: 0 }).complete)
    t.deepEqual(endFaults(pool), [], `crash before step ${crashStep}`)
    allComeBack(t, pool, 2)
  }
  t.true(crashStep > 40 && crashStep < STEPS_MAX)
})

test.serial('varslot crash: two peers die on one slot, at every pair of steps, and are reclaimed in both orders', (t) => {
  for (const order of [
    [1, 2],
    [2, 1],
  ] as const) {
    for (let first = 0; first < 16; first++) {
      for (let second = 0; second < 16; second++) {
        const { pool } = setUp()
        crashes(first, () => pool.free(take(pool, 8, 1), 1))
        crashes(second, () => pool.free(take(pool, 8, 2), 2))
        t.deepEqual(stepFaults(pool), [])
        for (const peer of order) pool.declarePeerDead(peer, HOST)
        for (const peer of order) t.true(pool.reclaimPeerSlots(peer, HOST, { waitMsMax: 0 }).complete)
        t.deepEqual(endFaults(pool), [], `crashes before steps ${first} and ${second}`)
        allComeBack(t, pool, 3)
      }
    }
  }
})

test.serial('varslot crash: a reclaimer that dies at any step is replaced, whichever dead peer is reclaimed first', (t) => {
  for (const order of [
    [1, 2],
    [2, 1],
  ] as const) {
    for (let crashStep = 0; crashStep < 16; crashStep++) {
      let reclaimStep = 0
      for (; reclaimStep < STEPS_MAX; reclaimStep++) {
        const { pool } = setUp()
        take(pool, 8, 1)
        crashes(crashStep, () => pool.free(take(pool, 8, 1), 1))
        pool.declarePeerDead(1, HOST)
        const died = crashes(reclaimStep, () => pool.reclaimPeerSlots(1, 2, { waitMsMax: 0 }))
        t.deepEqual(stepFaults(pool), [])
        pool.declarePeerDead(2, HOST)
        for (const peer of order) {
          if (pool.peerState(peer) === 'dead') t.true(pool.reclaimPeerSlots(peer, HOST, { waitMsMax: 0 }).complete)
        }
        t.deepEqual(endFaults(pool), [], `crashes before steps ${crashStep} and ${reclaimStep}`)
        allComeBack(t, pool, 3)
        if (!died) break
      }
      t.true(reclaimStep > 10 && reclaimStep < STEPS_MAX)
    }
  }
})
