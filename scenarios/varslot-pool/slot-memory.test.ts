import test from 'ava'
import { isAllocated, ownerOf, SlotMemory, STATE_DEAD, STATE_EMPTY, STATE_LIVE } from '../../invariants/varslot-pool/slot-memory.js'
import { VarSlotPool } from '../../primitives/varslot-pool/public.js'

const CONFIGS = [
  { slotSize: 16, slotCount: 9 },
  { slotSize: 64, slotCount: 2 },
]

function worked(baseOffset = 0) {
  const options = { peerCapacity: 3 }
  const buffer = new SharedArrayBuffer(baseOffset + VarSlotPool.requiredSize(CONFIGS, options))
  const pool = VarSlotPool.init(buffer, baseOffset, CONFIGS, options)
  pool.joinPeer(1)
  pool.joinPeer(2)
  const first = pool.allocate(1, 1)
  pool.allocate(64, 2)
  pool.allocate(1, 2)
  if (first !== undefined) pool.free(first, 2)
  pool.declarePeerDead(2, 1)
  return { memory: new SlotMemory(buffer, baseOffset), state: pool.inspect() }
}

test('slot-memory: reads what the pool says about itself, at any base', (t) => {
  for (const baseOffset of [0, 128]) {
    const { memory, state } = worked(baseOffset)
    t.is(memory.classCount, 2)
    t.is(memory.peerCapacity, 3)
    t.is(memory.slotCountTotal, 11)
    t.is(memory.lockHolder(), -1)
    for (const [classIdx, expected] of state.classes.entries()) {
      t.is(memory.slotSize(classIdx), expected.slotSize)
      t.is(memory.slotCounts[classIdx], expected.slotCount)
      t.is(memory.headTag(classIdx), expected.head.tag)
      const listed = [...Array(expected.slotCount).keys()].filter((slotIdx) => memory.isListed(classIdx, slotIdx))
      t.deepEqual(
        listed,
        [...expected.freeList].sort((a, b) => a - b),
      )
      for (const [slotIdx, slot] of expected.slots.entries()) {
        const word = memory.slotWord(classIdx, slotIdx)
        t.is(isAllocated(word), slot.state === 'allocated')
        t.is(ownerOf(word), slot.owner)
        t.is(word & 0x7fffff, slot.generation)
        t.is(memory.wordOf((memory.firstSlots[classIdx] as number) + slotIdx), word)
      }
    }
    t.deepEqual(
      [0, 1, 2].map((peer) => memory.peerState(peer)),
      [STATE_EMPTY, STATE_LIVE, STATE_DEAD],
    )
  }
})

test('slot-memory: describes the pool in few words', (t) => {
  const { memory } = worked()
  const { '0:slot3': slot3, ...rest } = memory.describe()
  t.is(slot3, 'free g0')
  t.like(rest, { '0:free': '[0 2 3 4 5 6 7 8] t3', '0:slot0': 'free g1', '0:slot1': 'of 2 g1', '1:free': '[1] t1', '1:slot0': 'of 2 g1' })
})
