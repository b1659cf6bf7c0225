import test from 'ava'
import { errorOf, interrupted, newFabric, stepsOf } from './fabric.test.kit.js'
import { claimRange } from './range-table.js'

const ranges = (made: ReturnType<typeof newFabric>) => made.fabric.inspect().ranges.map(({ baseOffset, byteLength }) => [baseOffset, byteLength])

test('range table: ranges that touch are fine, ranges that overlap are refused', (t) => {
  const made = newFabric()
  const claim = (offset: number, bytes: number) => errorOf(() => claimRange(made.fabric.memory, offset, bytes))
  t.is(claim(64, 64), undefined)
  t.is(claim(128, 64), undefined)
  for (const [offset, bytes] of [
    [64, 64],
    [0, 72],
    [120, 16],
    [72, 8],
    [0, 4096],
  ] as const)
    t.is(claim(offset, bytes), 'BadLayoutError')
  t.is(claim(0, 64), undefined)
  t.is(claim(192, 64), undefined)
  t.is(claim(256, 64), 'CapacityExceeded')
  t.deepEqual(ranges(made), [
    [64, 64],
    [128, 64],
    [0, 64],
    [192, 64],
  ])
})

test.serial('range table: a claim looks at all words, takes one, and looks at the others again', (t) => {
  const { fabric } = newFabric({ rangeCapacity: 2 })
  claimRange(fabric.memory, 0, 64)
  t.deepEqual(
    stepsOf(fabric, () => claimRange(fabric.memory, 64, 64)),
    ['load range[0]', 'load range[1]', 'compareExchange range[0]', 'compareExchange range[1]', 'load range[0]'],
  )
})

test.serial('range table: of two that race for one range at most one gets it, whatever the step', (t) => {
  let refusals = 0
  for (let pause = 0; pause < 8; pause++) {
    const made = newFabric()
    let other: string | undefined
    const error = interrupted(
      pause,
      () => claimRange(made.fabric.memory, 0, 64),
      () => {
        other = errorOf(() => claimRange(made.fabric.memory, 32, 64))
      },
    )
    if (error !== undefined) refusals++
    if (other !== undefined) refusals++
    t.is(ranges(made).length, Number(error === undefined) + Number(other === undefined), `at step ${pause}`)
    t.true(ranges(made).length < 2)
  }
  t.is(refusals, 8)
})

test('range table: freeRange gives the bytes back', (t) => {
  const made = newFabric()
  claimRange(made.fabric.memory, 64, 64)
  t.is(
    errorOf(() => made.fabric.freeRange(0)),
    'BadLayoutError',
  )
  made.fabric.freeRange(64)
  t.deepEqual(ranges(made), [])
})
