// What the manager does, one thread. Its refusals: memory-manager.errors.test.ts; its steps: memory-manager.steps.test.ts.

import test from 'ava'
import { endFaults, messageOf, newManager } from './manager.test.kit.js'
import { ConcurrentMemoryManager, INVALID_TOKEN, type MemoryManager, type MessageHeader, type MessageToken, PoisonedError } from './public.js'

test('store, read, free: the message is there until it is freed', (t) => {
  const { manager } = newManager(2)
  t.is(manager.available(), 2)
  const token = manager.storeShared(
    { header: { traceId: 1, sequence: 2, creationTick: 3, deadlineTick: 4, qos: 5, flags: 6 }, payload: new Uint8Array([7, 8]) },
    1,
  )
  t.is(manager.available(), 1)
  const guard = manager.readShared(token, 2)
  t.is(guard.token, token)
  t.deepEqual(guard.header, { traceId: 1, sequence: 2, creationTick: 3, deadlineTick: 4, qos: 5, flags: 6, payloadSize: 2, memoryClass: 'host' })
  t.deepEqual([...guard.payload], [7, 8])
  guard.release()
  manager.freeShared(token, 2)
  t.is(manager.available(), 2)
  t.deepEqual(endFaults(manager), [])
})

test('store: what a header leaves out is 0, and no deadline is none', (t) => {
  const { manager } = newManager(1)
  const guard = manager.peekHeader(manager.storeShared({ header: {}, payload: new Uint8Array(0) }, 0), 0)
  t.deepEqual(guard.header, { traceId: 0, sequence: 0, creationTick: 0, qos: 0, flags: 0, payloadSize: 0, memoryClass: 'host' })
  t.false('deadlineTick' in guard.header)
})

test('store: payloadSize and memoryClass of the caller are not looked at', (t) => {
  const { manager } = newManager(1)
  const header: MessageHeader = { traceId: 0, sequence: 0, creationTick: 0, qos: 0, flags: 0, payloadSize: 99, memoryClass: 'shared' }
  const guard = manager.peekHeader(manager.storeShared({ header, payload: new Uint8Array(3) }, 0), 0)
  t.is(guard.header.payloadSize, 3)
  t.is(guard.header.memoryClass, 'host')
})

test('store: a payload may lie in shared memory, or be a Buffer', (t) => {
  const { manager } = newManager(2)
  const out = new Uint8Array(2)
  for (const payload of [new Uint8Array(new SharedArrayBuffer(2)).fill(3), Buffer.from([3, 3])]) {
    t.is(manager.copyMessage(manager.storeShared({ header: {}, payload }, 0), 0, out), 2)
    t.deepEqual([...out], [3, 3])
  }
})

test('tokens: they name slot and generation, and a slot used again has another one', (t) => {
  const { manager } = newManager(2)
  const first = manager.storeShared(messageOf(1), 0)
  t.is(first, 65_536 as MessageToken)
  t.is(manager.storeShared(messageOf(2), 0), 65_537 as MessageToken)
  manager.freeShared(first, 0)
  t.is(manager.storeShared(messageOf(3), 0), 131_072 as MessageToken)
  t.not(first, INVALID_TOKEN)
})

test('tokens: the generation after the largest is 1', (t) => {
  const { manager, words, raw } = newManager(1)
  words[raw.word(0)] = (2 ** 25 - 1) << 7
  t.is(manager.storeShared(messageOf(1), 0), 65_536 as MessageToken)
})

test('read: readers run together, each with its own guard', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  const guards = [manager.readShared(token, 0), manager.readShared(token, 1), manager.peekHeader(token, 2)]
  t.deepEqual(manager.inspect().slots[0]?.lock.readers, [0, 1, 2])
  for (const guard of guards) guard.release()
  t.deepEqual(endFaults(manager), [])
})

test('read: views and headers are made once, on first use', (t) => {
  const { manager } = newManager(1)
  const guard = manager.readShared(manager.storeShared(messageOf(1), 0), 0)
  t.is(guard.header, guard.header)
  t.is(guard.payload, guard.payload)
})

