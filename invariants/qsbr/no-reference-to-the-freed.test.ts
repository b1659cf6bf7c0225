import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { noReferenceToTheFreed } from './no-reference-to-the-freed.js'

const begin = () => new Story(noReferenceToTheFreed(), undefined).event(0, 'registered').event(1, 'registered')

test('no-reference-to-the-freed: references are dropped at a pass', (t) => {
  t.is(begin().event(1, 'holds', 7).event(0, 'retired', 7).event(1, 'passing').event(0, 'freed', 7).message, undefined)
})

test('no-reference-to-the-freed: an object that is freed under a holder is found', (t) => {
  t.is(begin().event(1, 'holds', 7).event(0, 'retired', 7).event(0, 'freed', 7).message, 'object 7 was freed while it is held by peer 1')
})

test('no-reference-to-the-freed: a reference that comes after the free is found', (t) => {
  t.is(begin().event(0, 'retired', 7).event(0, 'freed', 7).event(1, 'holds', 7).message, 'object 7 is held by peer 1, but was freed before')
})

test('no-reference-to-the-freed: the dead hold nothing', (t) => {
  t.is(begin().event(1, 'holds', 7).event(0, 'retired', 7).tell('crash', 1).event(0, 'freed', 7).message, undefined)
})

test('no-reference-to-the-freed: what is freed without an event is found after the step', (t) => {
  const world = { freed: 0 }
  const story = new Story(
    noReferenceToTheFreed((now: typeof world, object) => now.freed === object),
    world,
  )
    .event(1, 'holds', 7)
    .step()
  t.is(story.message, undefined)
  world.freed = 7
  t.is(story.step().message, 'object 7 is free while it is held by peer 1')
})
