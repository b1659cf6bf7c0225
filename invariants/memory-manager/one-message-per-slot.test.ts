import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { Manager, memoryOf, message } from './manager.test.kit.js'
import { oneMessagePerSlot } from './one-message-per-slot.js'

const begin = (manager: Manager) => new Story(oneMessagePerSlot(memoryOf), manager)

test('one-message-per-slot: store, free, store is fine, and so are two slots', (t) => {
  const manager = new Manager()
  const story = begin(manager)
  manager.ready(0, 0, 1)
  story.step().event(0, 'stored', message(0))
  manager.ready(1, 0, 1)
  story.step().event(0, 'stored', message(0, 1, 1))
  manager.free(0, 1)
  story.step()
  manager.ready(0, 1, 2)
  t.is(story.step().event(1, 'stored', message(1, 2)).message, undefined)
})

test('one-message-per-slot: an adopt is no free', (t) => {
  const manager = new Manager().ready(0, 0, 1)
  const story = begin(manager)
  manager.ready(0, 2, 1)
  story.step()
  t.is(
    story.event(1, 'stored', message(1, 2)).message,
    '1 stored the message of generation 2 in slot 0, where the message of generation 1 in slot 0 was not freed',
  )
})

test('one-message-per-slot: two stores into one slot are found', (t) => {
  const manager = new Manager()
  const story = begin(manager)
  manager.ready(0, 0, 1)
  t.regex(story.step().event(0, 'stored', message(0)).event(1, 'stored', message(1)).message ?? '', /was not freed$/)
})
