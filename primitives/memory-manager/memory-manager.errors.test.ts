// One test for each row of the specification's tables of ranges and errors. Each refusal leaves every byte as it was.

import test from 'ava'
import { messageOf, newManager } from './manager.test.kit.js'
import {
  AlreadyBorrowedError,
  BadArgumentError,
  BadTokenError,
  BorrowActiveError,
  ConcurrentMemoryManager,
  CorruptStateError,
  INVALID_TOKEN,
  LockTimeoutError,
  type MessageHeader,
  type MessageToken,
  NoFreeSlotsError,
  NotAllocatedError,
  PayloadTooLargeError,
  PeerStateError,
  PoisonedError,
  PrimitiveError,
  ReleasedError,
  StaleTokenError,
} from './public.js'

const NOW = { waitMsMax: 0 }

/** Runs what must throw, and compares all bytes. */
function refused<E extends PrimitiveError>(
  t: import('ava').ExecutionContext,
  manager: ConcurrentMemoryManager,
  instanceOf: new (...args: never[]) => E,
  code: string,
  run: () => unknown,
): E {
  const before = new Uint8Array(manager.buffer()).slice()
  const error = t.throws(run, { instanceOf, code })
  t.deepEqual(new Uint8Array(manager.buffer()).slice(), before)
  t.true(error instanceof PrimitiveError)
  t.regex(error?.message ?? '', /^expected .*, got /)
  return error as E
}

test('capacity, payloadBytesMax, peerCapacity and memoryClass out of range: BadArgumentError', (t) => {
  for (const capacity of [0, -1, 65_535, 1.5, Number.NaN, '1', undefined])
    t.throws(() => ConcurrentMemoryManager.byteLength(capacity as number), { instanceOf: BadArgumentError, code: 'BAD_ARGUMENT', message: /capacity/ })
  for (const options of [
    { payloadBytesMax: 4 },
    { payloadBytesMax: -8 },
    { payloadBytesMax: 2 ** 24 + 8 },
    { peerCapacity: 0 },
    { peerCapacity: 17 },
    { peerCapacity: 1.5 },
    { memoryClass: 'gpu' },
    { memoryClass: { device: 256 } },
    1,
  ])
    t.throws(() => ConcurrentMemoryManager.create(1, options as object), { instanceOf: BadArgumentError })
  t.notThrows(() => ConcurrentMemoryManager.byteLength(65_534, { payloadBytesMax: 2 ** 24, peerCapacity: 16 }))
})

test('a message with a field out of range: BadArgumentError', (t) => {
  const { manager } = newManager(1)
  for (const [field, value] of [
    ['traceId', -1],
    ['traceId', 2 ** 53],
    ['sequence', 0.5],
    ['creationTick', Number.NaN],
    ['deadlineTick', '1'],
    ['qos', 256],
    ['flags', 65_536],
  ] as const) {
    const message = { header: { [field]: value } as Partial<MessageHeader>, payload: new Uint8Array(1) }
    const error = refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => manager.storeShared(message, 0))
    t.is(error.argument, `message.header.${field}`)
  }
  for (const message of [undefined, { header: {} }, { payload: new Uint8Array(1) }, { header: {}, payload: [1] }, { header: {}, payload: new Uint16Array(1) }])
    refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => manager.storeShared(message as never, 0))
})

test('a peer out of range: BadArgumentError; one that is not LIVE here: PeerStateError', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  const other = ConcurrentMemoryManager.attach(manager.buffer(), 0)
  for (const call of [
    (m: ConcurrentMemoryManager, peer: number) => m.storeShared(messageOf(1), peer),
    (m: ConcurrentMemoryManager, peer: number) => m.readShared(token, peer),
    (m: ConcurrentMemoryManager, peer: number) => m.readMutShared(token, peer),
    (m: ConcurrentMemoryManager, peer: number) => m.peekHeader(token, peer),
    (m: ConcurrentMemoryManager, peer: number) => m.freeShared(token, peer),
    (m: ConcurrentMemoryManager, peer: number) => m.copyMessage(token, peer, new Uint8Array(8)),
    (m: ConcurrentMemoryManager, peer: number) => m.withWrite(token, peer, () => {}),
    (m: ConcurrentMemoryManager, peer: number) => m.adopt(token, peer),
    (m: ConcurrentMemoryManager, peer: number) => m.leavePeer(peer),
    (m: ConcurrentMemoryManager, peer: number) => m.recoverPeer(1, peer),
    (m: ConcurrentMemoryManager, peer: number) => m.declarePeerDead(1, peer),
  ]) {
    for (const peer of [-1, 4, 0.5, Number.NaN]) refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => call(manager, peer))
    refused(t, manager, PeerStateError, 'PEER_STATE', () => call(other, 0))
  }
  for (const peer of [-1, 4]) {
    refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => manager.joinPeer(peer))
    refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => manager.peerState(peer))
    refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => manager.recoverPeer(peer, 0))
    refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => manager.declarePeerDead(peer, 0))
  }
})

