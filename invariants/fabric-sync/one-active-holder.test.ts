import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { FakeFabric, guard, leaseId, wordsOf } from './fabric.test.kit.js'
import { oneActiveHolder } from './one-active-holder.js'

function begin() {
  const fabric = new FakeFabric().lease(0, 'active', 1).lease(1, 'active', 1)
  return { fabric, story: new Story(oneActiveHolder(wordsOf), fabric) }
}

test('one-active-holder: two open guards under active leases are found', (t) => {
  const { story } = begin()
  story
    .event(0, 'locked', guard(0, 1, 1))
    .step()
    .event(1, 'locked', guard(1, 1, 2))
    .step()
  t.is(story.message, 'both lease 0, generation 1 (fence 1) and lease 1, generation 1 (fence 2) hold the mutex under active leases')
})

test('one-active-holder: one after the other is fine, and so is a zombie', (t) => {
  const { fabric, story } = begin()
  story
    .event(0, 'locked', guard(0, 1, 1))
    .step()
    .event(0, 'releasing', guard(0, 1, 1))
    .event(1, 'locked', guard(1, 1, 2))
    .step()
  fabric.lease(1, 'expired', 1)
  story
    .event(0, 'locked', guard(0, 1, 3))
    .step()
    .event(0, 'abandoning', guard(0, 1, 3))
    .event(0, 'locked', guard(0, 1, 4))
    .step()
  t.is(story.message, undefined)
})

test('one-active-holder: a lease in its next generation is another', (t) => {
  const { fabric, story } = begin()
  fabric.lease(0, 'active', 2)
  t.is(
    story
      .event(0, 'locked', guard(0, 1, 1))
      .event(1, 'locked', guard(1, 1, 2))
      .step().message,
    undefined,
  )
})

test('one-active-holder: a lease is active as long as its holder’s clock shows it', (t) => {
  const over = begin()
  over.fabric.at(100)
  t.is(
    over.story
      .event(0, 'locked', guard(0, 1, 1))
      .event(1, 'locked', guard(1, 1, 2))
      .step().message,
    undefined,
  )
  const fast = begin()
  fast.fabric.at(95)
  fast.story.event(0, 'session', { leaseId: leaseId(0, 1), aheadMs: 5 })
  t.is(
    fast.story
      .event(0, 'locked', guard(0, 1, 1))
      .event(1, 'locked', guard(1, 1, 2))
      .step().message,
    undefined,
  )
  fast.fabric.at(94)
  t.not(fast.story.step().message, undefined)
})

test('one-active-holder: the guard of a peer that crashed stays open', (t) => {
  const { story } = begin()
  t.not(
    story
      .event(0, 'locked', guard(0, 1, 1))
      .tell('crash', 0)
      .event(1, 'locked', guard(1, 1, 2))
      .step().message,
    undefined,
  )
})