test('write: header and payload change in place', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1, 4), 0)
  const guard = manager.readMutShared(token, 1)
  t.like(manager.inspect().slots[0]?.lock, { writer: 1, dirty: true })
  guard.header.traceId = 2 ** 40
  guard.header.sequence = 11
  guard.header.creationTick = 12
  guard.header.deadlineTick = 13
  guard.header.qos = 255
  guard.header.flags = 65_535
  guard.payload[3] = 9
  t.is(guard.header.traceId, 2 ** 40)
  t.is(guard.header.payloadSize, 4)
  t.is(guard.header.memoryClass, 'host')
  guard.release()
  const read = manager.readShared(token, 1)
  t.deepEqual(read.header, { traceId: 2 ** 40, sequence: 11, creationTick: 12, deadlineTick: 13, qos: 255, flags: 65_535, payloadSize: 4, memoryClass: 'host' })
  t.deepEqual([...read.payload], [1, 1, 1, 9])
  read.release()
  manager.withWrite(token, 1, ({ header }) => {
    header.deadlineTick = undefined
    header.qos = 0
    t.is(header.flags, 65_535)
  })
  t.is(manager.readShared(token, 1).header.deadlineTick, undefined)
})

test('write: setPayload changes the size within payloadBytesMax', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1, 4), 0)
  manager.withWrite(token, 0, (guard) => {
    const before = guard.payload
    guard.setPayload(new Uint8Array(16).fill(2))
    t.not(guard.payload, before)
    t.is(guard.payload.byteLength, 16)
    t.is(guard.header.payloadSize, 16)
    guard.setPayload(new Uint8Array(0))
  })
  t.is(manager.readShared(token, 0).payload.byteLength, 0)
})

test('write: a guard that leaves its scope by an exception poisons the message; free heals the slot', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  t.throws(
    () => {
      using guard = manager.readMutShared(token, 0)
      guard.payload[0] = 9
      throw new RangeError('half-way')
    },
    { instanceOf: RangeError },
  )
  t.like(manager.inspect().slots[0]?.lock, { writer: undefined, dirty: false, poisoned: true })
  manager.adopt(token, 1)
  manager.freeShared(token, 1)
  const fresh = manager.storeShared(messageOf(2), 0)
  t.is(manager.readShared(fresh, 0).payload[0], 2)
})

test('write: poison gives the message up', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  manager.readMutShared(token, 0).poison()
  t.throws(() => manager.readShared(token, 0), { instanceOf: PoisonedError })
})

test('withWrite: returns what the callback returns, and releases', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  t.is(
    manager.withWrite(token, 0, (guard) => guard.payload[0]),
    1,
  )
  t.deepEqual(endFaults(manager), [])
})

test('withWrite: a callback that throws poisons, and its error goes on', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  const failure = new Error('mine')
  t.is(
    t.throws(() =>
      manager.withWrite(token, 0, () => {
        throw failure
      }),
    ),
    failure,
  )
  t.true(manager.inspect().slots[0]?.lock.poisoned)
})

test('withWrite: a guard that the callback ended stays ended', (t) => {
  const { manager } = newManager(2)
  const released = manager.storeShared(messageOf(1), 0)
  const poisoned = manager.storeShared(messageOf(1), 0)
  manager.withWrite(released, 0, (guard) => guard.release())
  manager.withWrite(poisoned, 0, (guard) => guard.poison())
  t.throws(() =>
    manager.withWrite(released, 0, (guard) => {
      guard.release()
      throw new Error('after the release')
    }),
  )
  t.deepEqual(
    manager.inspect().slots.map(({ lock }) => lock.poisoned),
    [false, true],
  )
})

test('guards: dispose releases one that is open and does nothing on one that is not', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  {
    using read = manager.readShared(token, 0)
    using header = manager.peekHeader(token, 1)
    t.is(header.header.traceId, read.header.traceId)
  }
  {
    using guard = manager.readMutShared(token, 0)
    guard.release()
  }
  t.deepEqual(endFaults(manager), [])
  t.false(manager.inspect().slots[0]?.lock.poisoned)
})

test('copyMessage: copies the payload and leaves no lock', (t) => {
  const { manager } = newManager(2, { payloadBytesMax: 4096 })
  for (const size of [0, 1, 1024, 1025, 4096]) {
    const token = manager.storeShared(messageOf(5, size), 0)
    const target = new Uint8Array(size + 1).fill(1)
    t.is(manager.copyMessage(token, 1, target), size)
    t.true(target.subarray(0, size).every((byte) => byte === 5))
    t.is(target[size], 1)
    manager.freeShared(token, 1)
  }
  t.deepEqual(endFaults(manager), [])
})

