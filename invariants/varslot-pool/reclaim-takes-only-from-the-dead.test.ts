import test from 'ava'
import { memoryOf, Pool, Story, slot } from '../invariants.test.kit.js'
import { reclaimTakesOnlyFromTheDead } from './reclaim-takes-only-from-the-dead.js'

const begin = (pool: Pool) => new Story(reclaimTakesOnlyFromTheDead(memoryOf), pool)
const RECLAIM = { as: 3, peer: 1 }

test('reclaim-takes-only-from-the-dead: taking all of the dead peer is fine', (t) => {
  const pool = new Pool().head(1).allocated(0, 1, 1).intent(1, 1, 2).state(1, 'dead')
  const story = begin(pool).tell('crash', 1).event(3, 'reclaiming', RECLAIM)
  pool.free(0, 1)
  story.step()
  pool.intent(1, 0)
  story.step()
  pool.state(1, 'empty')
  t.is(story.step().event(3, 'reclaimed', RECLAIM).message, undefined)
})

test('reclaim-takes-only-from-the-dead: a slot that stays is found when the id is given free', (t) => {
  const pool = new Pool().head(1).allocated(0, 1, 1).state(1, 'dead')
  const story = begin(pool).tell('crash', 1).event(3, 'reclaiming', RECLAIM)
  pool.state(1, 'empty')
  t.is(story.step().message, 'the reclaim of 1 is complete, but slot 0 of class 0 is still allocated to it')
})

test('reclaim-takes-only-from-the-dead: an intent that stays is found', (t) => {
  const pool = new Pool().intent(1, 1, 0).state(1, 'dead')
  const story = begin(pool).tell('crash', 1).event(3, 'reclaiming', RECLAIM)
  pool.state(1, 'empty')
  t.regex(story.step().message ?? '', /^the reclaim of 1 is complete, but its intent is -?\d+; expected 0$/)
})

test('reclaim-takes-only-from-the-dead: without statuses it looks when the reclaim returns', (t) => {
  const pool = new Pool().head(1).allocated(0, 1, 1)
  const story = begin(pool).tell('crash', 1).event(3, 'reclaiming', RECLAIM).event(3, 'reclaimed', RECLAIM)
  t.is(story.message, 'the reclaim of 1 is complete, but slot 0 of class 0 is still allocated to it')
})

test('reclaim-takes-only-from-the-dead: the next user of the id may own slots before the reclaim returns', (t) => {
  const pool = new Pool().state(1, 'dead')
  const story = begin(pool).tell('crash', 1).event(3, 'reclaiming', RECLAIM)
  pool.state(1, 'empty')
  story.step()
  pool.state(1, 'live')
  story.step().event(2, 'allocating', { as: 1, size: 1 })
  pool.head(1).allocated(0, 1, 1)
  t.is(
    story
      .step()
      .event(2, 'allocated', slot(1, 0, 1))
      .event(3, 'reclaimed', RECLAIM).message,
    undefined,
  )
})

test('reclaim-takes-only-from-the-dead: a slot that a living peer holds must stay', (t) => {
  const pool = new Pool()
  const story = begin(pool).tell('crash', 1).event(3, 'reclaiming', RECLAIM).event(2, 'allocating', { as: 1, size: 1 })
  pool.head(1).allocated(0, 1, 1)
  story.step().event(2, 'allocated', slot(1, 0, 1))
  pool.free(0, 1)
  t.is(story.step().message, 'slot 0 of class 0 was taken from 1, which lives and holds it, during a reclaim')
})

test('reclaim-takes-only-from-the-dead: a holder may free, and a receiver adopt, during a reclaim', (t) => {
  const pool = new Pool().head(2).allocated(0, 0, 1).allocated(1, 0, 1)
  const story = begin(pool)
    .event(3, 'reclaiming', RECLAIM)
    .event(0, 'freeing', slot(0, 0, 1))
    .event(2, 'adopting', slot(2, 1, 1))
  pool.free(0, 1)
  story.step()
  pool.allocated(1, 2, 1)
  t.is(
    story
      .step()
      .event(2, 'adopted', slot(2, 1, 1))
      .step().message,
    undefined,
  )
})
