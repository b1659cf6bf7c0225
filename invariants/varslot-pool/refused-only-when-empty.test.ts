import test from 'ava'
import { memoryOf, Pool, Story } from '../invariants.test.kit.js'
import { refusedOnlyWhenEmpty } from './refused-only-when-empty.js'

const begin = (pool: Pool) => new Story(refusedOnlyWhenEmpty(memoryOf), pool)
const call = (size: number) => ({ as: 0, size })

test('refused-only-when-empty: an empty class refuses', (t) => {
  const pool = new Pool([1]).head(-1)
  t.is(begin(pool).event(0, 'allocating', call(8)).event(0, 'exhausted', call(8)).message, undefined)
})

test('refused-only-when-empty: a class that was empty for a moment of the call may refuse', (t) => {
  const pool = new Pool([1])
  const story = begin(pool).event(0, 'allocating', call(8))
  pool.head(-1)
  story.step()
  pool.head(0)
  t.is(story.step().event(0, 'exhausted', call(8)).message, undefined)
})

test('refused-only-when-empty: one that was empty before the call may not', (t) => {
  const pool = new Pool([1]).head(-1)
  const story = begin(pool).event(1, 'allocating', call(8)).step()
  pool.head(0)
  story.step().event(0, 'allocating', call(8)).event(0, 'exhausted', call(8))
  t.is(story.message, 'allocate of 8 bytes returned undefined, but class 0 (slots of 64 bytes) was never empty during the call')
})

test('refused-only-when-empty: every class that fits must have been empty, smaller ones do not matter', (t) => {
  const pool = new Pool([1, 1, 1]).head(-1, { classIdx: 1 })
  const story = begin(pool).event(0, 'allocating', call(100)).event(0, 'exhausted', call(100))
  t.is(story.message, 'allocate of 100 bytes returned undefined, but class 2 (slots of 192 bytes) was never empty during the call')
  const empty = new Pool([1, 1, 1]).head(-1, { classIdx: 1 }).head(-1, { classIdx: 2 })
  t.is(begin(empty).event(0, 'allocating', call(100)).event(0, 'exhausted', call(100)).message, undefined)
})