test('adopt: the message outlives its producer', (t) => {
  const { manager } = newManager(2)
  const kept = manager.storeShared(messageOf(1), 1)
  manager.storeShared(messageOf(2), 1)
  manager.adopt(kept, 2)
  manager.declarePeerDead(1, 0)
  t.deepEqual(manager.recoverPeer(1, 0), { complete: true, locksReleased: 0, poisonedSlots: 0, freedSlots: 1, recoveredLimbo: 0 })
  t.is(manager.peerState(1), 'empty')
  t.is(manager.readShared(kept, 2).payload[0], 1)
})

test('recoverPeer: waits for a reader of the dead owner, and says for whom', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 1)
  const guard = manager.readShared(token, 2)
  manager.declarePeerDead(1, 0)
  t.deepEqual(manager.recoverPeer(1, 0, { waitMsMax: 1 }), {
    complete: false,
    locksReleased: 0,
    poisonedSlots: 0,
    freedSlots: 0,
    recoveredLimbo: 0,
    blockedBy: 2,
  })
  t.is(manager.peerState(1), 'dead')
  t.is(manager.inspect().slots[0]?.lock.pending, undefined)
  guard.release()
  t.true(manager.recoverPeer(1, 0).complete)
  t.deepEqual(endFaults(manager), [])
})

test('recoverPeer: a caller that holds the guard itself is in its own way', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 1)
  const guard = manager.readShared(token, 0)
  manager.declarePeerDead(1, 0)
  t.like(manager.recoverPeer(1, 0), { complete: false, blockedBy: 0 })
  guard.release()
  t.true(manager.recoverPeer(1, 0).complete)
})

test('recoverPeer: a dead reader is taken out, a dead writer poisons what it was changing', (t) => {
  const { manager } = newManager(2)
  const read = manager.storeShared(messageOf(1), 0)
  const written = manager.storeShared(messageOf(2), 0)
  manager.readShared(read, 1)
  manager.readShared(read, 2)
  manager.readMutShared(written, 1)
  manager.declarePeerDead(1, 0)
  t.like(manager.recoverPeer(1, 0), { complete: true, locksReleased: 2, poisonedSlots: 1, freedSlots: 0 })
  t.deepEqual(manager.inspect().slots[0]?.lock.readers, [2])
  t.throws(() => manager.readShared(written, 2), { instanceOf: PoisonedError })
  t.is(manager.readShared(read, 3).payload[0], 1)
})

test('recoverPeer: its id can be joined again', (t) => {
  const { manager } = newManager(1)
  manager.declarePeerDead(3, 0)
  manager.recoverPeer(3, 0)
  const heir = ConcurrentMemoryManager.attach(manager.buffer(), 0)
  heir.joinPeer(3)
  t.is(heir.storeShared(messageOf(1), 3), 65_536 as MessageToken)
})

test('clone: a second handle of the same thread, with the same peers', (t) => {
  const { manager } = newManager(2)
  const clone = manager.clone()
  t.not(clone, manager)
  const token = clone.storeShared(messageOf(1), 0)
  manager.freeShared(token, 0)
  t.is(clone.capacity(), 2)
  t.is(clone.available(), 2)
})

test('MemoryManager: the four short names forward', (t) => {
  const { manager } = newManager(1)
  const short: MemoryManager = manager
  const token = short.store(messageOf(4), 0)
  const read = short.read(token, 0)
  t.is(read.payload[0], 4)
  read.release()
  const write = short.readMut(token, 0)
  write.payload[0] = 5
  write.release()
  short.free(token, 0)
  t.deepEqual(endFaults(manager), [])
})

test('peers: leave gives the id back once nothing of its is left', (t) => {
  const { manager } = newManager(1)
  const token = manager.storeShared(messageOf(1), 1)
  manager.freeShared(token, 2)
  manager.leavePeer(1)
  t.is(manager.peerState(1), 'empty')
  manager.joinPeer(1)
  t.is(manager.peerState(1), 'live')
})

test('create: capacity, memory class and limits are what was asked for', (t) => {
  const manager = ConcurrentMemoryManager.withMemoryClass(3, 'pinned-host', { payloadBytesMax: 0, peerCapacity: 1 })
  t.is(manager.capacity(), 3)
  t.is(manager.memoryClass(), 'pinned-host')
  t.is(manager.payloadBytesMax(), 0)
  t.is(manager.peerCapacity(), 1)
  t.is(ConcurrentMemoryManager.create(1).memoryClass(), 'host')
})
