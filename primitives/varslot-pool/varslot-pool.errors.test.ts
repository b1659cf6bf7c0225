// Every row of the parameter and error tables, and VS-11: a call that throws a range, argument or state error leaves the
// pool's bytes as they were.

import test, { type ExecutionContext } from 'ava'
import { BadArgumentError, BadLayoutError, PrimitiveError } from '../errors.js'
import { SizeTooLargeError, type SlotRef, SlotRefRangeError, VarSlotPool } from './public.js'
import { RawPool } from './varslot-pool.test.kit.js'

const CONFIGS = [
  { slotSize: 8, slotCount: 3 },
  { slotSize: 64, slotCount: 2 },
]
const PEERS = 3
const SIZE = VarSlotPool.requiredSize(CONFIGS, { peerCapacity: PEERS })
const NOT_INTEGERS: readonly unknown[] = [0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', 1n, null, undefined, {}, [], true]

function setUp() {
  const buffer = new SharedArrayBuffer(SIZE + 64)
  const pool = VarSlotPool.init(buffer, 64, CONFIGS, { peerCapacity: PEERS })
  pool.joinPeer(0)
  pool.joinPeer(1)
  return { buffer, pool, raw: new RawPool(buffer, 64, CONFIGS, PEERS) }
}

/** Calls `act`, which must throw `expected`, and compares every byte of the buffer before and after. */
function refused(
  t: ExecutionContext,
  buffer: SharedArrayBuffer,
  act: () => unknown,
  expected: { instanceOf: new (...args: never[]) => Error; code: string },
): Error {
  const before = new Uint8Array(buffer).slice()
  const error = t.throws(act, expected) as Error
  t.deepEqual(new Uint8Array(buffer), new Uint8Array(before))
  t.true(error instanceof PrimitiveError)
  t.regex(error.message, /^expected .*, got /)
  return error
}

const ARGUMENT = { instanceOf: BadArgumentError, code: 'BAD_ARGUMENT' }
const LAYOUT = { instanceOf: BadLayoutError, code: 'BAD_LAYOUT' }
const PEER_STATE = { instanceOf: PrimitiveError, code: 'PEER_STATE' }
const REF_RANGE = { instanceOf: SlotRefRangeError, code: 'VARSLOT_REF_RANGE' }
const TOO_LARGE = { instanceOf: SizeTooLargeError, code: 'VARSLOT_SIZE_TOO_LARGE' }

test('varslot errors: configs out of range are refused by layout, requiredSize, init and attach', (t) => {
  const slot = { slotSize: 8, slotCount: 1 }
  const cases: readonly [argument: string, configs: unknown][] = [
    ['configs', undefined],
    ['configs', 'x'],
    ['configs', []],
    ['configs', Array.from({ length: 64 }, (_, i) => ({ slotSize: 8 + 8 * i, slotCount: 1 }))],
    ['configs[0]', [undefined]],
    ['configs[1]', [slot, 5]],
    ['configs[0].slotSize', [{ slotCount: 1 }]],
    ...[0, 4, 12, -8, 2 ** 30 + 8, ...NOT_INTEGERS].map((slotSize) => ['configs[0].slotSize', [{ slotSize, slotCount: 1 }]] as [string, unknown]),
    ...[0, -1, 16_777_216, ...NOT_INTEGERS].map((slotCount) => ['configs[0].slotCount', [{ slotSize: 8, slotCount }]] as [string, unknown]),
    ['configs[1].slotSize', [slot, slot]],
    ['configs[1].slotSize', [{ slotSize: 16, slotCount: 1 }, slot]],
    ['configs', [{ slotSize: 2 ** 30, slotCount: 4 }]],
    ['configs', [{ slotSize: 2 ** 30, slotCount: 16_777_215 }]],
  ]
  const { buffer } = setUp()
  for (const [argument, configs] of cases) {
    const bad = configs as typeof CONFIGS
    for (const act of [
      () => VarSlotPool.layout(bad),
      () => VarSlotPool.requiredSize(bad),
      () => VarSlotPool.init(buffer, 64, bad),
      () => VarSlotPool.attach(buffer, 64, bad),
    ]) {
      const error = refused(t, buffer, act, ARGUMENT)
      t.is((error as BadArgumentError).argument, argument)
    }
  }
  t.notThrows(() => VarSlotPool.layout(Array.from({ length: 63 }, (_, i) => ({ slotSize: 8 + 8 * i, slotCount: 1 }))))
  t.notThrows(() => VarSlotPool.layout([{ slotSize: 2 ** 30, slotCount: 3 }]))
  t.notThrows(() => VarSlotPool.layout([{ slotSize: 8, slotCount: 16_777_215 }]))
})

test('varslot errors: peerCapacity is an integer from 1 to 256', (t) => {
  for (const peerCapacity of [0, -1, 257, ...NOT_INTEGERS]) {
    if (peerCapacity === undefined) continue
    const error = t.throws(() => VarSlotPool.layout(CONFIGS, { peerCapacity: peerCapacity as number }), ARGUMENT) as BadArgumentError
    t.is(error.argument, 'peerCapacity')
    t.is(error.value, peerCapacity)
  }
  t.throws(() => VarSlotPool.layout(CONFIGS, 5 as never), ARGUMENT)
  t.notThrows(() => VarSlotPool.layout(CONFIGS, { peerCapacity: 1 }))
  t.notThrows(() => VarSlotPool.layout(CONFIGS, { peerCapacity: 256 }))
})

test('varslot errors: a buffer that is not shared is refused', (t) => {
  const plain = new ArrayBuffer(SIZE) as unknown as SharedArrayBuffer
  for (const buffer of [plain, undefined as never, {} as never]) {
    t.throws(() => VarSlotPool.init(buffer, 0, CONFIGS), ARGUMENT)
    t.throws(() => VarSlotPool.attach(buffer, 0, CONFIGS), ARGUMENT)
    t.throws(() => VarSlotPool.discoverConfigs(buffer, 0, 2), ARGUMENT)
  }
})

test('varslot errors: baseOffset is a multiple of 64 with the whole pool inside the buffer', (t) => {
  for (const base of [8, 63, -64, 128, 2 ** 53, ...NOT_INTEGERS] as number[]) {
    const fresh = new SharedArrayBuffer(SIZE + 64)
    refused(t, fresh, () => VarSlotPool.init(fresh, base, CONFIGS, { peerCapacity: PEERS }), LAYOUT)
    const { buffer } = setUp()
    refused(t, buffer, () => VarSlotPool.attach(buffer, base, CONFIGS), LAYOUT)
    refused(t, buffer, () => VarSlotPool.discoverConfigs(buffer, base, CONFIGS.length), LAYOUT)
  }
  const short = new SharedArrayBuffer(SIZE - 1)
  refused(t, short, () => VarSlotPool.init(short, 0, CONFIGS, { peerCapacity: PEERS }), LAYOUT)
})

test('varslot errors: init refuses memory that is formatted already or not zeroed', (t) => {
  const { buffer } = setUp()
  refused(t, buffer, () => VarSlotPool.init(buffer, 64, CONFIGS, { peerCapacity: PEERS }), LAYOUT)
  const foreign = new SharedArrayBuffer(SIZE)
  new Int32Array(foreign)[0] = 1
  refused(t, foreign, () => VarSlotPool.init(foreign, 0, CONFIGS, { peerCapacity: PEERS }), LAYOUT)
})

test('varslot errors: attach and discoverConfigs check magic, version, sizes and offsets', (t) => {
  const bad = (offset: number, value: number) => {
    const { buffer } = setUp()
    new Int32Array(buffer, 64)[offset / 4] = value
    refused(t, buffer, () => VarSlotPool.attach(buffer, 64, CONFIGS), LAYOUT)
    refused(t, buffer, () => VarSlotPool.discoverConfigs(buffer, 64, CONFIGS.length), LAYOUT)
  }
  bad(0, 0)
  bad(0, 0x31505357)
  bad(4, 0)
  bad(4, 2)
  for (const classCount of [0, 1, 3, 64, -1]) bad(8, classCount)
  for (const peerCapacity of [0, 2, 4, 257, -1]) bad(12, peerCapacity)
  bad(16, SIZE - 64)
  bad(16, -1)
  for (const classIdx of [0, 1]) {
    for (const slotSize of [0, 12, 72, 128, -8]) bad(64 + 64 * classIdx, slotSize)
    for (const slotCount of [0, 16, -1]) bad(64 + 64 * classIdx + 4, slotCount)
    bad(64 + 64 * classIdx + 16, 64)
    bad(64 + 64 * classIdx + 20, 64)
  }
  // Classes that are valid one by one, but more than 2^32 bytes together.
  const { buffer: huge } = setUp()
  const words = new Int32Array(huge, 64)
  words[(64 + 64) / 4] = 2 ** 30
  words[(64 + 64) / 4 + 1] = 2 ** 24 - 1
  const error = refused(t, huge, () => VarSlotPool.attach(huge, 64, CONFIGS), LAYOUT)
  t.regex(error.message, /^expected size classes of less than 2\^32 bytes, got \d+$/)
  // A valid pool whose buffer ends too early.
  const { buffer } = setUp()
  const cut = new SharedArrayBuffer(SIZE - 64)
  new Uint8Array(cut).set(new Uint8Array(buffer, 64, SIZE - 64))
  refused(t, cut, () => VarSlotPool.attach(cut, 0, CONFIGS), LAYOUT)
  const header = new SharedArrayBuffer(64)
  new Uint8Array(header).set(new Uint8Array(buffer, 64, 64))
  refused(t, header, () => VarSlotPool.attach(header, 0, CONFIGS), LAYOUT)
  const empty = new SharedArrayBuffer(0)
  refused(t, empty, () => VarSlotPool.discoverConfigs(empty, 0, 1), LAYOUT)
})

test('varslot errors: attach wants the configs that were stored', (t) => {
  const { buffer } = setUp()
  const [first, second] = CONFIGS as [(typeof CONFIGS)[0], (typeof CONFIGS)[0]]
  const others = [[first], [first, second, { slotSize: 128, slotCount: 1 }], [first, { ...second, slotSize: 72 }], [{ ...first, slotCount: 2 }, second]]
  for (const configs of others) refused(t, buffer, () => VarSlotPool.attach(buffer, 64, configs as typeof CONFIGS), LAYOUT)
  t.is(VarSlotPool.attach(buffer, 64, CONFIGS).peerCapacity(), PEERS)
})

test('varslot errors: discoverConfigs returns what was stored; numClasses must be its count', (t) => {
  const { buffer } = setUp()
  t.deepEqual(VarSlotPool.discoverConfigs(buffer, 64, 2), CONFIGS)
  for (const numClasses of [0, 1, 3, 64, -2, ...NOT_INTEGERS] as number[]) refused(t, buffer, () => VarSlotPool.discoverConfigs(buffer, 64, numClasses), LAYOUT)
})

test('varslot errors: size is an integer from 0 to 2^32 - 1, and at most the largest slot size', (t) => {
  const { pool, buffer } = setUp()
  const out: SlotRef = { classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 0 }
  for (const size of [-1, 2 ** 32, ...NOT_INTEGERS] as number[]) {
    t.is((refused(t, buffer, () => pool.allocate(size, 0), ARGUMENT) as BadArgumentError).argument, 'size')
    refused(t, buffer, () => pool.allocateInto(size, 0, out), ARGUMENT)
  }
  for (const size of [65, 2 ** 32 - 1]) {
    const error = refused(t, buffer, () => pool.allocate(size, 0), TOO_LARGE) as SizeTooLargeError
    t.is(error.size, size)
    t.is(error.largest, 64)
  }
})

test('varslot errors: peers are integers below the capacity, in every operation', (t) => {
  const { pool, buffer } = setUp()
  const ref = pool.allocate(8, 0) as SlotRef
  const out: SlotRef = { ...ref }
  for (const peer of [-1, PEERS, 2 ** 32, ...NOT_INTEGERS] as number[]) {
    const calls: readonly [argument: string, act: () => unknown][] = [
      ['ownerPeer', () => pool.allocate(8, peer)],
      ['ownerPeer', () => pool.allocateInto(8, peer, out)],
      ['byPeer', () => pool.free(ref, peer)],
      ['newOwner', () => pool.adopt(ref, peer)],
      ['peer', () => pool.joinPeer(peer)],
      ['peer', () => pool.leavePeer(peer)],
      ['peer', () => pool.peerState(peer)],
      ['peer', () => pool.declarePeerDead(peer, 0)],
      ['byPeer', () => pool.declarePeerDead(1, peer)],
      ['peerId', () => pool.reclaimPeerSlots(peer, 0)],
      ['byPeer', () => pool.reclaimPeerSlots(1, peer)],
      ['byPeer', () => pool.reclaimerFor(peer)],
    ]
    for (const [argument, act] of calls) {
      const error = refused(t, buffer, act, ARGUMENT) as BadArgumentError
      t.is(error.argument, argument)
      t.is(error.value, peer)
    }
  }
})

test('varslot errors: peers are LIVE in this handle, in every operation', (t) => {
  const { pool, buffer } = setUp()
  const ref = pool.allocate(8, 0) as SlotRef
  const stranger = VarSlotPool.attach(buffer, 64, CONFIGS)
  const acts = (handle: VarSlotPool, peer: number): readonly (() => unknown)[] => [
    () => handle.allocate(8, peer),
    () => handle.allocateInto(8, peer, { ...ref }),
    () => handle.free(ref, peer),
    () => handle.adopt(ref, peer),
    () => handle.leavePeer(peer),
    () => handle.declarePeerDead(1, peer),
    () => handle.reclaimPeerSlots(1, peer),
    () => handle.reclaimerFor(peer),
  ]
  for (const act of [...acts(pool, 2), ...acts(stranger, 0), ...acts(stranger, 1)]) refused(t, buffer, act, PEER_STATE)
  refused(t, buffer, () => pool.joinPeer(0), PEER_STATE)
  refused(t, buffer, () => pool.declarePeerDead(2, 0), PEER_STATE)
  refused(t, buffer, () => pool.declarePeerDead(0, 0), PEER_STATE)
  refused(t, buffer, () => pool.reclaimPeerSlots(1, 0), PEER_STATE)
  refused(t, buffer, () => pool.reclaimPeerSlots(2, 0), PEER_STATE)
  refused(t, buffer, () => pool.reclaimPeerSlots(0, 0), PEER_STATE)
  refused(t, buffer, () => pool.leavePeer(0), PEER_STATE)
  pool.declarePeerDead(1, 0)
  refused(t, buffer, () => pool.joinPeer(1), PEER_STATE)
  refused(t, buffer, () => pool.declarePeerDead(1, 0), PEER_STATE)
  for (const act of acts(pool, 1)) refused(t, buffer, act, PEER_STATE)
})

test('varslot errors: every field of a reference is checked, in order, before anything is touched', (t) => {
  const { pool, buffer } = setUp()
  const ref = pool.allocate(8, 0) as SlotRef
  const cases: readonly [field: keyof SlotRef, values: readonly unknown[]][] = [
    ['classIdx', [-1, 2, 63, 2 ** 32, ...NOT_INTEGERS]],
    ['extentIdx', [-1, 1, ...NOT_INTEGERS]],
    ['slotIdx', [-1, 3, 2 ** 24, 2 ** 32, ...NOT_INTEGERS]],
    ['generation', [-1, 0, 8_388_608, 2 ** 32, ...NOT_INTEGERS]],
  ]
  for (const [field, values] of cases) {
    for (const value of values) {
      const bad = { ...ref, [field]: value } as SlotRef
      for (const act of [() => pool.free(bad, 0), () => pool.adopt(bad, 0), () => pool.slotData(bad), () => pool.slotDataMut(bad)]) {
        const error = refused(t, buffer, act, REF_RANGE) as SlotRefRangeError
        t.is(error.field, field)
        t.deepEqual(error.slot, bad)
        t.not(error.slot, bad)
      }
    }
  }
  refused(t, buffer, () => pool.free({ ...ref, classIdx: 1, slotIdx: 2 }, 0), REF_RANGE)
  for (const value of [undefined, null, 5, 'x'] as never[]) refused(t, buffer, () => pool.free(value, 0), ARGUMENT)
})

test('varslot errors: an out that cannot be written is refused before a slot is taken', (t) => {
  const { pool, buffer } = setUp()
  for (const out of [undefined, null, 5, Object.freeze({ classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 0 })] as never[]) {
    t.is((refused(t, buffer, () => pool.allocateInto(8, 0, out), ARGUMENT) as BadArgumentError).argument, 'out')
  }
})

test('varslot errors: classIdx of slotSize and slotCount is below the class count', (t) => {
  const { pool, buffer } = setUp()
  for (const classIdx of [-1, 2, ...NOT_INTEGERS] as number[]) {
    t.is((refused(t, buffer, () => pool.slotSize(classIdx), ARGUMENT) as BadArgumentError).argument, 'classIdx')
    refused(t, buffer, () => pool.slotCount(classIdx), ARGUMENT)
  }
})

test('varslot errors: waitMsMax is an integer from 0 to 600,000', (t) => {
  const { pool, buffer } = setUp()
  pool.declarePeerDead(1, 0)
  for (const waitMsMax of [-1, 600_001, ...NOT_INTEGERS] as number[]) {
    if (waitMsMax === undefined) continue
    t.is((refused(t, buffer, () => pool.reclaimPeerSlots(1, 0, { waitMsMax }), ARGUMENT) as BadArgumentError).argument, 'waitMsMax')
  }
  refused(t, buffer, () => pool.reclaimPeerSlots(1, 0, 5 as never), ARGUMENT)
  t.true(pool.reclaimPeerSlots(1, 0, { waitMsMax: 600_000 }).complete)
  pool.joinPeer(1)
  pool.declarePeerDead(1, 0)
  t.true(pool.reclaimPeerSlots(1, 0, {}).complete)
})

test('varslot errors: messages say what was expected and what came', (t) => {
  const { pool } = setUp()
  const message = (act: () => unknown) => t.throws(act)?.message
  const ref = pool.allocate(8, 0) as SlotRef
  pool.free(ref, 0)
  t.is(
    message(() => pool.allocate(-1, 0)),
    'expected size to be an integer from 0 to 4294967295, got -1',
  )
  t.is(
    message(() => pool.allocate(65, 0)),
    'expected size to be at most 64, the largest slot size, got 65',
  )
  t.is(
    message(() => pool.allocate(8, 2)),
    'expected peer 2 to be LIVE and joined through this handle, got it EMPTY',
  )
  t.is(
    message(() => pool.free({ ...ref, slotIdx: 9 }, 0)),
    'expected slotRef.slotIdx to be an integer from 0 to 2, got 9',
  )
  t.is(
    message(() => pool.free(ref, 0)),
    'expected slot 0 of class 0, generation 1, to be allocated, got one that was freed before',
  )
  t.is(
    message(() => pool.slotData(ref)),
    'expected slot 0 of class 0, generation 1, to be allocated, got a reference to a slot that was freed',
  )
  t.is(
    message(() => pool.joinPeer(0)),
    'expected peer 0 to be EMPTY, an id that nobody uses, got it LIVE',
  )
})
