import test from 'ava'
import { hooked } from '../hooked-atomics.test.kit.js'
import { errorOf, interrupted, leaseOf, newFabric, stepsOf, withClock } from './fabric.test.kit.js'
import { bytes, u32, u64, WatchReceiver, watch, watchByteLength } from './public.js'

const SECOND = 1000
const BOTH_WORDS = 0x1_0000_0001n

/** A watch at offset 0: its sender, and a receiver of another party; leases of 1 s. */
function setUp(cells?: number) {
  const at = newFabric()
  const leases = [leaseOf(at, 1), leaseOf(at, 2)] as const
  const made = watch(leases[0], 0, u64, 5n, cells === undefined ? undefined : { cells })
  return { ...at, leases, sender: made.sender, near: made.receiver, receiver: WatchReceiver.attach(leases[1], 0, u64) }
}

test('watch: header, main word and cells are where the layout says', (t) => {
  const { buffer, fabric, sender } = setUp(2)
  t.deepEqual([watchByteLength(u32), watchByteLength(bytes(5), { cells: 16 }), watchByteLength(bytes(4096), { cells: 2 })], [96, 64 + 256, 64 + 16_384])
  sender.send(0x1122_3344_5566_7788n)
  const words = new Int32Array(buffer, fabric.memory.arenaOffset, 24)
  t.deepEqual([...words.slice(0, 16)], [0x31545746, 1, 8, 2, 0, 0, 0, 0, 1, 1 << 16, 0, 0, 0, 0, 0, 0])
  t.deepEqual([...words.slice(16)], [5, 0, 0, 0, 0x5566_7788, 1, 0x1122_3344, 1])
})

test('watch: a receiver sees the initial value, and later the latest one', (t) => {
  const { sender, near, receiver } = setUp()
  t.deepEqual([receiver.borrow(), receiver.lastSeen, receiver.changed()], [5n, 0, false])
  t.deepEqual([sender.send(6n), sender.send(7n), sender.version], [1, 2, 2])
  t.deepEqual([receiver.changed(), receiver.lastSeen], [true, 0])
  t.deepEqual([receiver.recv(0), receiver.lastSeen, receiver.changed()], [7n, 2, false])
  t.deepEqual([near.borrow(), near.lastSeen], [7n, 2])
  t.is(
    errorOf(() => receiver.recv(0)),
    'Timeout',
  )
  t.deepEqual(sender.inspect(), { version: 2, cells: 4, closed: false, sender: { leaseIndex: 0, generation: 1 } })
  t.deepEqual(receiver.inspect(), sender.inspect())
})

test('watch: who attaches later has seen nothing', (t) => {
  const { sender, leases } = setUp()
  sender.send(6n)
  const late = WatchReceiver.attach(leases[1], 0, u64)
  t.deepEqual([late.changed(), late.recv(0), late.changed()], [true, 6n, false])
})

test.serial('watch: recv waits for the next value', (t) => {
  const { sender, receiver } = setUp()
  const value = hooked(
    (_, operation) => {
      if (operation === 'wait') sender.send(8n)
    },
    () => receiver.recv(3),
  )
  t.is(value, 8n)
})

test.serial('watch: the steps of a send and of a read', (t) => {
  const { fabric, sender, receiver } = setUp()
  const own = 'load lease[0]'
  t.deepEqual(
    stepsOf(fabric, () => sender.send(1n)),
    [own, 'load arena+32', own, 'store arena+80', 'store arena+88', own, 'compareExchange arena+32', 'notify arena+32'],
  )
  t.deepEqual(
    stepsOf(fabric, () => receiver.borrow()),
    ['load lease[1]', 'load arena+32', 'load arena+80', 'load arena+88'],
  )
})

test('watch: a closed channel keeps its last value and takes no other', (t) => {
  const { sender, receiver } = setUp()
  sender.send(6n)
  t.false(receiver.isClosed())
  sender.close()
  sender.close()
  t.true(receiver.isClosed())
  t.is(
    errorOf(() => sender.send(7n)),
    'Disconnected',
  )
  t.is(sender.version, 1)
  t.is(receiver.recv(0), 6n)
  t.is(
    errorOf(() => receiver.recv(0)),
    'Disconnected',
  )
  t.is(receiver.borrow(), 6n)
})

test.serial('watch: the channel closes when the lease of its sender ends', (t) => {
  withClock((clock) => {
    const { leases, sender, near, receiver } = setUp()
    clock.nowMs += SECOND - 1
    leases[1].renew()
    t.is(
      errorOf(() =>
        hooked(
          (_, operation) => {
            if (operation === 'wait') clock.nowMs += 1
          },
          () => receiver.recv(9),
        ),
      ),
      'Disconnected',
    )
    t.true(receiver.isClosed())
    t.is(
      errorOf(() => sender.send(6n)),
      'LeaseExpired',
    )
    t.is(
      errorOf(() => near.borrow()),
      'LeaseExpired',
    )
  })
})

test.serial('watch: a sender that pauses anywhere while the channel is closed sends nothing', (t) => {
  const outcomes = new Set<string | undefined>()
  for (let pause = 0; pause < 7; pause++) {
    withClock((clock) => {
      const { leases, sender, receiver } = setUp(2)
      const error = interrupted(
        pause,
        () => sender.send(6n),
        () => {
          clock.nowMs += SECOND - 1
          leases[1].renew()
          clock.nowMs += 1
          t.is(
            errorOf(() => receiver.recv(0)),
            'Disconnected',
          )
        },
      )
      outcomes.add(
        errorOf(() => {
          if (error !== undefined) throw error
        }),
      )
      t.deepEqual([receiver.isClosed(), receiver.borrow(), receiver.lastSeen], [true, 5n, 0], `paused before step ${pause}`)
    })
  }
  t.deepEqual([...outcomes].sort(), ['Disconnected', 'LeaseExpired'])
})

test.serial('watch: a read that is overtaken is whole, wherever it pauses', (t) => {
  for (let sends = 1; sends < 6; sends++) {
    for (let pause = 0; pause < 4; pause++) {
      const { sender, receiver } = setUp(2)
      let value = 0n
      interrupted(
        pause,
        () => {
          value = receiver.borrow()
        },
        () => {
          for (let version = 1; version <= sends; version++) sender.send(BOTH_WORDS * BigInt(version))
        },
      )
      if (receiver.lastSeen === 0) t.is(value, 5n)
      else t.is(value, BOTH_WORDS * BigInt(sends))
    }
  }
})

test.serial('watch: a read that is overtaken 64 times gives up', (t) => {
  const { sender, receiver } = setUp(2)
  let sent = 0n
  const kind = errorOf(() =>
    hooked(
      () => {
        sent += 1n
        sender.send(BOTH_WORDS * sent)
        sender.send(BOTH_WORDS * sent)
      },
      () => receiver.borrow(),
    ),
  )
  t.is(kind, 'IoError')
  t.is(receiver.lastSeen, 0)
})

test('watch: the last version is the last', (t) => {
  const { fabric, sender } = setUp()
  fabric.memory.words[(fabric.memory.arenaOffset + 32) / 4] = -1
  fabric.memory.words[(fabric.memory.arenaOffset + 36) / 4] = (1 << 16) | 0x7f
  t.is(
    errorOf(() => sender.send(1n)),
    'Unsupported',
  )
  t.is(sender.inspect().version, 2 ** 39 - 1)
})
