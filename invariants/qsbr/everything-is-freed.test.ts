import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { everythingIsFreed } from './everything-is-freed.js'

const begin = () => new Story(everythingIsFreed(), undefined).event(0, 'registered').event(1, 'registered').event(0, 'retired', 7)
const LOST = 'object 7, retired by peer 0, was never freed, although all executors kept passing or have left'

test('everything-is-freed: freed, or somebody did not keep passing', (t) => {
  t.is(begin().event(0, 'freed', 7).event(0, 'leaving').event(1, 'leaving').end().message, undefined)
  t.is(begin().event(0, 'leaving').end().message, undefined)
  t.is(begin().event(0, 'kept passing').end().message, undefined)
  t.is(begin().event(0, 'kept passing').event(1, 'pausing').end().message, undefined)
})

test('everything-is-freed: what waits although all have left or kept passing is found', (t) => {
  t.is(begin().event(0, 'leaving').event(0, 'leave timed out').event(1, 'leaving').end().message, LOST)
  t.is(begin().event(0, 'kept passing').event(1, 'kept passing').end().message, LOST)
})

test('everything-is-freed: an evicted peer is no excuse, and what it retired is gone', (t) => {
  t.is(begin().event(0, 'kept passing').tell('crash', 1).event(9, 'evicting', 1).event(9, 'evicted', 1).end().message, LOST)
  t.is(begin().event(1, 'kept passing').tell('crash', 0).event(9, 'evicting', 0).event(9, 'evicted', 0).end().message, undefined)
})
