import test from 'ava'
import { aboutOnce, of, value } from './once.test.kit.js'
import { GOT, INITIALISED, INITIALISER_THREW, INITIALISING, NOT_GOT } from './once-events.js'
import { oncePublishesOnce } from './once-publishes-once.js'

const begin = () => aboutOnce(oncePublishesOnce)

/** Lease 0 has published [7, 7]. */
function published() {
  const { story, world } = begin()
  world.main(1, 0, 1)
  story
    .event(0, INITIALISING, of(0))
    .event(0, INITIALISED, value(0, [7, 7]))
    .step()
  world.cell([7, 7], 1).main(2, 0, 1)
  return { story: story.step(), world }
}

test('once-publishes-once: one publishes, all get it', (t) => {
  const { story } = published()
  story
    .event(0, GOT, value(0, [7, 7]))
    .event(1, GOT, value(1, [7, 7]))
    .step()
  t.is(story.message, undefined)
})

test('once-publishes-once: after a throw, or when a lease has ended, another may initialise', (t) => {
  const { story, world } = begin()
  story.event(0, INITIALISING, of(0)).event(0, INITIALISER_THREW, of(0)).event(1, INITIALISING, of(1)).event(1, NOT_GOT, of(1))
  story.event(2, INITIALISING, of(2)).tell('crash', 2)
  world.fabric.at(100)
  story.event(0, INITIALISING, of(0))
  t.is(story.message, undefined)
})

test('once-publishes-once: two initialisers under active leases are found', (t) => {
  const { story } = begin()
  story.event(0, INITIALISING, of(0)).event(1, INITIALISING, of(1))
  t.is(story.message, 'lease 1, generation 1 runs its initialiser while lease 0, generation 1, whose lease is active, runs another')
})

test('once-publishes-once: a mixed value is found when it is published, and later', (t) => {
  const mixed = begin()
  mixed.world.main(1, 0, 1)
  mixed.story.event(0, INITIALISED, value(0, [7, 7])).step()
  mixed.world.cell([7, 0], 1).main(2, 0, 1)
  t.is(mixed.story.step().message, 'the cell [7 t1, 0 t1] was published by lease 0, generation 1, whose initialiser returned [7,7]')
  const { story, world } = published()
  world.cell([7, 8], 1)
  t.is(story.step().message, 'the value [7,7] was published, and the cell became [7 t1, 8 t1]')
})

test('once-publishes-once: a result that is taken back is found', (t) => {
  const { story, world } = published()
  world.main(1, 1, 2)
  t.is(story.step().message, 'the value [7,7] was published, and the once is not done any more')
})

test('once-publishes-once: a value that nobody returned is found', (t) => {
  const { story, world } = begin()
  world.main(2, 1, 1)
  t.is(story.step().message, 'the cell [0 t0, 0 t0] was published by lease 1, generation 1, whose initialiser returned nothing')
})

test('once-publishes-once: getting another value, or one that is not published, is found', (t) => {
  const { story } = published()
  t.is(story.event(1, GOT, value(1, [8, 8])).message, 'lease 1, generation 1 got [8,8], and [7,7] is published')
  t.is(begin().story.event(1, GOT, value(1, [8, 8])).message, 'lease 1, generation 1 got [8,8], and nothing is published')
})
