import test from 'ava'
import { BadArgumentError, CorruptStateError, PeerStateError } from './errors.js'
import { epochOf, PEER_ENTRY_BYTES, PeerTable, peerStateOf } from './peer-table.js'
import { interrupted } from './varslot-pool/varslot-pool.test.kit.js'

const CAPACITY = 3

/** The words of a table, and a handle on it. */
function setUp(): { words: Int32Array; table: PeerTable } {
  const words = new Int32Array(new SharedArrayBuffer(PEER_ENTRY_BYTES * CAPACITY))
  return { words, table: new PeerTable(words, 0, CAPACITY) }
}

test('peer table: join, leave and join again raise the epoch by one each', (t) => {
  const { words, table } = setUp()
  t.is(table.state(1), 'empty')
  table.join(1)
  t.is(table.state(1), 'live')
  t.is(words[16], (1 << 2) | 1)
  table.leave(1)
  t.is(words[16], 1 << 2)
  table.join(1)
  t.is(words[16], (2 << 2) | 1)
  t.is(table.joinedEpoch(1), 2)
})

test('peer table: only the handle that joined a peer passes as that peer', (t) => {
  const { words, table: mine } = setUp()
  const other = new PeerTable(words, 0, CAPACITY)
  mine.join(0)
  t.notThrows(() => mine.requireLive(0))
  const error = t.throws(() => other.requireLive(0), { instanceOf: PeerStateError, code: 'PEER_STATE' })
  t.is(error.state, 'live')
  t.is(error.peer, 0)
  t.throws(() => other.join(0), { instanceOf: PeerStateError })
})

test('peer table: a handle whose peer was declared dead, recovered and joined again by another is refused', (t) => {
  const { words, table: slow } = setUp()
  const host = new PeerTable(words, 0, CAPACITY)
  const next = new PeerTable(words, 0, CAPACITY)
  slow.join(1)
  host.join(0)
  host.declareDead(1, 0)
  t.is(t.throws(() => slow.requireLive(1), { instanceOf: PeerStateError }).state, 'dead')
  t.throws(() => next.join(1), { instanceOf: PeerStateError })
  host.storeEmpty(1, host.loadStatus(1))
  t.is(t.throws(() => slow.requireLive(1), { instanceOf: PeerStateError }).state, 'empty')
  next.join(1)
  t.is(t.throws(() => slow.requireLive(1), { instanceOf: PeerStateError }).state, 'live')
  t.throws(() => slow.leave(1), { instanceOf: PeerStateError })
})

test('peer table: a peer that never joined is refused, also while its status word is 0', (t) => {
  const { table } = setUp()
  t.is(t.throws(() => table.requireLive(2), { instanceOf: PeerStateError }).state, 'empty')
})

test('peer table: declareDead wants a LIVE peer, declared by another one that is LIVE', (t) => {
  const { table } = setUp()
  table.join(0)
  t.throws(() => table.declareDead(1, 0), { instanceOf: PeerStateError, message: /peer 1 to be LIVE, got it EMPTY/ })
  t.throws(() => table.declareDead(0, 0), { instanceOf: PeerStateError })
  t.throws(() => table.declareDead(0, 1), { instanceOf: PeerStateError })
  table.join(1)
  table.declareDead(1, 0)
  t.throws(() => table.declareDead(1, 0), { instanceOf: PeerStateError, message: /got it DEAD/ })
})

test('peer table: the epoch counts modulo 2^30', (t) => {
  const { words, table } = setUp()
  words[0] = (2 ** 30 - 1) << 2
  t.is(epochOf(words[0] as number), 2 ** 30 - 1)
  table.join(0)
  t.is(words[0], 1)
  t.notThrows(() => table.requireLive(0))
})

test('peer table: an id is an integer below the capacity', (t) => {
  const { table } = setUp()
  for (const peer of [0, CAPACITY - 1]) t.notThrows(() => table.requireId('peer', peer))
  for (const peer of [-1, CAPACITY, 0.5, Number.NaN, '0' as unknown as number]) {
    const error = t.throws(() => table.requireId('byPeer', peer), { instanceOf: BadArgumentError })
    t.is(error.argument, 'byPeer')
    t.is(error.value, peer)
  }
})

test('peer table: a status word with state 3 is corrupt', (t) => {
  t.throws(() => peerStateOf(3), { instanceOf: CorruptStateError, code: 'CORRUPT_STATE' })
})

test.serial('peer table: of two joins at once one is refused; a join that slept through a join and a leave is the next epoch', (t) => {
  const { words, table: mine } = setUp()
  const other = new PeerTable(words, 0, CAPACITY)
  t.true(
    interrupted(
      1,
      () => t.throws(() => mine.join(0), { instanceOf: PeerStateError, message: /got it LIVE$/ }),
      () => other.join(0),
    ),
  )
  t.notThrows(() => other.requireLive(0))
  t.throws(() => mine.requireLive(0), { instanceOf: PeerStateError })
  t.true(
    interrupted(
      1,
      () => mine.join(1),
      () => {
        other.join(1)
        other.leave(1)
      },
    ),
  )
  t.is(mine.joinedEpoch(1), 2)
  t.notThrows(() => mine.requireLive(1))
})
