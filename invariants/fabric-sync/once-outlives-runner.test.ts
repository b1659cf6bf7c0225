import test from 'ava'
import { aboutOnce, of } from './once.test.kit.js'
import { ASKING, GOT, NOT_GOT } from './once-events.js'
import { onceOutlivesRunner } from './once-outlives-runner.js'

const begin = () => aboutOnce(onceOutlivesRunner)
const timedOut = (index: number) => ({ ...of(index), timedOut: true })

test('once-outlives-runner: a time-out while a live session runs is right, and so is another error', (t) => {
  const { story, world } = begin()
  world.main(1, 0, 1)
  story.event(1, ASKING, of(1)).event(1, NOT_GOT, timedOut(1))
  world.fabric.at(100)
  story.event(2, ASKING, of(2)).event(2, NOT_GOT, { ...of(2), timedOut: false })
  t.is(story.end().message, undefined)
})

test('once-outlives-runner: a time-out for a session that was over before is found', (t) => {
  const { story, world } = begin()
  world.main(1, 0, 4).fabric.at(100)
  story.event(1, ASKING, of(1)).event(1, NOT_GOT, timedOut(1))
  t.is(story.message, 'peer 1 waited in vain for attempt 4 of lease 0, generation 1, which was over before')
})

test('once-outlives-runner: a time-out for the next attempt is right', (t) => {
  const { story, world } = begin()
  world.main(1, 0, 4).fabric.lease(0, 'released', 1)
  story.event(1, ASKING, of(1))
  world.main(1, 2, 5)
  story.event(1, NOT_GOT, timedOut(1))
  t.is(story.message, undefined)
})

test('once-outlives-runner: at the end nobody asks but who crashed', (t) => {
  const { story } = begin()
  story.event(0, ASKING, of(0)).event(0, GOT, of(0)).event(1, ASKING, of(1)).tell('crash', 1).event(2, ASKING, of(2))
  t.is(story.end().message, 'peer 2 is inside getOrInit for ever')
})
