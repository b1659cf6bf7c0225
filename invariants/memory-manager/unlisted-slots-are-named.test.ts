import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { Manager, memoryOf } from './manager.test.kit.js'
import { unlistedSlotsAreNamed } from './unlisted-slots-are-named.js'

const begin = (manager: Manager) => new Story(unlistedSlotsAreNamed(memoryOf), manager)

test('unlisted-slots-are-named: a slot in limbo that is named, and one that is filled, are fine', (t) => {
  const manager = new Manager().list([1]).intent(2, 1, 0)
  const story = begin(manager).event(2, 'storing', { as: 2 }).step()
  manager.filling(0, 2, 1).intent(2, 0)
  story.step().tell('crash', 2).step()
  manager.ready(0, 2, 1)
  t.is(story.step().message, undefined)
})

test('unlisted-slots-are-named: a slot in limbo that nobody names is found', (t) => {
  t.is(begin(new Manager().list([1]).intent(2, 1, 1)).step().message, 'slot 0 is free but not listed, and no intent names it')
})

test('unlisted-slots-are-named: a slot that is filled by nobody, or by a peer that does not store, is found', (t) => {
  const nobody = new Manager().list([1]).filling(0, 3, 4).peer(3, 'empty')
  t.is(begin(nobody).step().message, 'slot 0, generation 4, is filled by 3, an id that nobody uses')
  t.is(begin(new Manager().list([1]).filling(0, 3, 4)).step().message, 'slot 0, generation 4, is filled by 3, which is not storing')
})
