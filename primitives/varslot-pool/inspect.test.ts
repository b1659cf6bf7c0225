import test from 'ava'
import { newPool, take } from './varslot-pool.test.kit.js'

function setUp() {
  return newPool([{ slotSize: 8, slotCount: 3 }], 4)
}

test('varslot: inspect shows classes, lists, slots, peers, intents and the lock', (t) => {
  const { pool, raw } = setUp()
  take(pool, 8, 1)
  raw.words[raw.intent(2)] = (3 << 30) | 2
  raw.words[raw.lock] = 4
  t.deepEqual(pool.inspect(), {
    classes: [
      {
        slotSize: 8,
        slotCount: 3,
        head: { slot: 1, tag: 1 },
        freeList: [1, 2],
        freeListEnd: 'end',
        slots: [
          { state: 'allocated', owner: 1, generation: 1, next: 1 },
          { state: 'free', owner: 0, generation: 0, next: 2 },
          { state: 'free', owner: 0, generation: 0, next: undefined },
        ],
      },
    ],
    peers: [
      { state: 'live', epoch: 1, intent: undefined },
      { state: 'live', epoch: 1, intent: undefined },
      { state: 'live', epoch: 1, intent: { kind: 'recover', classIdx: 0, slotIdx: 2 } },
      { state: 'live', epoch: 1, intent: undefined },
    ],
    reclaimLock: 3,
  })
})

test('varslot: inspect tells a list that goes round and one that leaves the class', (t) => {
  const { pool, raw } = setUp()
  raw.words[raw.next(0, 1)] = 0
  const state = pool.inspect()
  t.is(state.classes[0]?.freeListEnd, 'cycle')
  t.deepEqual(state.classes[0]?.freeList, [0, 1, 0])
  raw.words[raw.next(0, 1)] = 77
  t.is(pool.inspect(state), state)
  t.is(state.classes[0]?.freeListEnd, 'outside')
  t.deepEqual(state.classes[0]?.freeList, [0, 1])
  raw.words[raw.next(0, 1)] = 2
  t.deepEqual(pool.inspect(state), pool.inspect())
  t.is(state.classes[0]?.freeListEnd, 'end')
})
