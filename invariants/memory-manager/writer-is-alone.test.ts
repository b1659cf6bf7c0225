import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { guard, Manager, memoryOf, READER_0, WRITER_1 } from './manager.test.kit.js'
import { writerIsAlone } from './writer-is-alone.js'

const begin = (manager = new Manager()) => new Story(writerIsAlone(memoryOf), manager)

test('writer-is-alone: readers together, a writer after them, and two slots are fine', (t) => {
  const story = begin()
  story.event(0, 'opened', guard(0, 'read')).event(1, 'opened', guard(1, 'header'))
  story.event(2, 'opened', guard(2, 'write', 1, 1))
  story.event(0, 'releasing', guard(0, 'read')).event(1, 'releasing', guard(1, 'header'))
  t.is(story.event(3, 'opened', guard(3, 'write')).step().message, undefined)
})

test('writer-is-alone: a writer beside a reader, and a second writer, are found', (t) => {
  t.is(
    begin().event(0, 'opening', guard(0, 'read')).event(0, 'opened', guard(0, 'read')).event(1, 'opened', guard(1, 'write')).message,
    '1 got a write guard on slot 0 while 0 holds a read guard',
  )
  t.is(
    begin().event(0, 'opening', guard(0, 'write')).event(0, 'opened', guard(0, 'write')).event(1, 'opened', guard(1, 'read')).message,
    '1 got a read guard on slot 0 while 0 holds a write guard',
  )
})

test('writer-is-alone: the guard of a dead peer keeps nobody out', (t) => {
  const story = begin().event(0, 'opened', guard(0, 'write')).tell('crash', 0)
  t.is(story.event(1, 'opened', guard(1, 'write')).message, undefined)
})

test('writer-is-alone: a lock word with both is found', (t) => {
  t.is(begin(new Manager().lock(1, READER_0 | WRITER_1)).step().message, 'the lock of slot 1 has writer 1 and readers')
})
