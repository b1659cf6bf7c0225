import test from 'ava'
import { memoryOf, Pool, Story } from './invariants.test.kit.js'
import { refusalChangesNothing } from './refusal-changes-nothing.js'

const begin = (pool: Pool) => new Story(refusalChangesNothing(memoryOf), pool)

test('refusal-changes-nothing: a call that throws and leaves all as it was is fine', (t) => {
  const pool = new Pool()
  const story = begin(pool).event(0, 'expecting refusal', 'free')
  pool.intent(0, 2, 1)
  story.step()
  pool.intent(0, 0)
  t.is(story.step().event(0, 'my own event').event(0, 'refused').message, undefined)
})

test('refusal-changes-nothing: a change that stays is found', (t) => {
  const pool = new Pool()
  const story = begin(pool).event(0, 'expecting refusal', 'free')
  pool.word(25, 9)
  t.is(story.event(0, 'refused').message, 'free was refused, but word 25 of the memory went from 0 to 9')
})

test('refusal-changes-nothing: a call that returns is found', (t) => {
  const pool = new Pool()
  t.is(begin(pool).event(0, 'expecting refusal', 'free').event(0, 'accepted').message, 'free was accepted; expected it to throw')
  const story = begin(pool).event(0, 'expecting refusal', 'free')
  pool.word(25, 9)
  t.is(story.event(0, 'accepted').message, 'free was accepted, and word 25 of the memory went from 0 to 9; expected it to throw')
})
