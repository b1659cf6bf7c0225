import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { deregisterIsBounded } from './deregister-is-bounded.js'

interface World {
  nowMs: number
}

function begin() {
  const world: World = { nowMs: 100 }
  return {
    world,
    story: new Story(
      deregisterIsBounded<World>((now) => now.nowMs),
      world,
    ).event(0, 'leaving', 50),
  }
}

function steps(story: Story<World>, count: number): Story<World> {
  for (let step = 0; step < count; step++) story.step()
  return story
}

test('deregister-is-bounded: as long as it said, and the time to notice', (t) => {
  const { world, story } = begin()
  world.nowMs = 151
  t.is(steps(story, 1000).message, undefined)
  world.nowMs = 152
  t.is(steps(story, 400).event(0, 'leave timed out').message, undefined)
  t.is(steps(story, 1000).message, undefined)
})

test('deregister-is-bounded: a call that goes on is found', (t) => {
  const { world, story } = begin()
  world.nowMs = 1152
  t.is(steps(story, 401).message, 'peer 0 deregisters since 1052 ms, and was to wait for 50 ms at most')
})

test('deregister-is-bounded: the dead do not count', (t) => {
  const { world, story } = begin()
  world.nowMs = 1152
  t.is(steps(story.tell('crash', 0), 1000).message, undefined)
})
