import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import test from 'ava'
import { CorruptStateError, PeerStateError } from '../errors.js'
import { DoubleFreeError, type SlotRef, StaleSlotError, VarSlotPool } from './public.js'
import { endFaults, interrupted, newPool, type RawPool, stepFaults, take } from './varslot-pool.test.kit.js'

const VECTOR = [
  { slotSize: 1024, slotCount: 8 },
  { slotSize: 16_384, slotCount: 4 },
  { slotSize: 262_144, slotCount: 2 },
]
const SMALL = [{ slotSize: 8, slotCount: 3 }]
const PEERS = 4

function setUp(configs = SMALL, base = 0) {
  return newPool(configs, PEERS, base)
}

test('varslot: a fresh pool returns slot 0 with generation 1', (t) => {
  const { pool } = setUp()
  t.deepEqual(pool.allocate(0, 1), { classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 1 })
  t.deepEqual(pool.allocate(8, 1), { classIdx: 0, extentIdx: 0, slotIdx: 1, generation: 1 })
})

test('varslot: the smallest fitting class is tried first, then every larger one; all drained gives 14 slots', (t) => {
  const { pool } = setUp(VECTOR)
  const refs: SlotRef[] = []
  for (let ref = pool.allocate(1, 1); ref !== undefined; ref = pool.allocate(1, 1)) refs.push(ref)
  t.deepEqual(
    refs.map((ref) => ref.classIdx),
    [...Array(8).fill(0), ...Array(4).fill(1), ...Array(2).fill(2)],
  )
  t.is(new Set(refs.map((ref) => `${ref.classIdx}.${ref.slotIdx}`)).size, 14)
  t.deepEqual(endFaults(pool), [])
  pool.free(refs[9] as SlotRef, 2)
  t.is(take(pool, 1, 1).classIdx, 1)
  for (const [index, ref] of refs.entries()) if (index !== 9) pool.free(ref, 2)
  t.deepEqual(endFaults(pool), [])
})

test('varslot: a size goes to the class with slotSize at least that, never to a smaller one', (t) => {
  const { pool } = setUp(VECTOR)
  t.is(take(pool, 1024, 1).classIdx, 0)
  t.is(take(pool, 1025, 1).classIdx, 1)
  t.is(take(pool, 262_144, 1).classIdx, 2)
  take(pool, 262_144, 1)
  t.is(pool.allocate(262_144, 1), undefined)
  t.not(pool.allocate(16_384, 1), undefined)
})

test('varslot: classCount, slotSize, slotCount and peerCapacity say what was configured', (t) => {
  const { pool } = setUp(VECTOR)
  t.is(pool.classCount(), 3)
  t.deepEqual(
    [0, 1, 2].map((classIdx) => pool.slotSize(classIdx)),
    [1024, 16_384, 262_144],
  )
  t.deepEqual(
    [0, 1, 2].map((classIdx) => pool.slotCount(classIdx)),
    [8, 4, 2],
  )
  t.is(pool.peerCapacity(), PEERS)
})

test('varslot: allocateInto fills the reference it is given; where nothing is free it is all zero', (t) => {
  const { pool } = setUp([{ slotSize: 8, slotCount: 1 }])
  const out: SlotRef = { classIdx: 9, extentIdx: 9, slotIdx: 9, generation: 9 }
  t.true(pool.allocateInto(8, 1, out))
  t.deepEqual(out, { classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 1 })
  const none: SlotRef = { ...out }
  t.false(pool.allocateInto(8, 1, none))
  t.deepEqual(none, { classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 0 })
  pool.free(out, 1)
  t.deepEqual(endFaults(pool), [])
})

test('varslot: whoever has the reference may free it; the second free is refused', (t) => {
  const { pool } = setUp()
  const ref = take(pool, 8, 1)
  pool.free(ref, 2)
  const error = t.throws(() => pool.free(ref, 1), { instanceOf: DoubleFreeError, code: 'VARSLOT_DOUBLE_FREE' })
  t.deepEqual(error.slot, ref)
  t.not(error.slot, ref)
  t.deepEqual(endFaults(pool), [])
})

