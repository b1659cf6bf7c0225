// Where things lie, and what `init` and `attach` refuse.

import test from 'ava'
import { BadArgumentError, BadLayoutError } from '../errors.js'
import { placeBlocks, shapeOf } from './layout.js'
import { newManager } from './manager.test.kit.js'
import { ConcurrentMemoryManager } from './memory-manager.js'

test('layout: header, peers, slot words and data follow each other, in multiples of 64', (t) => {
  const layout = placeBlocks(shapeOf(5, { payloadBytesMax: 16, peerCapacity: 3 }))
  t.deepEqual(layout, { slotWordsOffset: 128 + 3 * 64, slotDataOffset: 128 + 3 * 64 + 128, slotDataStride: 64, totalSize: 128 + 3 * 64 + 128 + 5 * 64 })
  t.is(ConcurrentMemoryManager.byteLength(5, { payloadBytesMax: 16, peerCapacity: 3 }), layout.totalSize)
  t.is(placeBlocks(shapeOf(1, { payloadBytesMax: 24 })).slotDataStride, 128)
  t.is(placeBlocks(shapeOf(1, undefined)).slotDataStride, 1088)
})

test('layout: the words of a fresh manager are those of the specification', (t) => {
  const manager = ConcurrentMemoryManager.create(3, { payloadBytesMax: 24, peerCapacity: 2, memoryClass: { device: 7 } })
  const words = new Int32Array(manager.buffer())
  t.deepEqual([...words.slice(0, 8)], [0x314d4d43, 1, 3, 24, 2, 263, 0, 0])
  t.deepEqual([...words.slice(16, 18)], [3 * 65_536, 0])
  t.deepEqual([...words.slice(64, 76)], [0, 0, 1, 0, 0, 0, 2, 0, 0, 0, -1, 0])
  t.deepEqual(manager.memoryClass(), { device: 7 })
})

test('layout: a message lies in its slot as the specification says', (t) => {
  const { manager } = newManager(2, { memoryClass: 'shared' })
  const header = { traceId: 2 ** 32 + 5, sequence: 2 ** 53 - 1, creationTick: 3, qos: 2, flags: 0x8001 }
  manager.storeShared({ header, payload: new Uint8Array([7]) }, 0)
  manager.storeShared({ header: { deadlineTick: 0 }, payload: new Uint8Array([1, 2, 3]) }, 0)
  const view = new DataView(manager.buffer())
  const first = 128 + 4 * 64 + 64
  t.is(view.getUint32(first, true), 1)
  t.is(view.getUint16(first + 4, true), 0x8001)
  t.is(view.getUint8(first + 6), 2)
  t.is(view.getBigUint64(first + 8, true), 2n ** 32n + 5n)
  t.is(view.getBigUint64(first + 16, true), 2n ** 53n - 1n)
  t.is(view.getBigUint64(first + 24, true), 3n)
  t.is(view.getBigUint64(first + 32, true), 2n ** 64n - 1n)
  t.is(view.getUint32(first + 40, true), 2)
  t.is(view.getUint32(first + 44, true), 0)
  t.is(view.getUint8(first + 48), 7)
  t.is(view.getBigUint64(first + 64 + 32, true), 0n)
  t.is(view.getUint32(first + 64, true), 3)
})

test('init: another base works, and the memory before it stays as it is', (t) => {
  const size = ConcurrentMemoryManager.byteLength(2)
  const buffer = new SharedArrayBuffer(128 + size)
  const manager = ConcurrentMemoryManager.init(buffer, 128, 2)
  manager.joinPeer(0)
  const token = manager.storeShared({ header: {}, payload: new Uint8Array(3).fill(9) }, 0)
  const out = new Uint8Array(3)
  t.is(ConcurrentMemoryManager.attach(buffer, 128).available(), 1)
  t.is(manager.copyMessage(token, 0, out), 3)
  t.deepEqual([...out], [9, 9, 9])
  t.true(new Uint8Array(buffer, 0, 128).every((byte) => byte === 0))
})

test('init: what cannot be is refused and changes nothing', (t) => {
  const size = ConcurrentMemoryManager.byteLength(2)
  const buffer = new SharedArrayBuffer(size + 64)
  for (const offset of [-64, 8, 0.5, 128, Number.NaN]) {
    t.throws(() => ConcurrentMemoryManager.init(buffer, offset, 2), { instanceOf: BadLayoutError, code: 'BAD_LAYOUT' }, String(offset))
  }
  t.throws(() => ConcurrentMemoryManager.init(new ArrayBuffer(size) as unknown as SharedArrayBuffer, 0, 2), { instanceOf: BadArgumentError })
  t.true(new Uint8Array(buffer).every((byte) => byte === 0))
  ConcurrentMemoryManager.init(buffer, 0, 2)
  t.throws(() => ConcurrentMemoryManager.init(buffer, 0, 2), { instanceOf: BadLayoutError, message: /already formatted/ })
})

test('attach: each word of the header is checked', (t) => {
  const size = ConcurrentMemoryManager.byteLength(2)
  t.throws(() => ConcurrentMemoryManager.attach(new SharedArrayBuffer(size), 0), { instanceOf: BadLayoutError, message: /magic/ })
  t.throws(() => ConcurrentMemoryManager.attach(new SharedArrayBuffer(64), 0), { instanceOf: BadLayoutError })
  for (const [index, value] of [
    [0, 1],
    [1, 2],
    [2, 0],
    [2, 65_535],
    [2, 3],
    [3, 12],
    [3, 2 ** 24 + 8],
    [4, 0],
    [4, 17],
    [5, 3],
  ] as const) {
    const buffer = new SharedArrayBuffer(size)
    ConcurrentMemoryManager.init(buffer, 0, 2)
    new Int32Array(buffer)[index] = value
    t.throws(() => ConcurrentMemoryManager.attach(buffer, 0), { instanceOf: BadLayoutError }, `word ${index} = ${value}`)
  }
})

test('attach: writes nothing', (t) => {
  const { manager } = newManager(2)
  const before = new Uint8Array(manager.buffer()).slice()
  ConcurrentMemoryManager.attach(manager.buffer(), 0)
  t.deepEqual(new Uint8Array(manager.buffer()).slice(), before)
})
