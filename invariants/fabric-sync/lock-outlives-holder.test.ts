import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { FakeFabric, guard, leaseId, mutexOf } from './fabric.test.kit.js'
import { lockOutlivesHolder } from './lock-outlives-holder.js'

const LEASE_MS = 20
const gaveUp = (triedMs: number) => ({ leaseId: leaseId(1, 1), triedMs })

function begin() {
  const fabric = new FakeFabric().held(0, 1, 0, 1)
  return { fabric, story: new Story(lockOutlivesHolder(mutexOf, LEASE_MS), fabric).event(0, 'locking') }
}

test('lock-outlives-holder: giving up on a dead holder after its lease is found', (t) => {
  const { story } = begin()
  story
    .event(0, 'locked', guard(0, 1, 1))
    .tell('crash', 0)
    .event(1, 'gave up', gaveUp(21))
  t.is(story.message, 'peer 1 tried for 21 ms and gave up: peer 0, which crashed, still holds the lock (lease 0, generation 1, fence 1)')
})

test('lock-outlives-holder: a holder that died inside lock counts too', (t) => {
  t.not(begin().story.tell('crash', 0).event(1, 'gave up', gaveUp(21)).message, undefined)
})

test('lock-outlives-holder: giving up early, on a living holder, or on a free lock is fine', (t) => {
  t.is(
    begin()
      .story.event(0, 'locked', guard(0, 1, 1))
      .tell('crash', 0)
      .event(1, 'gave up', gaveUp(20)).message,
    undefined,
  )
  t.is(
    begin()
      .story.event(0, 'locked', guard(0, 1, 1))
      .event(1, 'gave up', gaveUp(50)).message,
    undefined,
  )
  const { fabric, story } = begin()
  fabric.unlocked(0, 1)
  t.is(story.tell('crash', 0).event(1, 'gave up', gaveUp(50)).message, undefined)
})
