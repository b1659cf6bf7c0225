import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { Manager, viewOf } from './qsbr.test.kit.js'
import { twoClosedBags } from './two-closed-bags.js'

const bags = (...tags: number[]) => tags.map((tag) => ({ tag, size: 1 }))
const judge = (manager: Manager) => new Story(twoClosedBags<Manager>(viewOf), manager).step().message

test('two-closed-bags: two, or three while paused', (t) => {
  t.is(judge(new Manager().executor(0, { closedBags: bags(3, 4) })), undefined)
  t.is(judge(new Manager().executor(0, { closedBags: bags(3, 4, 5), phase: 'paused' })), undefined)
})

test('two-closed-bags: three of a registered executor are found', (t) => {
  t.is(judge(new Manager().executor(1, { closedBags: bags(3, 4, 5) })), 'peer 1 is registered with 3 closed bags, of epochs 3, 4, 5')
})
