import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { guard, Manager, memoryOf, message, POISONED, WRITER_1 } from './manager.test.kit.js'
import { poisonMeansBrokenWrite } from './poison-means-broken-write.js'

function begin(): { manager: Manager; story: Story<Manager> } {
  const manager = new Manager().ready(0, 0, 1)
  return { manager, story: new Story(poisonMeansBrokenWrite<Manager>(memoryOf), manager) }
}

test('poison-means-broken-write: a writer that gives up, and the free after it, are fine', (t) => {
  const { manager, story } = begin()
  story.event(1, 'opened', guard(1, 'write')).event(1, 'poisoning', guard(1, 'write'))
  manager.lock(0, POISONED)
  story.step().event(1, 'poisoned', guard(1, 'write')).event(2, 'freeing', message(2))
  manager.free(0, 1)
  story.step()
  manager.lock(0, 0)
  t.is(story.step().event(2, 'freed', message(2)).message, undefined)
})

test('poison-means-broken-write: the recovery of a dead writer is fine, whichever side of its release it died', (t) => {
  const { manager, story } = begin()
  story.event(1, 'opening', guard(1, 'write')).event(1, 'opened', guard(1, 'write')).tell('crash', 1).event(2, 'recovering', { as: 2, peer: 1 })
  manager.lock(0, POISONED)
  t.is(story.step().event(2, 'recovered', { as: 2, peer: 1 }).message, undefined)
  for (const lock of [0, POISONED]) {
    const releasing = begin()
    releasing.story.event(1, 'opened', guard(1, 'write')).event(1, 'releasing', guard(1, 'write')).tell('crash', 1)
    releasing.story.event(2, 'recovering', { as: 2, peer: 1 })
    releasing.manager.lock(0, lock)
    t.is(releasing.story.step().event(2, 'recovered', { as: 2, peer: 1 }).message, undefined)
  }
})

test('poison-means-broken-write: poison without a writer that failed is found', (t) => {
  const { manager, story } = begin()
  story.event(1, 'freeing', message(1, 7)).tell('crash', 1).event(2, 'recovering', { as: 2, peer: 1 })
  manager.lock(0, POISONED)
  t.is(story.step().message, 'the message of generation 1 in slot 0 was poisoned, but no writer of it failed')
})

test('poison-means-broken-write: a dead writer whose message is not poisoned is found', (t) => {
  const { manager, story } = begin()
  manager.lock(0, WRITER_1)
  story.event(1, 'opening', guard(1, 'write')).event(1, 'opened', guard(1, 'write')).tell('crash', 1).event(2, 'recovering', { as: 2, peer: 1 })
  manager.lock(0, 0)
  t.is(story.step().event(2, 'recovered', { as: 2, peer: 1 }).message, '1 died while it wrote the message of generation 1 in slot 0, and it is not poisoned')
})

test('poison-means-broken-write: a writer that gave up and poisoned nothing is found', (t) => {
  const { story } = begin()
  story.event(1, 'opened', guard(1, 'write')).event(1, 'poisoning', guard(1, 'write'))
  t.is(story.event(1, 'poisoned', guard(1, 'write')).message, '1 gave up writing the message of generation 1 in slot 0, and it is not poisoned')
})

test('poison-means-broken-write: poison that goes away by itself is found', (t) => {
  const manager = new Manager().ready(0, 0, 1).lock(0, POISONED)
  const story = new Story(poisonMeansBrokenWrite<Manager>(memoryOf), manager)
  manager.lock(0, 0)
  t.is(story.step().message, 'the message of generation 1 in slot 0 is no longer poisoned, but nobody frees it')
})

test('poison-means-broken-write: a fresh message that is poisoned is found', (t) => {
  const manager = new Manager().lock(0, POISONED)
  const story = new Story(poisonMeansBrokenWrite<Manager>(memoryOf), manager)
  manager.ready(0, 0, 2)
  t.is(story.step().event(0, 'stored', message(0, 2)).message, 'the message of generation 2 in slot 0 is poisoned, and was only just stored')
})