test('waitMsMax out of range, a callback or a target that is none: BadArgumentError', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  for (const waitMsMax of [-1, 600_001, 0.5, '1'] as number[]) {
    const wait = { waitMsMax }
    refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => manager.readShared(token, 0, wait))
    refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => manager.readMutShared(token, 0, wait))
    refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => manager.freeShared(token, 0, wait))
    refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => manager.recoverPeer(1, 0, wait))
  }
  refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => manager.withWrite(token, 0, undefined as never))
  refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => manager.copyMessage(token, 0, [] as never))
  refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', () => manager.copyMessage(token, 0, new Uint8Array(7)))
})

test('MM_NO_FREE_SLOTS: the list was empty', (t) => {
  const { manager } = newManager(1)
  manager.storeShared(messageOf(1), 0)
  refused(t, manager, NoFreeSlotsError, 'MM_NO_FREE_SLOTS', () => manager.storeShared(messageOf(2), 0))
})

test('MM_PAYLOAD_TOO_LARGE: before anything is taken', (t) => {
  const { manager } = newManager(1)
  const error = refused(t, manager, PayloadTooLargeError, 'MM_PAYLOAD_TOO_LARGE', () => manager.storeShared(messageOf(1, 17), 0))
  t.is(error.size, 17)
  t.is(error.payloadBytesMax, 16)
  t.notThrows(() => manager.storeShared(messageOf(1, 16), 0))
})

test('MM_BAD_TOKEN: out of range, not an integer, or INVALID_TOKEN', (t) => {
  const { manager } = newManager(2)
  manager.storeShared(messageOf(1), 0)
  for (const token of [INVALID_TOKEN, 1, 65_535, 65_538, 65_536.5, -65_536, Number.NaN, 2 ** 41, Number.POSITIVE_INFINITY, '65536', undefined, 65_536n]) {
    for (const call of [
      (bad: MessageToken) => manager.readShared(bad, 0),
      (bad: MessageToken) => manager.readMutShared(bad, 0),
      (bad: MessageToken) => manager.peekHeader(bad, 0),
      (bad: MessageToken) => manager.freeShared(bad, 0),
      (bad: MessageToken) => manager.copyMessage(bad, 0, new Uint8Array(16)),
      (bad: MessageToken) => manager.adopt(bad, 0),
      (bad: MessageToken) => manager.withWrite(bad, 0, () => {}),
    ])
      t.is(refused(t, manager, BadTokenError, 'MM_BAD_TOKEN', () => call(token as MessageToken)).token, token)
  }
})

test('MM_BAD_TOKEN: says what would be right', (t) => {
  const { manager } = newManager(2)
  t.is(t.throws(() => manager.freeShared(INVALID_TOKEN, 0))?.message, 'expected token to be one with a generation of at least 1, got INVALID_TOKEN')
  t.is(t.throws(() => manager.freeShared(65_538 as MessageToken, 0))?.message, 'expected token to be one of a slot below 2, got 65538')
})

test('MM_NOT_ALLOCATED: the message was freed, and the slot is not READY again', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  manager.freeShared(token, 0)
  for (const call of gone(manager, token)) {
    const error = refused(t, manager, NotAllocatedError, 'MM_NOT_ALLOCATED', call)
    t.false(error instanceof StaleTokenError)
    t.deepEqual([error.slot, error.generation], [0, 1])
  }
})

