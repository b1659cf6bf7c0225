import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { guard, Manager, memoryOf } from './manager.test.kit.js'
import { noFreeUnderGuard } from './no-free-under-guard.js'

function begin(): { manager: Manager; story: Story<Manager> } {
  const manager = new Manager().ready(0, 0, 1)
  return { manager, story: new Story(noFreeUnderGuard<Manager>(memoryOf), manager) }
}

test('no-free-under-guard: a free after the release, beside a dead reader, or of another slot is fine', (t) => {
  const { manager, story } = begin()
  story.event(1, 'opened', guard(1, 'read')).event(1, 'releasing', guard(1, 'read'))
  story.event(2, 'opened', guard(2, 'read')).tell('crash', 2)
  story.event(3, 'opened', guard(3, 'read', 1, 1))
  manager.free(0, 1)
  t.is(story.step().message, undefined)
})

test('no-free-under-guard: an adopt under a guard is fine', (t) => {
  const { manager, story } = begin()
  story.event(1, 'opened', guard(1, 'read'))
  manager.ready(0, 1, 1)
  t.is(story.step().message, undefined)
})

test('no-free-under-guard: a free under each kind of guard is found', (t) => {
  for (const kind of ['read', 'header', 'write'] as const) {
    const { manager, story } = begin()
    story.event(1, 'opening', guard(1, kind)).event(1, 'opened', guard(1, kind))
    manager.free(0, 1)
    const shown = kind === 'write' ? 'write' : 'read'
    t.is(story.step().message, `the message of generation 1 in slot 0 was freed while 1 holds a ${shown} guard on it`)
  }
})
