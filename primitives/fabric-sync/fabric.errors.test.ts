// Every row of the parameter and error tables that is about the fabric, its leases and its memory. What is refused changes nothing.

import test, { type ExecutionContext } from 'ava'
import { leaseOf, newFabric, withClock } from './fabric.test.kit.js'
import { Fabric, type FabricError, FabricMutex, type FabricOptions, MemBuilder, PrimitiveError, u64 } from './public.js'

const NOT_INTEGERS: readonly unknown[] = [0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', 1n, null, {}, [], true]

/** Calls `act`, which must throw an error with this code, and compares every byte of the buffer before and after. */
function refused(t: ExecutionContext, buffer: SharedArrayBuffer, code: string, act: () => unknown): void {
  const before = new Uint8Array(buffer).slice()
  const error = t.throws(act, { instanceOf: PrimitiveError, code }) as Error
  t.deepEqual(new Uint8Array(buffer), new Uint8Array(before))
  t.regex(error.message, /^expected .*, got /)
}

function withOptions(options: object): FabricOptions {
  return { arenaBytes: 64, ...options } as FabricOptions
}

test('fabric errors: options out of range', (t) => {
  const bad: object[] = [
    ...[0, 63, 65, 96, 2 ** 30 + 64, undefined, ...NOT_INTEGERS].map((arenaBytes) => ({ arenaBytes })),
    ...[0, 256, -1, ...NOT_INTEGERS].map((leaseCapacity) => ({ leaseCapacity })),
    ...[0, 256, -1, ...NOT_INTEGERS].map((rangeCapacity) => ({ rangeCapacity })),
    ...[-1, 60_001, ...NOT_INTEGERS].map((skewMsMax) => ({ skewMsMax })),
  ]
  const buffer = new SharedArrayBuffer(8192)
  for (const options of bad) {
    refused(t, buffer, 'BAD_ARGUMENT', () => Fabric.create(buffer, 0, withOptions(options)))
    refused(t, buffer, 'BAD_ARGUMENT', () => Fabric.byteLength(withOptions(options)))
  }
  refused(t, buffer, 'BAD_ARGUMENT', () => Fabric.create(buffer, 0, undefined as unknown as FabricOptions))
  refused(t, buffer, 'BAD_ARGUMENT', () => Fabric.create(new ArrayBuffer(8192) as unknown as SharedArrayBuffer, 0, withOptions({})))
  t.is(Fabric.byteLength({ arenaBytes: 64 }), 64 + 512 + 512 + 64)
  t.is(Fabric.byteLength({ arenaBytes: 128, leaseCapacity: 1, rangeCapacity: 9 }), 64 + 64 + 128 + 128)
})

test('fabric errors: create and attach refuse memory that is not theirs', (t) => {
  const options = withOptions({})
  const buffer = new SharedArrayBuffer(64 + Fabric.byteLength(options))
  for (const offset of [8, -64, 128, Number.NaN]) refused(t, buffer, 'BAD_LAYOUT', () => Fabric.create(buffer, offset, options))
  refused(t, buffer, 'BAD_LAYOUT', () => Fabric.attach(buffer, 64))
  Fabric.create(buffer, 64, options)
  refused(t, buffer, 'BAD_LAYOUT', () => Fabric.create(buffer, 64, options))
  const words = new Int32Array(buffer, 64)
  const fabric = Fabric.attach(buffer, 64)
  t.deepEqual([fabric.arenaBytes, fabric.leaseCapacity, fabric.skewMsMax], [64, 64, 0])
  for (const [word, value] of [
    [0, 7],
    [1, 2],
    [2, 65],
    [2, 2 ** 30],
    [3, 0],
    [4, -1],
    [8, 256],
  ] as const) {
    const before = words[word] as number
    words[word] = value
    refused(t, buffer, 'BAD_LAYOUT', () => Fabric.attach(buffer, 64))
    words[word] = before
  }
})

test('fabric errors: the builder refuses what is out of range', (t) => {
  const { buffer, fabric } = newFabric()
  const builder = new MemBuilder(fabric)
  for (const bad of [-1, 2 ** 30 + 1, ...NOT_INTEGERS]) refused(t, buffer, 'BAD_ARGUMENT', () => builder.minBytes(bad as number))
  for (const bad of [0, 2 ** 31, ...NOT_INTEGERS]) refused(t, buffer, 'BAD_ARGUMENT', () => builder.leaseMs(bad as number))
  for (const bad of [0, 65_536, ...NOT_INTEGERS]) refused(t, buffer, 'BAD_ARGUMENT', () => builder.holderId(bad as number))
  refused(t, buffer, 'BAD_ARGUMENT', () => new MemBuilder({} as Fabric))
  refused(t, buffer, 'FABRIC_CAPACITY', () => builder.minBytes(4097).acquire())
  t.is(builder.minBytes(4096).leaseMs(7).holderId(65_535).acquire().holderId, 65_535)
  t.true(new MemBuilder(fabric).acquire().remainingMs() > 9_000)
})

test('fabric errors: an id of another fabric, or of nothing, is refused', (t) => {
  const { buffer, fabric } = newFabric()
  const id = leaseOf({ buffer, fabric }, 1).id
  const foreign = withClock(() => leaseOf(newFabric(), 1).id)
  for (const bad of [foreign, id + 200, -1, 0, ...NOT_INTEGERS]) {
    refused(t, buffer, 'BAD_ARGUMENT', () => fabric.leaseStatus(bad as number))
    refused(t, buffer, 'BAD_ARGUMENT', () => fabric.revoke(bad as number))
    refused(t, buffer, 'BAD_ARGUMENT', () => fabric.fence(bad as number))
    refused(t, buffer, 'BAD_ARGUMENT', () => new MemBuilder(fabric).attach(bad as number))
  }
})

test('fabric errors: each end of a lease has its code, in every call under it', (t) => {
  const ends: [code: string, kind: string, end: (fabric: Fabric, id: number) => void][] = [
    ['FABRIC_REVOKED', 'Revoked', (fabric, id) => fabric.revoke(id)],
    ['FABRIC_FENCED', 'Fenced', (fabric, id) => fabric.fence(id)],
    ['FABRIC_DISCONNECTED', 'Disconnected', (fabric) => fabric.shutdown()],
  ]
  for (const [code, kind, end] of ends) {
    const { buffer, fabric } = newFabric()
    const lease = leaseOf({ buffer, fabric }, 1)
    const mutex = FabricMutex.create(lease, 0, u64, 0n)
    const mem = lease.mem()
    const guard = mutex.lock(1, 0)
    end(fabric, lease.id)
    const calls = [
      () => lease.renew(),
      () => mem.load32(0),
      () => mem.store64(0, 1n),
      () => mem.read(0, new Uint8Array(4)),
      () => mem.write(0, new Uint8Array(4)),
      () => FabricMutex.create(lease, 512, u64, 0n),
      () => guard.release(),
      () => lease.release(),
    ]
    for (const call of calls) {
      const error = t.throws(call, { code }) as FabricError
      t.deepEqual([error.kind, error.leaseId], [kind, lease.id])
    }
    refused(t, buffer, code, () => mem.add32(0, 1))
  }
})

test.serial('fabric errors: after its time a lease is only marked', (t) => {
  withClock((clock) => {
    const { buffer, fabric } = newFabric()
    const lease = leaseOf({ buffer, fabric }, 1, 100)
    const mem = lease.mem()
    clock.nowMs += 100
    t.throws(() => mem.store32(0, 1), { code: 'FABRIC_LEASE_EXPIRED' })
    t.is(fabric.inspect().leases[0]?.state, 'expired')
    refused(t, buffer, 'FABRIC_LEASE_EXPIRED', () => mem.store32(0, 1))
    refused(t, buffer, 'FABRIC_LEASE_EXPIRED', () => mem.write(0, new Uint8Array(8)))
  })
})

test.serial('fabric errors: a clock that has run past the lease words', (t) => {
  withClock((clock) => {
    const { buffer, fabric } = newFabric()
    clock.nowMs += 2 ** 40 - 100
    refused(t, buffer, 'FABRIC_UNSUPPORTED', () => new MemBuilder(fabric).leaseMs(100).acquire())
    const lease = new MemBuilder(fabric).leaseMs(99).acquire()
    t.is(lease.remainingMs(), 99)
  })
})

test('fabric errors: memory offsets and values', (t) => {
  const { buffer, fabric } = newFabric()
  const mem = leaseOf({ buffer, fabric }, 1).mem()
  for (const bad of [-4, 2, 4096, 4094, '0', ...NOT_INTEGERS] as number[]) {
    for (const call of [() => mem.load32(bad), () => mem.store32(bad, 0), () => mem.compareExchange32(bad, 0, 1), () => mem.add32(bad, 1)])
      refused(t, buffer, 'BAD_ARGUMENT', call)
    refused(t, buffer, 'BAD_ARGUMENT', () => mem.read(bad, new Uint8Array(4)))
    refused(t, buffer, 'BAD_ARGUMENT', () => mem.write(bad, new Uint8Array(4)))
  }
  for (const bad of [-8, 4, 4096, 4092, ...NOT_INTEGERS] as number[]) {
    for (const call of [() => mem.load64(bad), () => mem.store64(bad, 0n), () => mem.compareExchange64(bad, 0n, 1n), () => mem.add64(bad, 1n)])
      refused(t, buffer, 'BAD_ARGUMENT', call)
  }
  for (const bad of [2 ** 32, -(2 ** 31) - 1, ...NOT_INTEGERS] as number[]) refused(t, buffer, 'BAD_ARGUMENT', () => mem.store32(0, bad))
  for (const bad of [2n ** 64n, -(2n ** 63n) - 1n, 1, '1'] as bigint[]) refused(t, buffer, 'BAD_ARGUMENT', () => mem.store64(0, bad))
  for (const bad of [new Uint8Array(3), new Uint8Array(4100), [1, 2, 3, 4]] as Uint8Array[]) {
    refused(t, buffer, 'BAD_ARGUMENT', () => mem.read(0, bad))
    refused(t, buffer, 'BAD_ARGUMENT', () => mem.write(0, bad))
  }
})

test('fabric errors: calls of a mutex', (t) => {
  const { buffer, fabric } = newFabric()
  const lease = leaseOf({ buffer, fabric }, 7)
  const mutex = FabricMutex.create(lease, 0, u64, 0n)
  for (const bad of [0, 1, 8, 65_536, ...NOT_INTEGERS] as number[]) {
    refused(t, buffer, 'BAD_ARGUMENT', () => mutex.lock(bad, 0))
    refused(t, buffer, 'BAD_ARGUMENT', () => mutex.tryLock(bad))
  }
  for (const bad of [-1, 2 ** 31, ...NOT_INTEGERS] as number[]) refused(t, buffer, 'BAD_ARGUMENT', () => mutex.lock(7, bad))
  for (const bad of [undefined, {}, { byteLength: 0, encode() {}, decode() {} }, { byteLength: 4097, encode() {}, decode() {} }]) {
    refused(t, buffer, 'BAD_ARGUMENT', () => FabricMutex.byteLength(bad as never))
    refused(t, buffer, 'BAD_ARGUMENT', () => FabricMutex.attach(lease, 0, bad as never))
    refused(t, buffer, 'BAD_ARGUMENT', () => FabricMutex.create(lease, 512, bad as never, 0))
  }
})
