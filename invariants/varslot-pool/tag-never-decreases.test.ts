import test from 'ava'
import { memoryOf, Pool, Story } from '../invariants.test.kit.js'
import { tagNeverDecreases } from './tag-never-decreases.js'

const begin = (pool: Pool) => new Story(tagNeverDecreases(memoryOf), pool)

test('tag-never-decreases: one more with each change is fine, across an empty list and past 2^32', (t) => {
  const pool = new Pool([2, 1])
  const story = begin(pool).step()
  pool.head(1)
  story.step()
  pool.head(-1)
  story.step()
  pool.head(1)
  story.step().step()
  t.is(story.message, undefined)
  const wrapping = new Pool().head(0, { tag: -1 })
  const wrapped = begin(wrapping)
  wrapping.head(1, { tag: 0 })
  t.is(wrapped.step().message, undefined)
})

test('tag-never-decreases: a tag that starts again is found', (t) => {
  const pool = new Pool([2]).head(1, { tag: 5 })
  const story = begin(pool)
  pool.head(-1, { tag: 0 })
  t.is(story.step().message, 'the head of class 0 went from 1 to -1 and its tag from 5 to 0; expected 6')
})

test('tag-never-decreases: a head that changes without its tag is found', (t) => {
  const pool = new Pool([2, 2])
  const story = begin(pool)
  pool.head(1, { classIdx: 1, tag: 0 })
  t.is(story.step().message, 'the head of class 1 went from 0 to 1 and its tag from 0 to 0; expected 1')
})

test('tag-never-decreases: a tag that changes by itself is found', (t) => {
  const pool = new Pool([2])
  const story = begin(pool)
  pool.head(0, { tag: 1 })
  t.is(story.step().message, 'the tag of class 0 went from 0 to 1, but its head stayed 0')
})
