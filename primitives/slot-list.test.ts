import test from 'ava'
import { CorruptStateError } from './errors.js'
import { PEER_ENTRY_BYTES, PeerTable } from './peer-table.js'
import { INTENT_ALLOC, INTENT_FREE, INTENT_NONE, intentWord } from './slot-intent.js'
import { END, SlotList } from './slot-list.js'

const SLOTS = 3
const PEER = 1
const RECORD_WORDS = 4
const FIRST_RECORD = 2
const FIRST_ENTRY = 16

/** A list in words 0 and 1 (its head), 2 to 13 (records of a word, a next and two more) and 16 and on (two peers). Nothing is listed. */
function emptyList() {
  const buffer = new SharedArrayBuffer(FIRST_ENTRY * 4 + 2 * PEER_ENTRY_BYTES)
  const words = new Int32Array(buffer)
  const heads = new BigInt64Array(buffer)
  const peers = new PeerTable(words, FIRST_ENTRY, 2)
  const place = { words, heads, headIndex: 0, firstSlotIndex: FIRST_RECORD, firstNextIndex: FIRST_RECORD + 1, recordWords: RECORD_WORDS, peers }
  const list = new SlotList({ ...place, slotCount: SLOTS, classIdx: 5 })
  words[0] = END
  return { words, peers, list, intentIndex: peers.intentIndex(PEER) }
}

test('slot list: the last slot that was put on is taken first, and the tag counts both', (t) => {
  const { words, list } = emptyList()
  for (const slotIdx of [2, 0, 1]) list.push(slotIdx, PEER)
  t.is(words[1], 3)
  t.deepEqual([list.pop(PEER), list.pop(PEER), list.pop(PEER), list.pop(PEER)], [1, 0, 2, END])
  t.is(words[1], 6)
})

test('slot list: a pop leaves the intent with the slot; one that finds nothing leaves none', (t) => {
  const { words, list, intentIndex } = emptyList()
  list.push(2, PEER)
  t.is(list.pop(PEER), 2)
  t.is(words[intentIndex], intentWord(INTENT_ALLOC, 5, 2))
  list.withdraw(PEER)
  t.is(words[intentIndex], INTENT_NONE)
  t.is(list.pop(PEER), END)
  t.is(words[intentIndex], INTENT_NONE)
  list.announce(INTENT_FREE, 1, PEER)
  t.is(words[intentIndex], intentWord(INTENT_FREE, 5, 1))
})

test('slot list: a walk meets what is listed, and gives up on a list that goes round', (t) => {
  const { words, list } = emptyList()
  list.push(0, PEER)
  list.push(2, PEER)
  t.true(list.meets(0))
  t.true(list.meets(2))
  t.false(list.meets(1))
  words[list.nextIndexOf(0)] = 2
  t.is(list.meets(1), undefined)
})

test('slot list: an index that is no slot stops whoever meets it', (t) => {
  for (const bad of [SLOTS, -2]) {
    const { words, list } = emptyList()
    words[0] = bad
    t.throws(() => list.pop(PEER), { instanceOf: CorruptStateError, message: `expected a slot index below 3 or -1 on the free list of class 5, got ${bad}` })
    t.throws(() => list.push(1, PEER), { instanceOf: CorruptStateError })
    t.throws(() => list.meets(1), { instanceOf: CorruptStateError })
  }
})

test('slot list: words and nexts are found by record', (t) => {
  const { list } = emptyList()
  t.is(list.slotIndexOf(2), FIRST_RECORD + 2 * RECORD_WORDS)
  t.is(list.nextIndexOf(2), FIRST_RECORD + 2 * RECORD_WORDS + 1)
})
