import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { guard, Manager, memoryOf, message, refusal } from './manager.test.kit.js'
import { oneFreePerMessage } from './one-free-per-message.js'

function begin(): { manager: Manager; story: Story<Manager> } {
  const manager = new Manager().ready(0, 1, 1)
  return { manager, story: new Story(oneFreePerMessage<Manager>(memoryOf), manager) }
}

test('one-free-per-message: one free that wins and one that is refused are fine', (t) => {
  const { manager, story } = begin()
  story.event(0, 'freeing', message(0)).event(1, 'freeing', message(1))
  manager.free(0, 1)
  story.step().event(1, 'freed', message(1)).event(0, 'free refused', refusal(0, 'MM_NOT_ALLOCATED'))
  t.is(story.message, undefined)
})

test('one-free-per-message: an adopt, and a recovery of the owner, are fine', (t) => {
  const { manager, story } = begin()
  story.event(2, 'adopting', message(2))
  manager.ready(0, 2, 1)
  story.step().event(2, 'adopted', message(2)).tell('crash', 2).event(3, 'recovering', { as: 3, peer: 2 })
  manager.free(0, 1)
  t.is(story.step().message, undefined)
})

test('one-free-per-message: a token of another generation that frees or adopts is found', (t) => {
  const freed = begin()
  freed.story.event(0, 'freeing', message(0, 3))
  freed.manager.free(0, 1)
  t.is(freed.story.step().message, 'the message of generation 1 in slot 0, of 1, was freed, but no call of free has its token')
  const adopted = begin()
  adopted.manager.ready(0, 2, 1)
  t.is(adopted.story.step().message, 'the message of generation 1 in slot 0 went from owner 1 to 2 without an adopt of it')
})

test('one-free-per-message: a recovery that frees what was adopted is found', (t) => {
  const { manager, story } = begin()
  story.event(3, 'recovering', { as: 3, peer: 1 }).event(2, 'adopting', message(2))
  manager.ready(0, 2, 1)
  story.step().event(2, 'adopted', message(2))
  manager.free(0, 1)
  t.regex(story.step().message ?? '', /of 2, was freed, but no call/)
})

test('one-free-per-message: two frees that succeed are found', (t) => {
  const { manager, story } = begin()
  story.event(0, 'freeing', message(0)).event(1, 'freeing', message(1))
  manager.free(0, 1)
  t.is(
    story.step().event(0, 'freed', message(0)).event(1, 'freed', message(1)).message,
    '1 freed the message of generation 1 in slot 0, which was freed before',
  )
})

test('one-free-per-message: a guard with a stale token is found', (t) => {
  const { story } = begin()
  t.is(
    story.event(0, 'opened', guard(0, 'header', 3)).message,
    '0 got a header guard with a token of the message of generation 3 in slot 0, but the slot word says generation 1',
  )
})

test('one-free-per-message: a refusal as gone of a message that is there is found', (t) => {
  t.is(
    begin().story.event(0, 'freeing', message(0)).event(0, 'free refused', refusal(0, 'MM_STALE_TOKEN')).message,
    '0 was told MM_STALE_TOKEN of the message of generation 1 in slot 0, which is there',
  )
  t.is(begin().story.event(0, 'open refused', refusal(0, 'MM_LOCK_TIMEOUT')).message, undefined)
})
