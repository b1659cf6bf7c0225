import test from 'ava'
import {
  allocatedWord,
  END,
  freeWord,
  GENERATION_MAX,
  generationAfter,
  generationOf,
  INTENT_ALLOC,
  INTENT_FREE,
  INTENT_RECOVER,
  intentClassOf,
  intentKindOf,
  intentNames,
  intentSlotOf,
  intentWord,
  isAllocated,
  isFreeWord,
  lockHolderOf,
  lockWord,
  ownerOf,
} from './varslot-layout.js'
import { VarSlotPool } from './varslot-pool.js'

const VECTOR = [
  { slotSize: 1024, slotCount: 8 },
  { slotSize: 16_384, slotCount: 4 },
  { slotSize: 262_144, slotCount: 2 },
]

test('varslot layout: the test vector of the specification', (t) => {
  t.deepEqual(VarSlotPool.layout(VECTOR, { peerCapacity: 4 }), {
    totalSize: 598_720,
    peerTableOffset: 256,
    classOffsets: [
      { metaOffset: 512, dataOffset: 576 },
      { metaOffset: 8768, dataOffset: 8832 },
      { metaOffset: 74_368, dataOffset: 74_432 },
    ],
  })
  t.is(VarSlotPool.requiredSize(VECTOR, { peerCapacity: 4 }), 598_720)
})

test('varslot layout: 16 peers unless told otherwise', (t) => {
  t.is(VarSlotPool.requiredSize(VECTOR), VarSlotPool.requiredSize(VECTOR, { peerCapacity: 16 }))
  t.is(VarSlotPool.requiredSize(VECTOR, {}), 598_720 + 12 * 64)
})

test('varslot layout: every block begins at a multiple of 64 and none overlaps', (t) => {
  const configs = [8, 16, 24, 40, 72].map((slotSize, index) => ({ slotSize, slotCount: index * 3 + 1 }))
  const layout = VarSlotPool.layout(configs, { peerCapacity: 3 })
  let end = 64 + 64 * configs.length
  t.is(layout.peerTableOffset, end)
  end += 3 * 64
  configs.forEach(({ slotSize, slotCount }, classIdx) => {
    const { metaOffset, dataOffset } = layout.classOffsets[classIdx] as { metaOffset: number; dataOffset: number }
    t.is(metaOffset % 64, 0)
    t.is(dataOffset % 64, 0)
    t.true(metaOffset >= end)
    t.true(dataOffset >= metaOffset + 8 * slotCount)
    end = dataOffset + slotSize * slotCount
  })
  t.is(layout.totalSize, Math.ceil(end / 64) * 64)
})

test('varslot layout: the slot word keeps state, owner and generation apart', (t) => {
  for (const owner of [0, 1, 15, 128, 255]) {
    for (const generation of [1, 2, GENERATION_MAX - 1, GENERATION_MAX]) {
      const word = allocatedWord(owner, generation)
      t.is(word, word | 0)
      t.is(word >>> 0, 2 ** 31 + owner * 2 ** 23 + generation)
      t.true(isAllocated(word))
      t.is(ownerOf(word), owner)
      t.is(generationOf(word), generation)
      t.false(isFreeWord(word))
      t.is(generationOf(freeWord(generation)), generation)
      t.true(isFreeWord(freeWord(generation)))
      t.false(isAllocated(freeWord(generation)))
    }
  }
})

test('varslot layout: after the largest generation comes 1, never 0', (t) => {
  t.is(generationAfter(0), 1)
  t.is(generationAfter(1), 2)
  t.is(generationAfter(8_388_607), 1)
})

test('varslot layout: the intent word keeps kind, class and slot apart', (t) => {
  for (const [kind, text] of [
    [INTENT_ALLOC, 'alloc'],
    [INTENT_FREE, 'free'],
    [INTENT_RECOVER, 'recover'],
  ] as const) {
    for (const classIdx of [0, 1, 62]) {
      for (const slotIdx of [0, 1, 2 ** 24 - 2]) {
        const word = intentWord(kind, classIdx, slotIdx)
        t.is(word, word | 0)
        t.is(word >>> 0, kind * 2 ** 30 + classIdx * 2 ** 24 + slotIdx)
        t.is(intentKindOf(word), text)
        t.is(intentClassOf(word), classIdx)
        t.is(intentSlotOf(word), slotIdx)
        t.true(intentNames(word, classIdx, slotIdx))
        t.false(intentNames(word, classIdx, slotIdx + 1))
        t.false(intentNames(word, classIdx + 1, slotIdx))
      }
    }
  }
  t.is(intentKindOf(0), undefined)
  t.false(intentNames(0, 0, 0))
})

test('varslot layout: the lock word names its holder, and differs between two lives of one id', (t) => {
  t.is(lockHolderOf(0), undefined)
  for (const peer of [0, 1, 255]) {
    t.is(lockHolderOf(lockWord(peer, 1)), peer)
    t.is(lockHolderOf(peer + 1), peer)
    t.not(lockWord(peer, 1), lockWord(peer, 2))
    t.true(lockWord(peer, 2 ** 30 - 1) > 0)
  }
  t.is(END, -1)
})
