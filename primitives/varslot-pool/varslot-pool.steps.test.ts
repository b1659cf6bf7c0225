// The step tables of the specification, section 4: which words each operation touches, in which order.

import test from 'ava'
import { hooked } from '../hooked-atomics.test.kit.js'
import { DoubleFreeError } from './errors.js'
import { type SlotRef, VarSlotPool } from './public.js'
import { newPool, RawPool, stepFaults, stepsOf, take } from './varslot-pool.test.kit.js'

const CONFIGS = [
  { slotSize: 8, slotCount: 2 },
  { slotSize: 16, slotCount: 2 },
]
const PEERS = 4

function setUp() {
  return newPool(CONFIGS, PEERS)
}

test.serial('varslot steps: allocate is A0 to A7', (t) => {
  const { pool, raw } = setUp()
  const expected = [
    'load status[1]', // A0
    'load freeHead[0]',
    'store intent[1]',
    'load next[0][0]',
    'compareExchange freeHead[0]',
    'load word[0][0]',
    'store word[0][0]',
    'store intent[1]', // A7
  ]
  t.deepEqual(
    stepsOf(raw, () => pool.allocate(8, 1)),
    expected,
  )
  pool.free({ classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 1 }, 2)
  const out: SlotRef = { classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 0 }
  t.deepEqual(
    stepsOf(raw, () => pool.allocateInto(8, 1, out)),
    expected,
  )
})

test.serial('varslot steps: allocate looks at larger classes and stores no intent where all are empty', (t) => {
  const { pool, raw } = setUp()
  for (let i = 0; i < 4; i++) take(pool, 8, 0)
  t.deepEqual(
    stepsOf(raw, () => pool.allocate(8, 1)),
    ['load status[1]', 'load freeHead[0]', 'load freeHead[1]'],
  )
  t.deepEqual(
    stepsOf(raw, () => pool.allocate(9, 1)),
    ['load status[1]', 'load freeHead[1]'],
  )
})

test.serial('varslot steps: a lost A4 goes back to A1, and A9 clears an intent that A2 stored', (t) => {
  const { pool, raw } = setUp()
  take(pool, 16, 0)
  take(pool, 16, 0)
  const steps: string[] = []
  let ref: SlotRef | undefined
  hooked(
    (step, operation, array, index) => {
      steps.push(`${operation} ${raw.name(array.byteOffset + index * array.BYTES_PER_ELEMENT)}`)
      if (step !== 4) return
      take(pool, 8, 0)
      take(pool, 8, 0)
    },
    () => {
      ref = pool.allocate(8, 1)
    },
  )
  t.is(ref, undefined)
  t.deepEqual(steps, [
    'load status[1]',
    'load freeHead[0]',
    'store intent[1]',
    'load next[0][0]',
    'compareExchange freeHead[0]', // lost
    'load freeHead[0]', // END
    'store intent[1]', // A9, before the next class is looked at
    'load freeHead[1]', // END
  ])
})

test.serial('varslot steps: free is F0 to F7', (t) => {
  const { pool, raw } = setUp()
  const ref = take(pool, 8, 1)
  t.deepEqual(
    stepsOf(raw, () => pool.free(ref, 2)),
    [
      'load status[2]', // F0
      'store intent[2]',
      'load word[0][0]',
      'compareExchange word[0][0]',
      'load freeHead[0]',
      'store next[0][0]',
      'compareExchange freeHead[0]',
      'store intent[2]', // F7
    ],
  )
})

test.serial('varslot steps: a second free is F0, F1, F2, F9', (t) => {
  const { pool, raw } = setUp()
  const ref = take(pool, 8, 1)
  pool.free(ref, 1)
  const steps = stepsOf(raw, () => t.throws(() => pool.free(ref, 2), { instanceOf: DoubleFreeError }))
  t.deepEqual(steps, ['load status[2]', 'store intent[2]', 'load word[0][0]', 'store intent[2]'])
})

test.serial('varslot steps: adopt is O0 to O2, slotData is one load', (t) => {
  const { pool, raw } = setUp()
  const ref = take(pool, 8, 1)
  t.deepEqual(
    stepsOf(raw, () => pool.adopt(ref, 2)),
    ['load status[2]', 'load word[0][0]', 'compareExchange word[0][0]'],
  )
  t.deepEqual(
    stepsOf(raw, () => pool.slotData(ref)),
    ['load word[0][0]'],
  )
  t.deepEqual(
    stepsOf(raw, () => pool.slotDataMut(ref)),
    ['load word[0][0]'],
  )
})

test.serial('varslot steps: reclaim of a peer without slots and intent is R0 to R6', (t) => {
  const { pool, raw } = setUp()
  pool.declarePeerDead(3, 0)
  t.deepEqual(
    stepsOf(raw, () => pool.reclaimPeerSlots(3, 0)),
    [
      'load status[0]', // R0
      'load status[3]',
      'load reclaimLock', // R1
      'compareExchange reclaimLock',
      'load status[3]', // R2
      'load word[0][0]', // R3
      'load word[0][1]',
      'load word[1][0]',
      'load word[1][1]',
      'load intent[3]', // N1
      'store status[3]', // R5
      'store reclaimLock', // R6
    ],
  )
})

