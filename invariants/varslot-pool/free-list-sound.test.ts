import test from 'ava'
import { memoryOf, Pool, Story } from '../invariants.test.kit.js'
import { freeListSound } from './free-list-sound.js'

const begin = (pool: Pool) => new Story(freeListSound(memoryOf), pool)

test('free-list-sound: a fresh list, a shorter one and an empty one are fine', (t) => {
  const pool = new Pool([3, 2])
  const story = begin(pool).step()
  pool.head(2)
  story.step()
  pool.head(-1, { classIdx: 1 })
  story.step()
  t.is(story.message, undefined)
})

test('free-list-sound: a slot that leads to itself is found', (t) => {
  const pool = new Pool().head(1).next(1, 1)
  t.is(begin(pool).step().message, 'slot 1 of class 0 is on the free list twice: it leads to itself')
})

test('free-list-sound: a cycle is found', (t) => {
  const pool = new Pool([2, 3]).next(2, 0, 1)
  t.is(begin(pool).step().message, 'slot 0 of class 1 is on the free list twice: slot 2 leads back to it')
})

test('free-list-sound: an index outside the class is found', (t) => {
  t.is(begin(new Pool().next(2, 3)).step().message, 'slot 2 of the free list of class 0 leads to 3; expected a slot below 3 or the end')
  t.is(begin(new Pool().head(-2)).step().message, 'the head of the free list of class 0 leads to -2; expected a slot below 3 or the end')
})
