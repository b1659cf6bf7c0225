import test from 'ava'
import { memoryOf, Pool, Story, slot } from '../invariants.test.kit.js'
import { noSlotListedAndHeld } from './no-slot-listed-and-held.js'

const begin = (pool: Pool) => new Story(noSlotListedAndHeld(memoryOf), pool)

test('no-slot-listed-and-held: a slot that is popped, held and freed is fine', (t) => {
  const pool = new Pool()
  const story = begin(pool)
  pool.head(1).allocated(0, 2, 1)
  story
    .step()
    .event(2, 'allocated', slot(2, 0, 1))
    .step()
    .event(2, 'freeing', slot(2, 0, 1))
  pool.free(0, 1).next(0, 1).head(0)
  story.step().event(2, 'freed', slot(2, 0, 1))
  t.is(story.message, undefined)
})

test('no-slot-listed-and-held: a listed slot with an allocated word is found', (t) => {
  const pool = new Pool().allocated(1, 2, 5)
  t.is(begin(pool).step().message, 'slot 1 of class 0 is on the free list and allocated to 2')
})

test('no-slot-listed-and-held: a listed slot that a peer holds is found', (t) => {
  const pool = new Pool().head(1)
  const story = begin(pool)
    .event(2, 'allocated', slot(2, 0, 1))
    .step()
  t.is(story.message, undefined)
  pool.head(0)
  t.is(story.step().message, 'slot 0 of class 0 is on the free list while 2 holds it')
})

test('no-slot-listed-and-held: slots that a dead peer held may be listed', (t) => {
  const pool = new Pool().head(1)
  const story = begin(pool)
    .event(2, 'allocated', slot(2, 0, 1))
    .tell('crash', 2)
  pool.head(0)
  t.is(story.step().message, undefined)
})

test('no-slot-listed-and-held: slots allocated before the first step are held by their owner', (t) => {
  const pool = new Pool().head(1).allocated(0, 3, 1)
  const story = begin(pool).step()
  t.is(story.message, undefined)
  pool.free(0, 1).head(0)
  t.is(story.step().message, 'slot 0 of class 0 is on the free list while 3 holds it')
})
