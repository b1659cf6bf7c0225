import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { pendingWithinRegistered } from './pending-within-registered.js'
import { Manager, viewOf } from './qsbr.test.kit.js'

const judge = (manager: Manager) => new Story(pendingWithinRegistered<Manager>(viewOf), manager).step().message

test('pending-within-registered: some, all, or nobody at all', (t) => {
  t.is(judge(new Manager()), undefined)
  t.is(judge(new Manager().word(3, [0, 2, 15])), undefined)
  t.is(judge(new Manager().word(3, [0, 2, 15], [15])), undefined)
})

test('pending-within-registered: pending without being registered is found', (t) => {
  t.is(judge(new Manager().word(3, [0, 2], [0, 1])), 'pending is {0, 1}, but registered are {0, 2} only')
})

test('pending-within-registered: an epoch that never ends is found', (t) => {
  t.is(judge(new Manager().word(3, [0, 2], [])), 'nobody is pending, but {0, 2} are registered: the epoch never ends')
})
