import test from 'ava'
import { memoryOf, Pool, Story, slot } from '../invariants.test.kit.js'
import { nothingLeaked } from './nothing-leaked.js'

const begin = (pool: Pool) => new Story(nothingLeaked(memoryOf), pool)
const RECLAIM = { as: 3, peer: 1 }

test('nothing-leaked: listed slots and held slots are fine', (t) => {
  const pool = new Pool()
  const story = begin(pool).event(1, 'allocating', { as: 1, size: 1 })
  pool.head(1).allocated(0, 1, 1)
  t.is(story.event(1, 'allocated', slot(1, 0, 1)).end().message, undefined)
})

test('nothing-leaked: a free slot on no list is found', (t) => {
  const pool = new Pool().head(1)
  t.is(begin(pool).end().message, 'slot 0 of class 0 is lost: it is free, on no list, and no peer can move any more')
})

test('nothing-leaked: a slot that stays with a dead peer is found once that is reclaimed', (t) => {
  const pool = new Pool().head(1).allocated(0, 1, 1)
  const story = begin(pool).event(1, 'allocating', { as: 1, size: 1 }).tell('crash', 1)
  t.is(story.end().message, undefined)
  t.is(story.event(3, 'reclaimed', RECLAIM).end().message, 'slot 0 of class 0 is lost: it is allocated to 1, but no living peer holds it')
})

test('nothing-leaked: says nothing while a peer is still to be reclaimed', (t) => {
  const pool = new Pool().head(1).state(1, 'dead')
  t.is(begin(pool).end().message, undefined)
})

test('nothing-leaked: a slot of a living owner that does not know of it is found', (t) => {
  const pool = new Pool().head(1)
  const story = begin(pool)
  pool.allocated(0, 0, 1)
  t.is(story.end().message, 'slot 0 of class 0 is lost: it is allocated to 0, but no living peer holds it')
})

test('nothing-leaked: an owner that is not the holder is found', (t) => {
  const pool = new Pool().head(1)
  const story = begin(pool).event(2, 'allocated', slot(2, 0, 1))
  pool.allocated(0, 0, 1)
  t.is(story.end().message, 'slot 0 of class 0 is allocated to 0, but 2 holds it')
})

test('nothing-leaked: a peer that dies in free before the slot is free leaves it to its owner', (t) => {
  const pool = new Pool().head(1).allocated(0, 0, 1)
  const story = begin(pool)
    .event(1, 'freeing', slot(1, 0, 1))
    .tell('crash', 1)
    .event(3, 'reclaimed', RECLAIM)
  t.is(story.end().message, undefined)
})
