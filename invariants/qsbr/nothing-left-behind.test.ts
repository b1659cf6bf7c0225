import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { nothingLeftBehind } from './nothing-left-behind.js'
import { Manager, viewOf } from './qsbr.test.kit.js'

function begin(manager: Manager) {
  return new Story(nothingLeftBehind<Manager>(viewOf), manager).event(0, 'registered')
}

test('nothing-left-behind: empty sets and empty bags', (t) => {
  t.is(
    begin(new Manager().executor(0, { phase: 'gone' }))
      .event(0, 'leaving')
      .end().message,
    undefined,
  )
})

test('nothing-left-behind: a set with somebody in it is found', (t) => {
  t.is(
    begin(new Manager().word(5, [0], [0]))
      .event(0, 'leaving')
      .end().message,
    'all have left, but registered are {0} and pending {0}',
  )
})

test('nothing-left-behind: a bag with something in it is found', (t) => {
  t.is(
    begin(new Manager().executor(0, { openSize: 2 }))
      .event(0, 'leaving')
      .end().message,
    'all have left, but 2 entries are in the bags of peer 0',
  )
})

test('nothing-left-behind: says nothing while somebody is registered or paused', (t) => {
  t.is(begin(new Manager().word(5, [0])).end().message, undefined)
  t.is(
    begin(new Manager().executor(0, { openSize: 2 }))
      .event(0, 'pausing')
      .end().message,
    undefined,
  )
})
