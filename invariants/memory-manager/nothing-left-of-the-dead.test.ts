import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { guard, Manager, memoryOf, PENDING_1, READER_0, READER_1, WRITER_0, WRITER_1 } from './manager.test.kit.js'
import { nothingLeftOfTheDead } from './nothing-left-of-the-dead.js'

const begin = (manager: Manager) => new Story(nothingLeftOfTheDead(memoryOf), manager)

test('nothing-left-of-the-dead: listed slots, messages of the living and their guards are fine', (t) => {
  const manager = new Manager().list([1]).ready(0, 2, 1).lock(0, READER_0)
  t.is(begin(manager).event(0, 'opening', guard(0, 'read')).event(0, 'opened', guard(0, 'read')).end().message, undefined)
})

test('nothing-left-of-the-dead: says nothing while a dead peer is not recovered', (t) => {
  const manager = new Manager().list([1]).peer(1, 'dead')
  t.is(begin(manager).end().message, undefined)
  const unknown = begin(new Manager().list([1]))
    .event(1, 'storing', { as: 1 })
    .tell('crash', 1)
  t.is(unknown.end().message, undefined)
})

test('nothing-left-of-the-dead: a slot in limbo and a message without owner are found', (t) => {
  t.is(begin(new Manager().list([1])).end().message, 'slot 0 is lost: it holds no message, is not listed, and no peer can move any more')
  t.is(
    begin(new Manager().list([1]).ready(0, 2, 5).peer(2, 'empty')).end().message,
    'slot 0 is lost: its message, of generation 5, belongs to 2, which is not there any more',
  )
})

test('nothing-left-of-the-dead: a lock that has somebody without a guard is found', (t) => {
  t.is(begin(new Manager().lock(1, READER_1)).end().message, 'the lock of slot 1 has readers 1, but none hold guards')
  t.is(begin(new Manager().lock(1, WRITER_0)).end().message, 'the lock of slot 1 has writer 0, but none holds a guard')
  t.is(begin(new Manager().lock(1, PENDING_1)).end().message, 'the lock of slot 1 waits for writer 1, and no peer can move any more')
  t.is(begin(new Manager().lock(1, 1 << 26)).end().message, 'the lock of slot 1 is DIRTY, but nobody writes')
})

test('nothing-left-of-the-dead: the guard of a peer that was recovered counts no more', (t) => {
  const manager = new Manager().lock(1, WRITER_1)
  const story = begin(manager)
    .event(1, 'opening', guard(1, 'write', 1, 1))
    .event(1, 'opened', guard(1, 'write', 1, 1))
    .tell('crash', 1)
  t.is(story.event(2, 'recovered', { as: 2, peer: 1 }).end().message, 'the lock of slot 1 has writer 1, but none holds a guard')
})

test('nothing-left-of-the-dead: a recovery lock that is never let go is found', (t) => {
  t.is(begin(new Manager().recoveryLock(3)).end().message, '2 still holds the recovery lock, and no peer can move any more')
})