test('varslot: a reference of an older generation frees, adopts and shows nothing', (t) => {
  const { pool } = setUp()
  const stale = take(pool, 8, 1)
  pool.free(stale, 1)
  const fresh = take(pool, 8, 2)
  t.deepEqual(fresh, { ...stale, generation: 2 })
  t.throws(() => pool.free(stale, 1), { instanceOf: DoubleFreeError })
  t.deepEqual(t.throws(() => pool.adopt(stale, 1), { instanceOf: StaleSlotError, code: 'VARSLOT_STALE_SLOT' }).slot, stale)
  t.throws(() => pool.slotData(stale), { instanceOf: StaleSlotError })
  t.throws(() => pool.slotDataMut(stale), { instanceOf: StaleSlotError })
  t.is(pool.inspect().classes[0]?.slots[0]?.owner, 2)
  t.notThrows(() => pool.free(fresh, 1))
})

test('varslot: a freed slot is stale for adopt and for its data', (t) => {
  const { pool } = setUp()
  const ref = take(pool, 8, 1)
  pool.free(ref, 1)
  t.throws(() => pool.adopt(ref, 2), { instanceOf: StaleSlotError })
  t.throws(() => pool.slotData(ref), { instanceOf: StaleSlotError })
})

test('varslot: an all-zero reference is never valid', (t) => {
  const { pool } = setUp()
  t.throws(() => pool.free({ classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 0 }, 1), { code: 'VARSLOT_REF_RANGE' })
})

test('varslot: data of a slot is slotSize bytes of the shared buffer that overlap no other slot', (t) => {
  const base = 128
  const configs = [
    { slotSize: 8, slotCount: 3 },
    { slotSize: 24, slotCount: 2 },
  ]
  const { pool, buffer } = setUp(configs, base)
  const layout = VarSlotPool.layout(configs, { peerCapacity: PEERS })
  const refs = [take(pool, 8, 1), take(pool, 8, 1), take(pool, 8, 1), take(pool, 24, 1), take(pool, 24, 1)]
  for (const [index, ref] of refs.entries()) {
    const bytes = pool.slotDataMut(ref)
    t.is(bytes.buffer as unknown, buffer)
    t.is(bytes.byteLength, pool.slotSize(ref.classIdx))
    t.is(bytes.byteOffset, base + (layout.classOffsets[ref.classIdx]?.dataOffset ?? 0) + ref.slotIdx * bytes.byteLength)
    bytes.fill(index + 1)
  }
  for (const [index, ref] of refs.entries()) t.true(pool.slotData(ref).every((byte) => byte === index + 1))
  t.deepEqual(endFaults(pool), [])
})

test('varslot: two handles on one pool see one state', (t) => {
  const { pool, buffer } = setUp()
  const other = VarSlotPool.attach(buffer, 0, SMALL)
  const ref = take(pool, 8, 1)
  pool.slotDataMut(ref).fill(7)
  t.deepEqual([...other.slotData(ref)], Array(8).fill(7))
  pool.leavePeer(3)
  other.joinPeer(3)
  other.adopt(ref, 3)
  t.is(pool.inspect().classes[0]?.slots[0]?.owner, 3)
  other.free(ref, 3)
  t.throws(() => pool.free(ref, 1), { instanceOf: DoubleFreeError })
  t.deepEqual(other.inspect(), pool.inspect())
})

test('varslot: adopt makes the receiver the owner, and reclaim of the sender leaves the slot alone', (t) => {
  const { pool } = setUp()
  const sent = take(pool, 8, 1)
  const kept = take(pool, 8, 1)
  pool.slotDataMut(sent).fill(5)
  pool.adopt(sent, 2)
  pool.declarePeerDead(1, 0)
  t.deepEqual(pool.reclaimPeerSlots(1, 0), { complete: true, freedSlots: 1, recoveredLimbo: 0 })
  t.deepEqual([...pool.slotData(sent)], Array(8).fill(5))
  t.throws(() => pool.slotData(kept), { instanceOf: StaleSlotError })
  pool.free(sent, 2)
  t.deepEqual(endFaults(pool), [])
})

test('varslot: adopt by the owner itself is allowed', (t) => {
  const { pool } = setUp()
  const ref = take(pool, 8, 1)
  pool.adopt(ref, 1)
  pool.free(ref, 1)
  t.deepEqual(endFaults(pool), [])
})

