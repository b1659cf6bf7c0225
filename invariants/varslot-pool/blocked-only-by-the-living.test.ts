import test from 'ava'
import { memoryOf, Pool, Story } from '../invariants.test.kit.js'
import { blockedOnlyByTheLiving } from './blocked-only-by-the-living.js'

const begin = (pool: Pool) => new Story(blockedOnlyByTheLiving(memoryOf), pool)

test('blocked-only-by-the-living: a living peer may block a reclaim', (t) => {
  const pool = new Pool().state(1, 'dead').state(2, 'live')
  t.is(begin(pool).event(3, 'reclaiming', { as: 3, peer: 1 }).event(3, 'reclaim blocked', { as: 3, peer: 1, blockedBy: 2 }).message, undefined)
})

test('blocked-only-by-the-living: so may one that dies during the reclaim', (t) => {
  const pool = new Pool().state(1, 'dead').state(2, 'live')
  const story = begin(pool).event(3, 'reclaiming', { as: 3, peer: 1 })
  pool.state(2, 'dead')
  t.is(story.event(3, 'reclaim blocked', { as: 3, peer: 1, blockedBy: 2 }).message, undefined)
})

test('blocked-only-by-the-living: one that was dead before is found', (t) => {
  const pool = new Pool().state(1, 'dead').state(2, 'dead')
  const story = begin(pool).event(3, 'reclaiming', { as: 3, peer: 1 }).event(3, 'reclaim blocked', { as: 3, peer: 1, blockedBy: 2 })
  t.is(story.message, 'the reclaim of 1 was blocked by 2, which was declared dead before the reclaim began')
})

test('blocked-only-by-the-living: a reclaim that names nobody is fine', (t) => {
  const pool = new Pool().state(1, 'dead')
  t.is(begin(pool).event(3, 'reclaiming', { as: 3, peer: 1 }).event(3, 'reclaim blocked', { as: 3, peer: 1 }).message, undefined)
})
