import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { FakeFabric, guard, mutexOf, release } from './fabric.test.kit.js'
import { guardReadsPublished } from './guard-reads-published.js'

const begin = (fabric: FakeFabric) => new Story(guardReadsPublished(mutexOf), fabric)

test('guard-reads-published: the value of the published cell is right, another is found', (t) => {
  const fabric = new FakeFabric().cell(0, [1, 2], 0).cell(1, [3, 4], 1).held(0, 1, 1, 2)
  t.is(begin(fabric).event(0, 'locked', guard(0, 1, 2, [3, 4])).message, undefined)
  t.is(
    begin(fabric).event(0, 'locked', guard(0, 1, 2, [1, 2])).message,
    'the guard with fence 2 has the value [1 2], but the published cell holds [3 t1, 4 t1]',
  )
})

test('guard-reads-published: a release that returned and published nothing is found', (t) => {
  const fabric = new FakeFabric().held(1, 1, 0, 2)
  const swallowed = release(0, 1, [0, 0], [1, 1])
  const story = begin(fabric)
    .event(0, 'releasing', swallowed)
    .event(0, 'published', swallowed)
    .event(1, 'locked', guard(1, 1, 2))
  t.is(story.message, 'the guard with fence 2 has the value [0 0], but the release of fence 1 returned, as if it had published [1 1]')
})

test('guard-reads-published: a later release may have published and not returned yet', (t) => {
  const fabric = new FakeFabric().cell(0, [2, 2], 2).held(1, 1, 0, 3)
  const [first, second] = [release(0, 1, [0, 0], [1, 1]), release(0, 2, [1, 1], [2, 2])]
  const story = begin(fabric).event(0, 'releasing', first).event(0, 'published', first).event(0, 'releasing', second)
  t.is(story.event(1, 'locked', guard(1, 1, 3, [2, 2])).message, undefined)
})

test('guard-reads-published: a release that threw is nobody’s value', (t) => {
  const fabric = new FakeFabric().cell(0, [2, 2], 2).held(1, 1, 0, 3)
  const [first, second] = [release(0, 1, [0, 0], [1, 1]), release(0, 2, [1, 1], [2, 2])]
  const story = begin(fabric).event(0, 'releasing', first).event(0, 'published', first).event(0, 'releasing', second).event(0, 'not published', second)
  t.not(story.event(1, 'locked', guard(1, 1, 3, [2, 2])).message, undefined)
})
