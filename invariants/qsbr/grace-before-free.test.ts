import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { graceBeforeFree } from './grace-before-free.js'

const begin = () => new Story<undefined>(graceBeforeFree(), undefined).event(0, 'registered').event(1, 'registered')
const pass = (story: Story<undefined>, peer: number) => story.event(peer, 'passing').event(peer, 'passed')

test('grace-before-free: an object is freed after all have passed', (t) => {
  const story = begin().event(0, 'retired', 7)
  t.is(pass(pass(story, 1), 0).event(0, 'freed', 7).message, undefined)
})

test('grace-before-free: a free without the pass of one that was registered is found', (t) => {
  const story = begin().event(0, 'retired', 7)
  t.is(pass(story, 0).event(0, 'freed', 7).message, 'object 7 was freed, but since it was retired there was no quiescent point of peer 1')
})

test('grace-before-free: a pass before the retirement does not count, one that is going on does', (t) => {
  t.not(pass(pass(begin(), 1).event(0, 'retired', 7), 0).event(0, 'freed', 7).message, undefined)
  t.is(pass(begin().event(1, 'passing').event(0, 'retired', 7).event(1, 'passed'), 0).event(0, 'freed', 7).message, undefined)
})

test('grace-before-free: who pauses, leaves or is evicted is not waited for', (t) => {
  for (const away of ['pausing', 'leaving']) t.is(pass(begin().event(0, 'retired', 7).event(1, away), 0).event(0, 'freed', 7).message, undefined)
  t.is(pass(begin().event(0, 'retired', 7).tell('crash', 1).event(9, 'evicting', 1), 0).event(0, 'freed', 7).message, undefined)
  t.not(pass(begin().event(0, 'retired', 7).tell('crash', 1), 0).event(0, 'freed', 7).message, undefined)
})

test('grace-before-free: who registers or resumes later is not waited for', (t) => {
  t.is(pass(pass(begin().event(0, 'retired', 7).event(2, 'registered'), 0), 1).event(0, 'freed', 7).message, undefined)
  const resumed = begin().event(1, 'pausing').event(1, 'paused').event(0, 'retired', 7).event(1, 'resuming').event(1, 'resumed')
  t.is(pass(resumed, 0).event(0, 'freed', 7).message, undefined)
  t.not(pass(begin().event(1, 'pausing').event(1, 'paused').event(1, 'resumed').event(0, 'retired', 7), 0).event(0, 'freed', 7).message, undefined)
})
