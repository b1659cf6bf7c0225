import test from 'ava'
import { memoryOf, Pool, Story, slot } from '../invariants.test.kit.js'
import { freesOnlyItsGeneration } from './frees-only-its-generation.js'

const begin = (pool: Pool) => new Story(freesOnlyItsGeneration(memoryOf), pool)

test('frees-only-its-generation: a free with the right reference is fine', (t) => {
  const pool = new Pool().head(1).allocated(0, 0, 4)
  const story = begin(pool).event(1, 'freeing', slot(1, 0, 4))
  pool.free(0, 4)
  story.step().event(1, 'freed', slot(1, 0, 4))
  t.is(story.message, undefined)
})

test('frees-only-its-generation: a free with an older reference is found', (t) => {
  const pool = new Pool().head(1).allocated(0, 0, 5)
  const story = begin(pool).event(1, 'freeing', slot(1, 0, 4))
  pool.free(0, 4)
  t.is(story.step().message, 'slot 0 of class 0, generation 5, of 0 was freed, but no call of free has a reference of that generation')
})

test('frees-only-its-generation: a slot that nobody frees is found', (t) => {
  const pool = new Pool().head(1).allocated(0, 0, 5)
  const story = begin(pool)
    .event(1, 'freeing', slot(1, 0, 5))
    .event(1, 'free refused', slot(1, 0, 5))
  pool.free(0, 5)
  t.not(story.step().message, undefined)
})

test('frees-only-its-generation: a reclaim frees what its dead peer owns, and nothing else', (t) => {
  const pool = new Pool([3]).head(2).allocated(0, 0, 1).allocated(1, 1, 1)
  const story = begin(pool).event(2, 'reclaiming', { as: 2, peer: 0 })
  pool.free(0, 1)
  t.is(story.step().message, undefined)
  pool.free(1, 1)
  t.is(story.step().message, 'slot 1 of class 0, generation 1, of 1 was freed, but no call of free has a reference of that generation')
})

test('frees-only-its-generation: only an adopt of the generation changes the owner', (t) => {
  const pool = new Pool().head(1).allocated(0, 0, 3)
  const story = begin(pool).event(1, 'adopting', slot(1, 0, 3))
  pool.allocated(0, 1, 3)
  t.is(story.event(1, 'adopted', slot(1, 0, 3)).step().message, undefined)
  story.event(0, 'adopting', slot(0, 0, 2))
  pool.allocated(0, 0, 3)
  t.is(story.step().message, 'slot 0 of class 0, generation 3, went from owner 1 to 0 without an adopt of that generation')
})

test('frees-only-its-generation: an allocated slot does not change its generation', (t) => {
  const pool = new Pool().head(1).allocated(0, 0, 3)
  const story = begin(pool)
  pool.allocated(0, 0, 4)
  t.is(story.step().message, 'slot 0 of class 0 went from generation 3 to 4 while it was allocated')
})

test('frees-only-its-generation: a change in the step that ends a call is judged under that call', (t) => {
  const pool = new Pool().head(1).allocated(0, 0, 3)
  const story = begin(pool).event(1, 'adopting', slot(1, 0, 3))
  pool.allocated(0, 1, 3)
  story
    .event(1, 'adopted', slot(1, 0, 3))
    .event(1, 'freeing', slot(1, 0, 3))
    .step()
  t.is(story.message, undefined)
})
