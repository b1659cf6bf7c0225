// Rows of the tables of errors that are about every primitive alike: where it may lie, and what is left when the caller's lease is over.

import test from 'ava'
import { BadLayoutError } from '../errors.js'
import { errorOf, leaseOf, newFabric } from './fabric.test.kit.js'
import { type Fabric, FabricBarrier, FabricMutex, FabricOnce, type MemLease, u32, WatchReceiver, watch } from './public.js'

interface Primitive {
  readonly what: string
  readonly create: (lease: MemLease, baseOffset: number) => unknown
  readonly attach: (lease: MemLease, baseOffset: number) => unknown
  /** Makes one at offset 0: all that may be called on it. */
  readonly calls: (lease: MemLease) => readonly (() => unknown)[]
}

const PRIMITIVES: readonly Primitive[] = [
  {
    what: 'mutex',
    create: (lease, baseOffset) => FabricMutex.create(lease, baseOffset, u32, 0),
    attach: (lease, baseOffset) => FabricMutex.attach(lease, baseOffset, u32),
    calls(lease) {
      const mutex = FabricMutex.create(lease, 0, u32, 0)
      return [() => mutex.lock(1, 3), () => mutex.tryLock(1)]
    },
  },
  {
    what: 'barrier',
    create: (lease, baseOffset) => FabricBarrier.create(lease, baseOffset, 2),
    attach: (lease, baseOffset) => FabricBarrier.attach(lease, baseOffset),
    calls(lease) {
      const barrier = FabricBarrier.create(lease, 0, 2)
      barrier.join()
      return [() => barrier.join(), () => barrier.wait(3), () => barrier.leave(), () => barrier.reset(), () => barrier.generation()]
    },
  },
  {
    what: 'once',
    create: (lease, baseOffset) => FabricOnce.create(lease, baseOffset, u32),
    attach: (lease, baseOffset) => FabricOnce.attach(lease, baseOffset, u32),
    calls(lease) {
      const once = FabricOnce.create(lease, 0, u32)
      return [() => once.get(), () => once.isDone(), () => once.getOrInit(1, () => 1, 3)]
    },
  },
  {
    what: 'watch',
    create: (lease, baseOffset) => watch(lease, baseOffset, u32, 0),
    attach: (lease, baseOffset) => WatchReceiver.attach(lease, baseOffset, u32),
    calls(lease) {
      const { sender, receiver } = watch(lease, 0, u32, 0)
      const sends = [() => sender.send(1), () => sender.close()]
      return [...sends, () => receiver.borrow(), () => receiver.recv(3), () => receiver.changed(), () => receiver.isClosed()]
    },
  },
]

const ENDS: Readonly<Record<string, (fabric: Fabric, lease: MemLease) => void>> = {
  LeaseExpired: (_, lease) => lease.release(),
  Revoked: (fabric, lease) => fabric.revoke(lease.id),
  Fenced: (fabric, lease) => fabric.fence(lease.id),
  Disconnected: (fabric) => fabric.shutdown(),
}

for (const { what, create, attach, calls } of PRIMITIVES) {
  test(`${what}: a bad baseOffset is refused`, (t) => {
    const lease = leaseOf(newFabric(), 1)
    for (const bad of [-8, 4, 1.5, 4096, 4096 - 64, Number.NaN]) t.throws(() => create(lease, bad), { instanceOf: BadLayoutError })
    create(lease, 0)
    t.throws(() => create(lease, 0), { instanceOf: BadLayoutError, message: /unformatted/ })
    t.throws(() => create(lease, 64), { instanceOf: BadLayoutError, message: /belong to no primitive/ })
  })

  test(`${what}: a lease that is none is refused`, (t) => {
    for (const bad of [{}, undefined] as MemLease[]) {
      t.is(
        errorOf(() => create(bad, 0)),
        'BadArgumentError',
      )
      t.is(
        errorOf(() => attach(bad, 0)),
        'BadArgumentError',
      )
    }
  })

  test(`${what}: attach refuses what is none`, (t) => {
    const lease = leaseOf(newFabric(), 1)
    t.throws(() => attach(lease, 0), { instanceOf: BadLayoutError })
    for (const other of PRIMITIVES) {
      if (other.what === what) continue
      const there = leaseOf(newFabric(), 1)
      other.create(there, 0)
      t.throws(() => attach(there, 0), { instanceOf: BadLayoutError })
    }
  })

  for (const [kind, end] of Object.entries(ENDS)) {
    test(`${what}: after the end of its lease every call throws ${kind} and changes nothing`, (t) => {
      const at = newFabric()
      const lease = leaseOf(at, 1)
      const all = [...calls(lease), () => create(lease, 1024)]
      end(at.fabric, lease)
      const before = new Uint8Array(at.buffer).slice()
      for (const call of all) t.is(errorOf(call), kind)
      t.deepEqual(new Uint8Array(at.buffer).slice(), before)
    })
  }
}
