import test from 'ava'
import { aboutBarrier, count } from './barrier.test.kit.js'
import { barrierCountsOnce } from './barrier-counts-once.js'
import { ARRIVED, WITHDRAWN } from './barrier-events.js'

const begin = () => aboutBarrier(barrierCountsOnce)

test('barrier-counts-once: arrival, withdrawal, break, reset and completion', (t) => {
  const { story, world } = begin()
  story.step()
  world.main(0, 0, 1)
  story.event(0, ARRIVED, count(0, 0)).step()
  world.main(0, 0, 0)
  story.event(0, WITHDRAWN, count(0, 0)).step()
  world.main(0, 0, 1)
  story.event(1, ARRIVED, count(1, 0)).step()
  world.main(0, 0, 1, true)
  story.step()
  world.main(0, 1, 0)
  story.step()
  world.main(0, 1, 1)
  story.event(1, ARRIVED, count(1, 0, 1)).step()
  world.main(1, 1, 0)
  story.event(0, ARRIVED, count(0, 0, 1)).step()
  t.is(story.message, undefined)
})

test('barrier-counts-once: a count that keeps who withdrew is found', (t) => {
  const { story, world } = begin()
  world.main(0, 0, 1)
  story.event(0, ARRIVED, count(0, 0)).step().event(0, WITHDRAWN, count(0, 0)).step()
  t.is(story.message, 'the barrier counts 1 in phase 0, epoch 0, where 0 arrived and did not withdraw')
})

test('barrier-counts-once: an arrival that is lost is found', (t) => {
  const { story, world } = begin()
  world.main(0, 0, 1)
  story.event(0, ARRIVED, count(0, 0)).step().event(1, ARRIVED, count(1, 0)).step()
  t.is(story.message, 'the barrier counts 1 in phase 0, epoch 0, where 2 arrived and did not withdraw')
})

test('barrier-counts-once: a member that is counted twice is found', (t) => {
  const { story } = begin()
  story.event(0, ARRIVED, count(0, 3, 2)).event(0, ARRIVED, count(0, 3, 2))
  t.is(story.message, 'lease 0, generation 1 was counted twice in phase 3, epoch 2')
})
