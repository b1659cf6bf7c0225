import test from 'ava'
import { hooked } from '../hooked-atomics.test.kit.js'
import { CellAccess, cellBytes } from './cell.js'
import { bytes, u64 } from './codec.js'
import { errorOf, newFabric } from './fabric.test.kit.js'

/** A cell at the arena's begin, with its main word behind it. */
function setUp() {
  const { memory } = newFabric().fabric
  const firstIndex = memory.arenaOffset / 8
  const mainIndex = firstIndex + 8
  return { memory, firstIndex, mainIndex, cell: new CellAccess(memory, u64), other: new CellAccess(memory, u64) }
}

test('cell: four data bytes for each 64-bit word', (t) => {
  t.deepEqual(
    [1, 4, 5, 8, 4096].map((n) => cellBytes(bytes(n))),
    [8, 8, 16, 16, 8192],
  )
})

test('cell: what is written is loaded, with the tag beside each word', (t) => {
  const { memory, firstIndex, mainIndex, cell, other } = setUp()
  cell.stage(0x1122_3344_5566_7788n)
  t.true(cell.write(firstIndex, -2, mainIndex, 0n))
  t.deepEqual(
    [0, 1].map((word) => BigInt.asUintN(64, memory.longs[firstIndex + word] as bigint)),
    [0xffff_fffe_5566_7788n, 0xffff_fffe_1122_3344n],
  )
  other.load(firstIndex)
  t.is(other.decode(), 0x1122_3344_5566_7788n)
  t.true(other.loadTagged(firstIndex, -2))
  t.false(other.loadTagged(firstIndex, 1))
})

test('cell: a codec that throws leaves what was staged', (t) => {
  const { firstIndex, mainIndex, cell } = setUp()
  cell.stage(7n)
  t.is(
    errorOf(() => cell.stage(-1n)),
    'IoError',
  )
  cell.write(firstIndex, 1, mainIndex, 0n)
  cell.load(firstIndex)
  t.is(cell.decode(), 7n)
})

test.serial('cell: write is P1, P2, P3 for each word, and equal data are written too', (t) => {
  const { memory, firstIndex, mainIndex, cell } = setUp()
  cell.stage(0n)
  const steps: string[] = []
  hooked(
    (_, operation, _array, index) => steps.push(`${operation} ${index - firstIndex}`),
    () => cell.write(firstIndex, 1, mainIndex, 0n),
  )
  t.deepEqual(steps, ['load 0', 'load 8', 'compareExchange 0', 'load 1', 'load 8', 'compareExchange 1'])
  t.is(memory.longs[firstIndex], 1n << 32n)
})

test.serial('cell: a writer that was replaced at any step changes no word that a later one wrote', (t) => {
  for (let pause = 0; pause < 6; pause++) {
    const { memory, firstIndex, mainIndex, cell, other } = setUp()
    cell.stage(1n)
    other.stage(2n)
    const written = hooked(
      (step) => {
        if (step !== pause) return
        memory.longs[mainIndex] = 5n
        other.write(firstIndex, 2, mainIndex, 5n)
      },
      () => cell.write(firstIndex, 1, mainIndex, 0n),
    )
    t.true(other.loadTagged(firstIndex, 2), `paused before step ${pause}`)
    t.is(other.decode(), 2n)
    // At the last step the swap fails, and the main word is seen to have changed.
    t.false(written)
  }
})