test('varslot: the generation goes from 8,388,607 to 1, so that 0 does not come again', (t) => {
  const { pool, raw } = setUp()
  raw.words[raw.slot(0, 0)] = 8_388_606
  const last = take(pool, 8, 3)
  t.is(last.generation, 8_388_607)
  pool.free(last, 1)
  const first = take(pool, 8, 1)
  t.deepEqual(first, { classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 1 })
  t.throws(() => pool.free(last, 1), { instanceOf: DoubleFreeError })
  pool.free(first, 1)
  t.deepEqual(endFaults(pool), [])
})

test('varslot: peer 255 owns slots like any other', (t) => {
  const buffer = new SharedArrayBuffer(VarSlotPool.requiredSize(SMALL, { peerCapacity: 256 }))
  const pool = VarSlotPool.init(buffer, 0, SMALL, { peerCapacity: 256 })
  pool.joinPeer(255)
  pool.joinPeer(254)
  const ref = take(pool, 8, 255)
  t.is(pool.inspect().classes[0]?.slots[0]?.owner, 255)
  pool.declarePeerDead(255, 254)
  t.is(pool.reclaimPeerSlots(255, 254).freedSlots, 1)
  t.throws(() => pool.free(ref, 254), { instanceOf: DoubleFreeError })
})

test('varslot: the tag goes up by one with every pop and push, also across an empty list', (t) => {
  const { pool } = setUp([{ slotSize: 8, slotCount: 1 }])
  const tag = () => pool.inspect().classes[0]?.head.tag
  t.is(tag(), 0)
  for (let round = 0; round < 3; round++) {
    const ref = take(pool, 8, 1)
    t.is(tag(), round * 2 + 1)
    t.is(pool.inspect().classes[0]?.head.slot, undefined)
    t.is(pool.allocate(8, 1), undefined)
    t.is(tag(), round * 2 + 1)
    pool.free(ref, 1)
    t.is(tag(), round * 2 + 2)
  }
})

test('varslot: the tag counts modulo 2^32', (t) => {
  const { pool, raw } = setUp()
  raw.words[raw.head(0) + 1] = -1
  t.is(pool.inspect().classes[0]?.head.tag, 2 ** 32 - 1)
  const ref = take(pool, 8, 1)
  t.is(pool.inspect().classes[0]?.head.tag, 0)
  pool.free(ref, 1)
  t.is(pool.inspect().classes[0]?.head.tag, 1)
})

test.serial('varslot: a pop that slept through pop, pop, push of the same slot across an empty list fails and tries again', (t) => {
  // H5: A holds head (1, tag), next 2; B takes 1 and 2 and gives 1 back. A must not install 2.
  const { pool } = setUp([{ slotSize: 8, slotCount: 2 }])
  let held: SlotRef | undefined
  let mine: SlotRef | undefined
  const reached = interrupted(
    4,
    () => {
      mine = pool.allocate(8, 1)
    },
    () => {
      const first = take(pool, 8, 2)
      held = take(pool, 8, 2)
      pool.free(first, 2)
    },
  )
  t.true(reached)
  t.is(mine?.slotIdx, 0)
  t.is(held?.slotIdx, 1)
  t.is(pool.allocate(8, 3), undefined)
  t.deepEqual(stepFaults(pool), [])
})

test('varslot: leave is refused while the peer owns a slot, and allowed once it gave or freed them all', (t) => {
  const { pool } = setUp()
  const given = take(pool, 8, 1)
  const freed = take(pool, 8, 1)
  const error = t.throws(() => pool.leavePeer(1), { instanceOf: PeerStateError, message: /owns slot 0 of class 0/ })
  t.is(error.state, 'live')
  pool.adopt(given, 2)
  t.throws(() => pool.leavePeer(1), { instanceOf: PeerStateError })
  pool.free(freed, 3)
  pool.leavePeer(1)
  t.is(pool.peerState(1), 'empty')
  t.throws(() => pool.allocate(8, 1), { instanceOf: PeerStateError })
  pool.joinPeer(1)
  t.is(pool.inspect().peers[1]?.epoch, 2)
})

test('varslot: reclaim wants a DEAD peer and is not for oneself', (t) => {
  const { pool } = setUp()
  t.is(t.throws(() => pool.reclaimPeerSlots(1, 0), { instanceOf: PeerStateError }).state, 'live')
  t.throws(() => pool.reclaimPeerSlots(0, 0), { instanceOf: PeerStateError })
  pool.leavePeer(1)
  t.is(t.throws(() => pool.reclaimPeerSlots(1, 0), { instanceOf: PeerStateError }).state, 'empty')
  pool.declarePeerDead(2, 0)
  t.is(t.throws(() => pool.reclaimPeerSlots(3, 2), { instanceOf: PeerStateError }).state, 'dead')
  t.is(t.throws(() => pool.reclaimPeerSlots(2, 2), { instanceOf: PeerStateError }).state, 'dead')
})

