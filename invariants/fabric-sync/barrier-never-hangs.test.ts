import test from 'ava'
import { aboutBarrier, count, of } from './barrier.test.kit.js'
import { ARRIVED, LEFT, NOT_LEFT, WAITING, WITHDRAWN } from './barrier-events.js'
import { barrierNeverHangs } from './barrier-never-hangs.js'

const begin = () => aboutBarrier(barrierNeverHangs)

test('barrier-never-hangs: a time-out while another is missing is right', (t) => {
  const { story } = begin()
  story
    .event(0, WAITING, of(0))
    .event(0, ARRIVED, count(0, 0))
    .event(0, WITHDRAWN, count(0, 0))
    .event(0, NOT_LEFT, of(0))
    .event(1, WAITING, of(1))
    .event(1, LEFT, count(1, 1))
    .end()
  t.is(story.message, undefined)
})

test('barrier-never-hangs: a time-out although all have arrived is found', (t) => {
  const { story } = begin()
  story.event(0, WAITING, of(0)).event(0, ARRIVED, count(0, 0)).event(1, WAITING, of(1)).event(1, ARRIVED, count(1, 0)).event(0, WITHDRAWN, count(0, 0))
  t.is(story.message, 'lease 0, generation 1 waited in vain in phase 0, epoch 0: all 2 members had arrived and none had withdrawn')
})

for (const [how, end] of [
  ['ended', (world) => world.fabric.lease(1, 'released', 1)],
  ['ran out', (world) => world.fabric.at(100)],
] as [string, (world: ReturnType<typeof begin>['world']) => void][]) {
  test(`barrier-never-hangs: a time-out of a call that began after a member's lease ${how} is found`, (t) => {
    const { story, world } = begin()
    end(world)
    story.event(0, WAITING, of(0)).event(0, ARRIVED, count(0, 0)).event(0, WITHDRAWN, count(0, 0))
    t.is(story.message, 'lease 0, generation 1 waited in vain in phase 0 for lease 1, generation 1, which was over before')
  })
}

test('barrier-never-hangs: a lease that ends during the call, or whose seat was emptied, excuses a time-out', (t) => {
  const late = begin()
  late.story.event(0, WAITING, of(0)).event(0, ARRIVED, count(0, 0))
  late.world.fabric.lease(1, 'released', 1)
  t.is(late.story.event(0, WITHDRAWN, count(0, 0)).message, undefined)
  const emptied = begin()
  emptied.world.fabric.lease(1, 'released', 1)
  emptied.story.event(0, WAITING, of(0)).event(0, ARRIVED, count(0, 0))
  emptied.world.empty(1)
  t.is(emptied.story.event(0, WITHDRAWN, count(0, 0)).message, undefined)
})

test('barrier-never-hangs: at the end nobody waits but who crashed', (t) => {
  const { story } = begin()
  story.event(0, WAITING, of(0)).event(1, WAITING, of(1)).tell('crash', 1)
  t.is(story.end().message, 'peer 0 is inside wait for ever')
})
