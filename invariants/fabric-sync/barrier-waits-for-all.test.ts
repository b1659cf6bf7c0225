import test from 'ava'
import { aboutBarrier, count } from './barrier.test.kit.js'
import { ARRIVED, LEFT, WITHDRAWN } from './barrier-events.js'
import { barrierWaitsForAll } from './barrier-waits-for-all.js'

const begin = () => aboutBarrier(barrierWaitsForAll)

test('barrier-waits-for-all: members that arrive, withdraw, arrive again and leave', (t) => {
  const { story } = begin()
  story
    .event(0, ARRIVED, count(0, 0))
    .event(0, WITHDRAWN, count(0, 0))
    .event(1, ARRIVED, count(1, 0))
    .event(0, ARRIVED, count(0, 0))
    .event(1, LEFT, count(1, 1))
    .event(0, LEFT, count(0, 1))
    .event(0, ARRIVED, count(0, 1))
  t.is(story.message, undefined)
})

test('barrier-waits-for-all: leaving before all have arrived is found', (t) => {
  const { story } = begin()
  story.event(0, ARRIVED, count(0, 0)).event(0, LEFT, count(0, 1))
  t.is(story.message, 'lease 0, generation 1 left phase 0 before 2 members had arrived in one epoch of it')
})

test('barrier-waits-for-all: arrivals of two epochs do not complete a phase', (t) => {
  const { story } = begin()
  story
    .event(0, ARRIVED, count(0, 0, 0))
    .event(1, ARRIVED, count(1, 0, 1))
    .event(1, LEFT, count(1, 1))
  t.is(story.message, 'lease 1, generation 1 left phase 0 before 2 members had arrived in one epoch of it')
})

test('barrier-waits-for-all: leaving a phase that others completed is found', (t) => {
  const { story, world } = begin()
  story.event(1, ARRIVED, count(1, 0, 0))
  world.seat(1, 2)
  story
    .event(0, ARRIVED, count(0, 0, 1))
    .event(2, ARRIVED, count(2, 0, 1))
    .event(2, LEFT, count(2, 1))
    .event(1, LEFT, count(1, 1))
  t.is(story.message, 'lease 1, generation 1 left phase 0, which was completed by others')
})

test('barrier-waits-for-all: being counted without a seat is found', (t) => {
  const { story, world } = begin()
  world.empty(1)
  t.is(story.event(1, ARRIVED, count(1, 0, 1)).message, 'lease 1, generation 1 was counted in phase 0, epoch 1, and has no seat')
})

test('barrier-waits-for-all: two that are counted for one seat are found', (t) => {
  const { story, world } = begin()
  story.event(1, ARRIVED, count(1, 0))
  world.seat(1, 2)
  t.is(story.event(2, ARRIVED, count(2, 0)).message, 'lease 1, generation 1 and lease 2, generation 1 were both counted in phase 0, epoch 0 for seat 1')
})