test('varslot: a dead peer keeps its id until it is reclaimed; the id then starts a new epoch', (t) => {
  const { pool, buffer } = setUp()
  const ref = take(pool, 8, 1)
  pool.declarePeerDead(1, 0)
  t.is(pool.peerState(1), 'dead')
  t.is(t.throws(() => pool.joinPeer(1), { instanceOf: PeerStateError }).state, 'dead')
  t.throws(() => pool.allocate(8, 1), { instanceOf: PeerStateError })
  t.deepEqual(pool.reclaimPeerSlots(1, 0), { complete: true, freedSlots: 1, recoveredLimbo: 0 })
  t.is(pool.peerState(1), 'empty')
  t.is(pool.inspect().peers[1]?.epoch, 2)
  const next = VarSlotPool.attach(buffer, 0, SMALL)
  next.joinPeer(1)
  t.is(pool.inspect().peers[1]?.epoch, 3)
  // The old handle, whose peer was declared dead by mistake, is refused.
  t.throws(() => pool.free(ref, 1), { instanceOf: PeerStateError })
  t.deepEqual(endFaults(pool), [])
})

test('varslot: the reclaimer of a peer frees in its name', (t) => {
  const { pool } = setUp()
  const reclaimer = pool.reclaimerFor(2)
  const ref = take(pool, 8, 1)
  reclaimer.free(ref)
  t.throws(() => reclaimer.free(ref), { instanceOf: DoubleFreeError })
  pool.leavePeer(2)
  t.throws(() => reclaimer.free(ref), { instanceOf: PeerStateError })
  t.throws(() => pool.reclaimerFor(2), { instanceOf: PeerStateError })
})

test('varslot: words that the protocol cannot produce stop the operation', (t) => {
  const corrupt = (poke: (raw: RawPool) => void, act: (pool: VarSlotPool) => void) => {
    const { pool, raw } = setUp()
    take(pool, 8, 3)
    pool.declarePeerDead(3, 0)
    poke(raw)
    t.throws(() => act(pool), { instanceOf: CorruptStateError, code: 'CORRUPT_STATE' })
  }
  const allocate = (pool: VarSlotPool) => pool.allocate(8, 1)
  const reclaim = (pool: VarSlotPool) => pool.reclaimPeerSlots(3, 0, { waitMsMax: 0 })
  corrupt((raw) => {
    raw.words[raw.head(0)] = 3
  }, allocate)
  corrupt((raw) => {
    raw.words[raw.head(0)] = -2
  }, allocate)
  corrupt((raw) => {
    raw.words[raw.next(0, 1)] = 3
  }, allocate)
  corrupt((raw) => {
    raw.words[raw.slot(0, 1)] = -1
  }, allocate)
  corrupt((raw) => {
    raw.words[raw.intent(3)] = (1 << 30) | (1 << 24)
  }, reclaim)
  corrupt((raw) => {
    raw.words[raw.intent(3)] = (1 << 30) | 3
  }, reclaim)
  corrupt((raw) => {
    raw.words[raw.intent(3)] = 1
  }, reclaim)
  corrupt((raw) => {
    raw.words[raw.lock] = PEERS + 1
  }, reclaim)
  corrupt(
    (raw) => {
      raw.words[raw.status(2)] = 3
    },
    (pool) => pool.peerState(2),
  )
})

test('varslot: allocateInto, free and adopt keep nothing on the heap', (t) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { pool } = setUp()
  const ref: SlotRef = { classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 0 }
  const rounds = (count: number) => {
    for (let i = 0; i < count; i++) {
      pool.allocateInto(8, 1, ref)
      pool.adopt(ref, 2)
      pool.free(ref, 3)
    }
  }
  const heldBytes = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  rounds(50_000)
  const before = heldBytes()
  rounds(200_000)
  // One byte a round would be 200,000. Compiled code and the test runner itself may add a little.
  t.true(heldBytes() - before < 100_000)
})
