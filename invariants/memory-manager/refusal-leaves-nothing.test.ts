import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { guard, Manager, memoryOf, PENDING_1, READER_0, READER_1, refusal, WRITER_1 } from './manager.test.kit.js'
import { refusalLeavesNothing } from './refusal-leaves-nothing.js'

const begin = (manager: Manager) => new Story(refusalLeavesNothing(memoryOf), manager)
const CODE = 'MM_LOCK_TIMEOUT'

test('refusal-leaves-nothing: locks of others, and guards of the caller, are fine', (t) => {
  const manager = new Manager().lock(0, READER_0 | PENDING_1).lock(1, READER_1)
  t.is(begin(manager).event(2, 'open refused', refusal(2, CODE)).message, undefined)
  const story = begin(new Manager().lock(1, READER_1)).event(1, 'opened', guard(1, 'read', 1, 1))
  t.is(story.event(1, 'free refused', refusal(1, CODE)).message, undefined)
})

test('refusal-leaves-nothing: a reader bit, a writer, a pending writer or an intent that stays is found', (t) => {
  const told = '1 was told MM_LOCK_TIMEOUT, but'
  const refused = (manager: Manager) => begin(manager).event(1, 'open refused', refusal(1, CODE)).message
  t.is(refused(new Manager().lock(0, READER_1)), `${told} it is a reader of slot 0`)
  t.is(refused(new Manager().lock(1, WRITER_1)), `${told} it is the writer of slot 1`)
  t.is(refused(new Manager().lock(0, PENDING_1)), `${told} it still waits for slot 0`)
  t.is(refused(new Manager().intent(1, 2, 0)), `${told} its intent still names a slot`)
})

test('refusal-leaves-nothing: a guard that the refusal takes away is found', (t) => {
  const story = begin(new Manager()).event(1, 'opened', guard(1, 'write'))
  t.is(story.event(1, 'free refused', refusal(1, CODE)).message, '1 was told MM_LOCK_TIMEOUT, but its guard on slot 0 is gone')
})