test('MM_STALE_TOKEN: the slot holds a newer message', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  manager.freeShared(token, 0)
  manager.storeShared(messageOf(2), 0)
  for (const call of gone(manager, token)) {
    const error = refused(t, manager, StaleTokenError, 'MM_STALE_TOKEN', call)
    t.true(error instanceof NotAllocatedError)
    t.is(error.current, 2)
  }
})

function gone(manager: ConcurrentMemoryManager, token: MessageToken): (() => unknown)[] {
  return [
    () => manager.readShared(token, 0),
    () => manager.readMutShared(token, 0),
    () => manager.peekHeader(token, 0),
    () => manager.copyMessage(token, 0, new Uint8Array(16)),
    () => manager.withWrite(token, 0, () => {}),
    () => manager.freeShared(token, 0),
    () => manager.adopt(token, 0),
  ]
}

test('MM_POISONED: reads and writes refuse, freeShared works', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  manager.readMutShared(token, 0).poison()
  for (const call of [
    () => manager.readShared(token, 0),
    () => manager.readMutShared(token, 0),
    () => manager.peekHeader(token, 0),
    () => manager.copyMessage(token, 0, new Uint8Array(16)),
    () => manager.withWrite(token, 0, () => {}),
  ])
    t.like(refused(t, manager, PoisonedError, 'MM_POISONED', call), { slot: 0, generation: 1 })
  t.notThrows(() => manager.freeShared(token, 0))
})

test('MM_ALREADY_BORROWED and MM_BORROW_ACTIVE: the peer holds a guard on the slot itself', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  for (const open of [() => manager.readShared(token, 1), () => manager.peekHeader(token, 1), () => manager.readMutShared(token, 1)]) {
    const guard = open()
    for (const call of [
      () => manager.readShared(token, 1),
      () => manager.readMutShared(token, 1),
      () => manager.peekHeader(token, 1),
      () => manager.copyMessage(token, 1, new Uint8Array(16)),
      () => manager.withWrite(token, 1, () => {}),
    ])
      t.like(refused(t, manager, AlreadyBorrowedError, 'MM_ALREADY_BORROWED', call), { slot: 0, peer: 1 })
    t.like(
      refused(t, manager, BorrowActiveError, 'MM_BORROW_ACTIVE', () => manager.freeShared(token, 1)),
      { slot: 0, peer: 1 },
    )
    guard.release()
  }
})

test('MM_LOCK_TIMEOUT: waitMsMax passed; nothing is held or pending afterwards', (t) => {
  const { manager, words, raw } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  const readers = [manager.readShared(token, 2), manager.peekHeader(token, 1)]
  for (const call of [() => manager.readMutShared(token, 0, NOW), () => manager.freeShared(token, 0, NOW), () => manager.withWrite(token, 0, () => {}, NOW)]) {
    const error = refused(t, manager, LockTimeoutError, 'MM_LOCK_TIMEOUT', call)
    t.deepEqual([error.readers, error.writer, error.pending], [[1, 2], undefined, undefined])
  }
  for (const reader of readers) reader.release()
  const writer = manager.readMutShared(token, 3)
  for (const call of [
    () => manager.readShared(token, 0, NOW),
    () => manager.peekHeader(token, 0, NOW),
    () => manager.copyMessage(token, 0, new Uint8Array(16), NOW),
    () => manager.readMutShared(token, 0, NOW),
    () => manager.freeShared(token, 0, NOW),
  ]) {
    const error = refused(t, manager, LockTimeoutError, 'MM_LOCK_TIMEOUT', call)
    t.deepEqual([error.readers, error.writer, error.pending], [[], 3, undefined])
  }
  writer.release()
  words[raw.lock(0)] = 3 << 21
  t.is(refused(t, manager, LockTimeoutError, 'MM_LOCK_TIMEOUT', () => manager.readShared(token, 0, NOW)).pending, 2)
  t.is(refused(t, manager, LockTimeoutError, 'MM_LOCK_TIMEOUT', () => manager.readMutShared(token, 0, NOW)).pending, 2)
})

test('a wait lasts as long as it may, and no longer', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  manager.readMutShared(token, 1)
  const startMs = performance.now()
  t.throws(() => manager.readShared(token, 0, { waitMsMax: 120 }), { instanceOf: LockTimeoutError })
  const lastedMs = performance.now() - startMs
  t.true(lastedMs >= 119 && lastedMs < 5000, String(lastedMs))
})

