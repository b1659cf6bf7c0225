import test from 'ava'
import { VarSlotPool } from './public.js'

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
