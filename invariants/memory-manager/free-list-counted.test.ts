import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { freeListCounted } from './free-list-counted.js'
import { Manager, memoryOf } from './manager.test.kit.js'

const begin = (manager: Manager) => new Story(freeListCounted(memoryOf), manager)

test('free-list-counted: a fresh list, a shorter one and an empty one are fine', (t) => {
  const manager = new Manager()
  const story = begin(manager).step()
  manager.list([1])
  story.step()
  manager.list([])
  t.is(story.step().end().message, undefined)
})

test('free-list-counted: a count that is not the length is found', (t) => {
  t.is(begin(new Manager().list([1], 2)).step().message, 'the head counts 2 listed slots, but there are 1')
})

test('free-list-counted: a cycle, a slot outside and a slot in use are found', (t) => {
  t.is(begin(new Manager().next(1, 0)).step().message, 'the free list does not end: slot 1 of the free list leads back to slot 0')
  t.is(begin(new Manager().next(1, 2)).step().message, 'slot 1 of the free list leads to 2; expected a slot below 2 or the end')
  t.is(begin(new Manager().ready(1, 0, 3)).step().message, 'slot 1 is on the free list, but it is in use (generation 3)')
})

test('free-list-counted: a count that is kept elsewhere is compared at the end, when nobody is dead', (t) => {
  const manager = new Manager().list([1], 7)
  const story = new Story(freeListCounted<Manager>(memoryOf, { countAtEnd: () => 2 }), manager)
  t.is(story.step().message, undefined)
  manager.peer(1, 'dead')
  t.is(story.end().message, undefined)
  manager.peer(1, 'empty')
  t.is(story.end().message, '2 slots are counted as free, but 1 are listed and no peer can move any more')
})
