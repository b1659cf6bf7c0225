import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { FakeFabric, mutexOf, release } from './fabric.test.kit.js'
import { noLostUpdate } from './no-lost-update.js'

const begin = (fabric: FakeFabric) => new Story(noLostUpdate(mutexOf), fabric)

test('no-lost-update: values that derive from each other are fine, in whatever order they are reported', (t) => {
  const fabric = new FakeFabric()
  const story = begin(fabric)
  const [first, second] = [release(0, 1, [0, 0], [1, 1]), release(1, 2, [1, 1], [3, 3])]
  story.event(0, 'releasing', first).event(1, 'releasing', second).event(1, 'published', second).event(0, 'published', first)
  fabric.cell(0, [3, 3], 2)
  t.is(story.end().message, undefined)
})

test('no-lost-update: two that derive from the same value are found', (t) => {
  const fabric = new FakeFabric()
  const story = begin(fabric)
  const [first, second] = [release(0, 1, [0, 0], [1, 1]), release(1, 2, [0, 0], [2, 2])]
  story.event(0, 'releasing', first).event(0, 'published', first).event(1, 'releasing', second).event(1, 'published', second)
  t.is(story.end().message, 'fence 2 published [2 2] made from [0 0], but the value before was [1 1]: an update is lost')
})

test('no-lost-update: what threw has not published, and what was cut off may have', (t) => {
  const fabric = new FakeFabric().cell(0, [0, 0], 0)
  const [threw, cut, last] = [release(0, 1, [0, 0], [1, 1]), release(0, 2, [0, 0], [2, 2]), release(1, 3, [2, 2], [4, 4])]
  const story = begin(fabric).event(0, 'releasing', threw).event(0, 'not published', threw).event(0, 'releasing', cut).tell('crash', 0)
  t.is(story.end().message, undefined)
  fabric.cell(0, [4, 4], 3)
  t.is(story.event(1, 'releasing', last).event(1, 'published', last).end().message, undefined)
})

test('no-lost-update: a release that returned and is not in memory is found', (t) => {
  const fabric = new FakeFabric()
  const only = release(0, 1, [0, 0], [1, 1])
  const story = begin(fabric).event(0, 'releasing', only).event(0, 'published', only)
  t.is(story.end().message, 'the last published value is [1 1], but the cell holds [0 0]')
})
