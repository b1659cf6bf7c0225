import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { expiryNotEarly } from './expiry-not-early.js'
import { FakeFabric, leaseId, wordsOf } from './fabric.test.kit.js'

function ended(nowMs: number, aheadMs: number) {
  const fabric = new FakeFabric().lease(0, 'active', 1, 100)
  const story = new Story(expiryNotEarly(wordsOf), fabric).event(0, 'session', { leaseId: leaseId(0, 1), aheadMs }).step()
  fabric.at(nowMs).lease(0, 'expired', 1, 100)
  return story.step()
}

test('expiry-not-early: at the expiry by the holder’s clock and later is fine', (t) => {
  t.is(ended(100, 0).message, undefined)
  t.is(ended(95, 5).message, undefined)
})

test('expiry-not-early: before it is found', (t) => {
  t.is(ended(99, 0).message, "lease 0, generation 1, was ended at 99 ms by its holder's clock; it runs until 100")
  t.is(ended(94, 5).message, "lease 0, generation 1, was ended at 99 ms by its holder's clock; it runs until 100")
})

test('expiry-not-early: another end, and what had ended before, is fine', (t) => {
  const fabric = new FakeFabric().lease(0, 'active', 1, 100).lease(1, 'expired', 1, 100)
  const story = new Story(expiryNotEarly(wordsOf), fabric).step()
  fabric.lease(0, 'revoked', 1, 100)
  t.is(story.step().message, undefined)
})