test.serial('varslot steps: reclaim frees owned slots by F1 to F7 and puts a slot in limbo back by N1 to N8', (t) => {
  const { pool, raw } = setUp()
  take(pool, 16, 3)
  const limbo = take(pool, 8, 3)
  t.deepEqual(limbo, { classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 1 })
  // As if 3 had died before A5: popped, not yet marked.
  raw.words[raw.slot(0, 0)] = 0
  raw.words[raw.intent(3)] = 1 << 30
  pool.declarePeerDead(3, 0)
  t.deepEqual(
    stepsOf(raw, () => t.deepEqual(pool.reclaimPeerSlots(3, 0), { complete: true, freedSlots: 1, recoveredLimbo: 1 })),
    [
      'load status[0]', // R0
      'load status[3]',
      'load reclaimLock', // R1
      'compareExchange reclaimLock',
      'load status[3]', // R2
      'load word[0][0]', // R3
      'load word[0][1]',
      'load word[1][0]',
      'store intent[0]', // F1
      'load word[1][0]',
      'compareExchange word[1][0]',
      'load freeHead[1]',
      'store next[1][0]',
      'compareExchange freeHead[1]',
      'store intent[0]', // F7
      'load word[1][1]', // R3
      'load intent[3]', // N1
      'load word[0][0]', // N2
      'load intent[1]', // N3
      'load intent[2]',
      'load freeHead[0]', // N4
      'load next[0][1]',
      'load intent[1]', // N5
      'load intent[2]',
      'load word[0][0]', // N6
      'store intent[0]', // N7
      'load freeHead[0]',
      'store next[0][0]',
      'compareExchange freeHead[0]',
      'store intent[0]',
      'store intent[3]', // N8
      'store status[3]', // R5
      'store reclaimLock', // R6
    ],
  )
})

test.serial('varslot steps: init writes the magic last, attach writes nothing', (t) => {
  const buffer = new SharedArrayBuffer(VarSlotPool.requiredSize(CONFIGS, { peerCapacity: PEERS }))
  const raw = new RawPool(buffer, 0, CONFIGS, PEERS)
  const initSteps = stepsOf(raw, () => VarSlotPool.init(buffer, 0, CONFIGS, { peerCapacity: PEERS }))
  t.is(initSteps.at(-1), 'store header+0')
  const attachSteps = stepsOf(raw, () => VarSlotPool.attach(buffer, 0, CONFIGS))
  t.deepEqual(
    attachSteps.filter((step) => !step.startsWith('load ')),
    [],
  )
})

/** What peer 1 does, the compare-and-swap of it that is contested, and how another peer makes it fail; `time` counts from 0. */
interface Contest {
  readonly about: string
  readonly contested: string
  prepare(pool: VarSlotPool, raw: RawPool): { act(): unknown; rival(time: number): void }
}

const contests: readonly Contest[] = [
  {
    about: 'A4 of allocate',
    contested: 'compareExchange freeHead[0]',
    prepare: (pool) => ({ act: () => pool.allocate(8, 1), rival: () => pool.free(take(pool, 8, 2), 2) }),
  },
  {
    about: 'F3 of free',
    contested: 'compareExchange word[0][0]',
    prepare(pool) {
      const ref = take(pool, 8, 1)
      return { act: () => pool.free(ref, 1), rival: (time) => pool.adopt(ref, 2 + (time % 2)) }
    },
  },
  {
    about: 'F6 of free',
    contested: 'compareExchange freeHead[0]',
    prepare(pool) {
      const ref = take(pool, 8, 1)
      return { act: () => pool.free(ref, 1), rival: () => pool.free(take(pool, 8, 2), 2) }
    },
  },
  {
    about: 'O2 of adopt',
    contested: 'compareExchange word[0][0]',
    prepare(pool) {
      const ref = take(pool, 8, 1)
      return { act: () => pool.adopt(ref, 1), rival: (time) => pool.adopt(ref, 2 + (time % 2)) }
    },
  },
  {
    about: 'R1 of reclaim',
    contested: 'compareExchange reclaimLock',
    prepare(pool, raw) {
      pool.declarePeerDead(2, 0)
      pool.declarePeerDead(3, 0)
      // Peer 3 took the lock in each of its lives, and died in the last.
      return { act: () => pool.reclaimPeerSlots(2, 1, { waitMsMax: 0 }), rival: (time) => (raw.words[raw.lock] = ((time + 1) << 9) | (3 + 1)) }
    },
  },
  {
    about: 'a join',
    contested: 'compareExchange status[1]',
    prepare(pool, raw) {
      pool.leavePeer(1)
      // Others come and go under the id: each raises the epoch and leaves it EMPTY.
      return { act: () => pool.joinPeer(1), rival: () => (raw.words[raw.status(1)] = (raw.words[raw.status(1)] as number) + (1 << 2)) }
    },
  },
]

for (const { about, contested, prepare } of contests) {
  test.serial(`varslot steps: ${about}, lost 64 times in a row, sleeps 1 ms on the nap word of the caller and goes on`, (t) => {
    const { pool, raw } = setUp()
    const { act, rival } = prepare(pool, raw)
    const steps: string[] = []
    let rivals = 0
    hooked((_, operation, array, index) => {
      const name = `${operation} ${raw.name(array.byteOffset + index * array.BYTES_PER_ELEMENT)}`
      steps.push(name)
      if (name === contested && rivals < 64) rival(rivals++)
    }, act)
    t.deepEqual(
      steps.filter((step) => step.startsWith('wait')),
      ['wait nap[1]'],
    )
    const lost = steps.slice(0, steps.indexOf('wait nap[1]')).filter((step) => step === contested)
    t.is(lost.length, 64)
    t.is(steps.filter((step) => step === contested).length, 65)
    t.deepEqual(stepFaults(pool), [])
  })
}
