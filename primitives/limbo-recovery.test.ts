import test from 'ava'
import { CorruptStateError } from './errors.js'
import { recoverNamedSlot } from './limbo-recovery.js'
import { PEER_ENTRY_BYTES, PeerTable } from './peer-table.js'
import { INTENT_ALLOC, INTENT_FREE, INTENT_NONE, intentWord } from './slot-intent.js'
import { END, SlotList } from './slot-list.js'
import { WaitBudget } from './wait-budget.js'

const HOST = 0
const DEAD = 1
const OTHER = 2
const FIRST_ENTRY = 16
const IN_USE = 1

/** Two slots, none of them listed; word 0 is free. `DEAD` died with an intent on slot 0. */
function setUp() {
  const buffer = new SharedArrayBuffer(FIRST_ENTRY * 4 + 3 * PEER_ENTRY_BYTES)
  const words = new Int32Array(buffer)
  const peers = new PeerTable(words, FIRST_ENTRY, 3)
  const place = { words, heads: new BigInt64Array(buffer), headIndex: 0, firstSlotIndex: 2, firstNextIndex: 3, recordWords: 2, slotCount: 2, classIdx: 0 }
  const list = new SlotList({ ...place, peers })
  words[0] = END
  for (const peer of [HOST, DEAD, OTHER]) peers.join(peer)
  peers.declareDead(DEAD, HOST)
  words[peers.intentIndex(DEAD)] = intentWord(INTENT_ALLOC, 0, 0)
  const object = { words, peers, lists: [list], isFree: (word: number) => word !== IN_USE }
  const budget = new WaitBudget(peers, HOST, 0)
  const recover = () => recoverNamedSlot(object, { deadPeer: DEAD, byPeer: HOST, budget })
  return { words, peers, list, budget, recover }
}

test('limbo recovery: a slot that is free and off the list is put back, once', (t) => {
  const { words, peers, list, recover } = setUp()
  t.is(recover(), 'pushed')
  t.true(list.meets(0))
  t.is(words[peers.intentIndex(DEAD)], INTENT_NONE)
  t.is(words[peers.intentIndex(HOST)], INTENT_NONE)
  t.is(recover(), 'settled')
})

test('limbo recovery: a slot that is listed, or in use, is left alone', (t) => {
  const listed = setUp()
  listed.list.push(0, HOST)
  t.is(listed.recover(), 'settled')
  t.is(listed.words[1], 1)
  const used = setUp()
  used.words[used.list.slotIndexOf(0)] = IN_USE
  t.is(used.recover(), 'settled')
  t.false(used.list.meets(0))
  t.is(used.words[used.peers.intentIndex(DEAD)], INTENT_NONE)
})

test('limbo recovery: a LIVE peer on the slot blocks it and is named; a DEAD one does not', (t) => {
  const { words, peers, budget, recover } = setUp()
  words[peers.intentIndex(OTHER)] = intentWord(INTENT_FREE, 0, 0)
  t.is(recover(), 'blocked')
  t.is(budget.blockedBy, OTHER)
  t.not(words[peers.intentIndex(DEAD)], INTENT_NONE)
  peers.declareDead(OTHER, HOST)
  t.is(recover(), 'pushed')
})

test('limbo recovery: an intent that names no slot stops it', (t) => {
  for (const intent of [intentWord(INTENT_ALLOC, 1, 0), intentWord(INTENT_ALLOC, 0, 2)]) {
    const { words, peers, recover } = setUp()
    words[peers.intentIndex(DEAD)] = intent
    t.throws(recover, { instanceOf: CorruptStateError, message: /^expected the intent of peer 1 to name a slot, got / })
  }
})
