import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { guardedBytesHold } from './guarded-bytes-hold.js'
import { guard, Manager, memoryOf, message } from './manager.test.kit.js'

function stored(): { manager: Manager; story: Story<Manager> } {
  const manager = new Manager()
  const story = new Story(guardedBytesHold<Manager>(memoryOf), manager)
  manager.ready(0, 0, 1).bytes(0, 1)
  return { manager, story: story.event(0, 'stored', message(0)) }
}

test('guarded-bytes-hold: a message that stays, and one that a writer changed and released, are fine', (t) => {
  const { manager, story } = stored()
  story.event(1, 'opened', guard(1, 'read')).event(1, 'used', guard(1, 'read')).event(1, 'releasing', guard(1, 'read'))
  story.event(2, 'opened', guard(2, 'write'))
  manager.bytes(0, 2)
  story.event(2, 'releasing', guard(2, 'write')).event(1, 'opened', guard(1, 'header'))
  t.is(story.message, undefined)
})

test('guarded-bytes-hold: a message that was there from the start is known', (t) => {
  const manager = new Manager().ready(0, 0, 1).bytes(0, 1)
  const story = new Story(guardedBytesHold<Manager>(memoryOf), manager)
  t.is(story.event(1, 'opened', guard(1, 'read')).message, undefined)
  manager.bytes(0, 2)
  t.regex(story.event(1, 'used', guard(1, 'read')).message ?? '', /sees word 12 of it/)
})

test('guarded-bytes-hold: bytes that change under a guard are found', (t) => {
  for (const when of ['used', 'releasing']) {
    const { manager, story } = stored()
    story.event(1, 'opened', guard(1, 'read'))
    manager.bytes(0, 2)
    t.regex(story.event(1, when, guard(1, 'read')).message ?? '', /^1, .* sees word 12 of it other than its last writer left it$/)
  }
})

test('guarded-bytes-hold: a message that a writer left half-way is found when it is opened', (t) => {
  const { manager, story } = stored()
  story.event(2, 'opened', guard(2, 'write'))
  manager.bytes(0, 2)
  story.tell('crash', 2)
  t.is(
    story.event(1, 'opened', guard(1, 'read')).message,
    '1, which has just got its read guard on the message of generation 1 in slot 0, sees word 12 of it other than its last writer left it',
  )
})

test('guarded-bytes-hold: a guard on a slot that holds another message, or none, is found', (t) => {
  const other = stored()
  other.manager.ready(0, 0, 2)
  t.regex(other.story.event(1, 'opened', guard(1, 'header')).message ?? '', /has a slot that holds generation 2$/)
  const none = stored()
  none.manager.free(0, 1)
  t.regex(none.story.event(1, 'used', guard(1, 'read')).message ?? '', /has a slot that holds no message$/)
})
