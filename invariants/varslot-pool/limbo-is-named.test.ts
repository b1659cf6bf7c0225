import test from 'ava'
import { memoryOf, Pool, Story } from '../invariants.test.kit.js'
import { limboIsNamed } from './limbo-is-named.js'

const begin = (pool: Pool) => new Story(limboIsNamed(memoryOf), pool)

test('limbo-is-named: listed and allocated slots need no intent', (t) => {
  const pool = new Pool()
  const story = begin(pool).step()
  pool.head(1).allocated(0, 1, 1)
  t.is(story.step().message, undefined)
})

test('limbo-is-named: a slot in limbo needs one that names it', (t) => {
  const pool = new Pool([2, 2]).intent(3, 1, 0, 1)
  const story = begin(pool)
  pool.head(1, { classIdx: 1 })
  t.is(story.step().message, undefined)
  pool.intent(3, 1, 0, 0)
  t.is(story.step().message, 'slot 0 of class 1 is free but on no list, and no intent names it')
})

test('limbo-is-named: every kind of intent names a slot, and none does not', (t) => {
  for (const kind of [1, 2, 3]) t.is(begin(new Pool().head(1).intent(0, kind, 0)).step().message, undefined)
  t.is(begin(new Pool().head(1).intent(0, 0)).step().message, 'slot 0 of class 0 is free but on no list, and no intent names it')
})

test('limbo-is-named: marks of an earlier look do not count', (t) => {
  const pool = new Pool()
  const story = begin(pool).step().step()
  pool.head(2)
  t.is(story.step().message, 'slot 0 of class 0 is free but on no list, and no intent names it')
})