test('RELEASED: every use of a guard after its end', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  const read = manager.readShared(token, 0)
  read.release()
  for (const use of [() => read.header, () => read.payload, () => read.release()]) refused(t, manager, ReleasedError, 'RELEASED', use)
  const header = manager.peekHeader(token, 0)
  header.release()
  for (const use of [() => header.header, () => header.release()]) refused(t, manager, ReleasedError, 'RELEASED', use)
  const write = manager.readMutShared(token, 0)
  const kept = write.header
  write.release()
  for (const use of [
    () => write.header,
    () => write.payload,
    () => write.setPayload(new Uint8Array(1)),
    () => write.release(),
    () => write.poison(),
    () => kept.traceId,
    () => kept.qos,
    () => kept.flags,
    () => kept.payloadSize,
    () => kept.memoryClass,
    () => {
      kept.traceId = 1
    },
    () => {
      kept.qos = 1
    },
    () => {
      kept.flags = 1
    },
    () => {
      kept.deadlineTick = undefined
    },
  ])
    refused(t, manager, ReleasedError, 'RELEASED', use)
  const poisoned = manager.readMutShared(token, 0)
  poisoned.poison()
  refused(t, manager, ReleasedError, 'RELEASED', () => poisoned.release())
})

test('a write guard refuses what does not fit, and stays open', (t) => {
  const { manager } = newManager(1)
  const guard = manager.readMutShared(manager.storeShared(messageOf(1), 0), 0)
  const { header } = guard
  for (const assign of [
    () => {
      header.traceId = -1
    },
    () => {
      header.deadlineTick = 2 ** 53
    },
    () => {
      header.qos = 256
    },
    () => {
      header.flags = -1
    },
    () => guard.setPayload([] as never),
  ])
    refused(t, manager, BadArgumentError, 'BAD_ARGUMENT', assign)
  refused(t, manager, PayloadTooLargeError, 'MM_PAYLOAD_TOO_LARGE', () => guard.setPayload(new Uint8Array(17)))
  t.true(guard.isOpen)
  t.is(guard.payload[0], 1)
})

test('PEER_STATE: join, leave, declare and recover in the wrong state', (t) => {
  const { manager } = newManager(2)
  refused(t, manager, PeerStateError, 'PEER_STATE', () => manager.joinPeer(1))
  refused(t, manager, PeerStateError, 'PEER_STATE', () => manager.declarePeerDead(0, 0))
  refused(t, manager, PeerStateError, 'PEER_STATE', () => manager.recoverPeer(1, 0))
  refused(t, manager, PeerStateError, 'PEER_STATE', () => manager.recoverPeer(0, 0))
  const token = manager.storeShared(messageOf(1), 1)
  refused(t, manager, PeerStateError, 'PEER_STATE', () => manager.leavePeer(1))
  manager.readShared(token, 2)
  manager.readMutShared(manager.storeShared(messageOf(2), 0), 3)
  for (const peer of [2, 3]) refused(t, manager, PeerStateError, 'PEER_STATE', () => manager.leavePeer(peer))
  manager.declarePeerDead(1, 0)
  refused(t, manager, PeerStateError, 'PEER_STATE', () => manager.declarePeerDead(1, 0))
  refused(t, manager, PeerStateError, 'PEER_STATE', () => manager.joinPeer(1))
  refused(t, manager, PeerStateError, 'PEER_STATE', () => manager.storeShared(messageOf(1), 1))
})

test('CORRUPT_STATE: words that the protocol cannot produce stop the operation', (t) => {
  const { manager, words, raw } = newManager(2)
  words[raw.word(0)] = 2
  t.throws(() => manager.storeShared(messageOf(1), 0), { instanceOf: CorruptStateError, code: 'CORRUPT_STATE' })
  const fresh = newManager(1)
  fresh.words[fresh.raw.head] = 65_536 + 9
  t.throws(() => fresh.manager.storeShared(messageOf(1), 0), { instanceOf: CorruptStateError })
  const third = newManager(1)
  const guard = third.manager.readMutShared(third.manager.storeShared(messageOf(1), 0), 0)
  third.words[third.raw.lock(0)] = 0
  t.throws(() => guard.release(), { instanceOf: CorruptStateError, message: /write lock/ })
})
