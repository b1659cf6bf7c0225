import test from 'ava'
import { DistinctSet } from './distinct-set.js'
import { RandomStream } from './random-streams.js'

test('distinct set: counts what a Set counts, while it grows', (t) => {
  const stream = new RandomStream(1, 'workload')
  const set = new DistinctSet(1_000_000)
  const expected = new Set<number>()
  for (let i = 0; i < 60_000; i++) {
    const value = (stream.int32() >>> 0) * 2 ** (i % 3 === 0 ? 21 : 0) + stream.draw(4)
    set.add(value)
    expected.add(value)
    // Odd moments, so that the count is also asked for in the middle of a batch.
    if (i % 9_973 === 0) t.is(set.size, expected.size)
  }
  t.is(set.size, expected.size)
})

test('distinct set: equal numbers count once, within a batch and across', (t) => {
  const set = new DistinctSet(100)
  for (const value of [0, 5, 5, 2 ** 53 - 1, 0]) set.add(value)
  t.is(set.size, 3)
  set.add(5)
  t.is(set.size, 3)
})

test('distinct set: the limit is the most that it tells apart', (t) => {
  const set = new DistinctSet(1000)
  for (let value = 0; value < 5000; value++) set.add(value)
  t.is(set.size, 1000)
})
