// One test for each row of the tables of errors, as far as they are about the watch.

import test from 'ava'
import { BadLayoutError } from '../errors.js'
import { errorOf, leaseOf, newFabric } from './fabric.test.kit.js'
import { type Codec, u32, u64, WatchReceiver, watch, watchByteLength } from './public.js'

test('watch: cells out of 2 to 16, bad options and bad codecs are refused, and nothing is claimed', (t) => {
  const at = newFabric()
  const lease = leaseOf(at, 1)
  for (const cells of [1, 17, 2.5, Number.NaN, '2'] as number[]) {
    t.is(
      errorOf(() => watch(lease, 0, u32, 0, { cells })),
      'BadArgumentError',
    )
    t.is(
      errorOf(() => watchByteLength(u32, { cells })),
      'BadArgumentError',
    )
  }
  for (const options of [3, null] as unknown as object[]) {
    t.is(
      errorOf(() => watch(lease, 0, u32, 0, options)),
      'BadArgumentError',
    )
  }
  for (const bad of [{ ...u32, byteLength: 0 }, { ...u32, byteLength: 4097 }, {}, undefined] as Codec<number>[]) {
    t.is(
      errorOf(() => watch(lease, 0, bad, 0)),
      'BadArgumentError',
    )
    t.is(
      errorOf(() => watchByteLength(bad)),
      'BadArgumentError',
    )
  }
  t.deepEqual(at.fabric.inspect().ranges, [])
})

test('watch: a value that cannot be encoded is refused: the initial one, and one that is sent', (t) => {
  const at = newFabric()
  const lease = leaseOf(at, 1)
  t.is(
    errorOf(() => watch(lease, 0, u32, -1)),
    'IoError',
  )
  t.deepEqual(at.fabric.inspect().ranges, [])
  const { sender, receiver } = watch(lease, 0, u32, 1)
  t.is(
    errorOf(() => sender.send(-1)),
    'IoError',
  )
  t.deepEqual([sender.version, receiver.borrow(), receiver.changed()], [0, 1, false])
})

test('watch: attach refuses a codec of another size, and a header of so many cells as none has', (t) => {
  const at = newFabric()
  const lease = leaseOf(at, 1)
  watch(lease, 512, u64, 0n)
  t.is(
    errorOf(() => WatchReceiver.attach(lease, 512, u32)),
    'Unsupported',
  )
  const cells = (at.fabric.memory.arenaOffset + 512 + 12) / 4
  for (const bad of [1, 17, -1]) {
    at.fabric.memory.words[cells] = bad
    t.throws(() => WatchReceiver.attach(lease, 512, u64), { instanceOf: BadLayoutError, message: /cells/ })
  }
})

test('watch: maxPolls out of 0 to 2^31 - 1 is refused', (t) => {
  const { sender, receiver } = watch(leaseOf(newFabric(), 1), 0, u32, 0)
  sender.send(1)
  for (const bad of [-1, 2 ** 31, 0.5, Number.NaN, undefined] as number[]) {
    t.is(
      errorOf(() => receiver.recv(bad)),
      'BadArgumentError',
    )
  }
  t.is(receiver.lastSeen, 0)
})
