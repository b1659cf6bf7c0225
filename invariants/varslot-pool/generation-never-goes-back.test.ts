import test from 'ava'
import { memoryOf, Pool, Story } from '../invariants.test.kit.js'
import { generationNeverGoesBack } from './generation-never-goes-back.js'

const begin = (pool: Pool) => new Story(generationNeverGoesBack(memoryOf), pool)

test('generation-never-goes-back: it goes up with an allocation, and stays with free and adopt', (t) => {
  const pool = new Pool()
  const story = begin(pool)
  pool.allocated(0, 1, 1)
  story.step()
  pool.allocated(0, 2, 1)
  story.step()
  pool.free(0, 1)
  story.step()
  pool.allocated(0, 1, 2)
  t.is(story.step().message, undefined)
})

test('generation-never-goes-back: after the largest comes 1', (t) => {
  const pool = new Pool().free(0, 2 ** 23 - 1)
  const story = begin(pool)
  pool.allocated(0, 1, 1)
  t.is(story.step().message, undefined)
})

test('generation-never-goes-back: a free that turns it back is found', (t) => {
  const pool = new Pool().allocated(0, 1, 3)
  const story = begin(pool)
  pool.free(0, 2)
  t.is(story.step().message, 'slot 0 of class 0 went from generation 3 to 2; expected 3')
})

test('generation-never-goes-back: an allocation that leaves it is found', (t) => {
  const pool = new Pool().free(0, 3)
  const story = begin(pool)
  pool.allocated(0, 1, 3)
  t.is(story.step().message, 'slot 0 of class 0 went from generation 3 to 3; expected 4')
})
