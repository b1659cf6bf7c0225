import test from 'ava'
import {
  generationOf,
  holds,
  ManagerWords,
  ownerOf,
  pendingOf,
  readerSetOf,
  STATE_DEAD,
  STATE_EMPTY,
  STATE_LIVE,
  writerOf,
} from '../../invariants/memory-manager/manager-words.js'
import { ConcurrentMemoryManager } from '../../primitives/memory-manager/public.js'

function worked(baseOffset: number) {
  const options = { peerCapacity: 4, payloadBytesMax: 24 }
  const buffer = new SharedArrayBuffer(baseOffset + ConcurrentMemoryManager.byteLength(5, options))
  const manager = ConcurrentMemoryManager.init(buffer, baseOffset, 5, options)
  for (const peer of [1, 2, 3]) manager.joinPeer(peer)
  const tokens = [1, 2, 3].map((value) => manager.storeShared({ header: {}, payload: new Uint8Array(24).fill(value) }, 1))
  manager.freeShared(tokens[0] as (typeof tokens)[0], 2)
  manager.readShared(tokens[1] as (typeof tokens)[0], 2)
  manager.readMutShared(tokens[2] as (typeof tokens)[0], 3)
  manager.declarePeerDead(2, 1)
  return { buffer, manager, memory: new ManagerWords(buffer, baseOffset) }
}

test('manager-words: reads what the manager says about itself, at any base', (t) => {
  for (const baseOffset of [0, 128]) {
    const { manager, memory } = worked(baseOffset)
    const state = manager.inspect()
    t.is(memory.capacity, 5)
    t.is(memory.peerCapacity, 4)
    t.is(memory.headSlot(), state.head.slot ?? -1)
    t.is(memory.headCount(), state.head.count)
    t.is(memory.headTag(), state.head.tag)
    t.is(memory.recoveryHolder(), -1)
    t.true(memory.anyDead())
    t.deepEqual(
      [0, 1, 2, 3].map((peer) => memory.peerState(peer)),
      [STATE_EMPTY, STATE_LIVE, STATE_DEAD, STATE_LIVE],
    )
    for (const [slot, expected] of state.slots.entries()) {
      const word = memory.word(slot)
      t.is(holds(word, expected.generation), expected.state === 'ready')
      t.is(ownerOf(word), expected.owner)
      t.is(generationOf(word), expected.generation)
      t.is(memory.isListed(slot), state.freeList.includes(slot))
      const lock = memory.lock(slot)
      t.is(
        readerSetOf(lock),
        expected.lock.readers.reduce((set, peer) => set | (1 << peer), 0),
      )
      t.is(writerOf(lock), expected.lock.writer ?? -1)
      t.is(pendingOf(lock), expected.lock.pending ?? -1)
    }
  }
})

test('manager-words: copies and compares the bytes of a message', (t) => {
  const { manager, memory } = worked(64)
  const copy = new Int32Array(memory.capacity * memory.messageWords)
  memory.copyMessage(1, copy)
  t.is(memory.changedWord(1, copy), -1)
  t.deepEqual([...copy.slice(memory.messageWords, memory.messageWords + 2)], [24, 0])
  t.is(copy[memory.messageWords + 12], 0x02020202)
  new Uint8Array(manager.buffer()).fill(9)
  t.is(memory.changedWord(1, copy), 0)
})

test('manager-words: describes the manager in few words, and names its words', (t) => {
  const { memory } = worked(0)
  t.deepEqual(memory.describe(), {
    free: '[0 3 4] 3 t4',
    slot0: 'free g1',
    slot1: 'ready g1 of 1',
    lock1: 'r2',
    slot2: 'ready g1 of 1',
    lock2: 'w3 dirty',
    slot3: 'free g0',
    slot4: 'free g0',
    peer1: 'idle',
    peer2: 'dead',
    peer3: 'idle',
  })
  t.is(memory.nameOf(24), 'recovery lock')
  t.is(memory.nameOf(64), 'head')
  t.is(memory.nameOf(128 + 64 + 4), 'peer 1 intent')
  t.is(memory.nameOf(128 + 4 * 64 + 16), 'slot 1 lock')
  t.is(memory.nameOf(128 + 4 * 64 + 16 + 8), 'slot 1 next')
  t.is(memory.nameOf(128 + 4 * 64 + 5 * 16 + 64), undefined)
})
