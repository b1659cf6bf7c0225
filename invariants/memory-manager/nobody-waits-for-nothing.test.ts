import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { guard, Manager, memoryOf, message, refusal } from './manager.test.kit.js'
import { nobodyWaitsForNothing } from './nobody-waits-for-nothing.js'

const begin = () => new Story(nobodyWaitsForNothing(memoryOf), new Manager())
const TIMEOUT = 'MM_LOCK_TIMEOUT'

test('nobody-waits-for-nothing: a time-out because of a guard, of a waiter or of a dead peer is fine', (t) => {
  const holder = begin().event(1, 'opening', guard(1, 'read')).event(1, 'opened', guard(1, 'read')).event(0, 'opening', guard(0, 'write'))
  t.is(holder.event(0, 'open refused', refusal(0, TIMEOUT, [1])).message, undefined)
  const waiter = begin().event(0, 'opening', guard(0, 'read')).event(1, 'opening', guard(1, 'write'))
  t.is(waiter.event(0, 'open refused', refusal(0, TIMEOUT, [1])).message, undefined)
  const dead = begin().event(1, 'opening', guard(1, 'write')).event(1, 'opened', guard(1, 'write')).tell('crash', 1).event(0, 'freeing', message(0))
  t.is(dead.event(0, 'free refused', refusal(0, TIMEOUT, [1])).message, undefined)
})

test('nobody-waits-for-nothing: a guard that was released during the call is fine', (t) => {
  const story = begin().event(1, 'opening', guard(1, 'read')).event(1, 'opened', guard(1, 'read')).event(0, 'opening', guard(0, 'write'))
  story.event(1, 'releasing', guard(1, 'read')).event(1, 'released', guard(1, 'read'))
  t.is(story.event(0, 'open refused', refusal(0, TIMEOUT, [1])).message, undefined)
})

test('nobody-waits-for-nothing: a wait for oneself is found', (t) => {
  const story = begin().event(0, 'opening', guard(0, 'read')).event(0, 'opened', guard(0, 'read')).event(0, 'freeing', message(0))
  t.is(
    story.event(0, 'free refused', refusal(0, TIMEOUT, [0])).message,
    '0 waited in vain for the lock of slot 0, because of 0; but nobody else had to do with the slot',
  )
})

test('nobody-waits-for-nothing: a wait for a peer that was recovered, or for one on another slot, is found', (t) => {
  const recovered = begin().event(1, 'opening', guard(1, 'write')).tell('crash', 1).event(2, 'recovering', { as: 2, peer: 1 })
  recovered.event(2, 'recovered', { as: 2, peer: 1 }).event(0, 'opening', guard(0, 'read'))
  t.regex(recovered.event(0, 'open refused', refusal(0, TIMEOUT, [1])).message ?? '', /because of 1; but nobody else/)
  const elsewhere = begin()
    .event(1, 'opening', guard(1, 'write', 1, 1))
    .event(0, 'opening', guard(0, 'read'))
  t.regex(elsewhere.event(0, 'open refused', refusal(0, TIMEOUT, [1])).message ?? '', /because of 1; but nobody else/)
})

test('nobody-waits-for-nothing: a flag without a name is right only while somebody else is there', (t) => {
  const alone = begin().event(0, 'opening', guard(0, 'read'))
  t.regex(alone.event(0, 'open refused', refusal(0, TIMEOUT, [30])).message ?? '', /because of 30/)
  const beside = begin().event(1, 'opening', guard(1, 'write')).event(0, 'opening', guard(0, 'read'))
  t.is(beside.event(0, 'open refused', refusal(0, TIMEOUT, [30])).message, undefined)
})

test('nobody-waits-for-nothing: other refusals are fine', (t) => {
  t.is(begin().event(0, 'opening', guard(0, 'read')).event(0, 'open refused', refusal(0, 'MM_POISONED')).message, undefined)
})

test('nobody-waits-for-nothing: at the end, a peer that still waits must wait for somebody', (t) => {
  const alone = begin().event(0, 'opening', guard(0, 'read'))
  t.is(alone.end().message, '0 waits for the lock of slot 0 for good, but nobody else has to do with the slot')
  const beside = begin().event(1, 'opening', guard(1, 'write')).event(1, 'opened', guard(1, 'write')).event(0, 'opening', guard(0, 'read'))
  t.is(beside.end().message, undefined)
})
