import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { endedLeaseChangesNothing } from './ended-lease-changes-nothing.js'
import { FakeFabric, leaseId, mutexOf, wordsOf } from './fabric.test.kit.js'

const operation = (name: string, aheadMs = 0) => ({ leaseId: leaseId(0, 1), aheadMs, operation: name })

/** Lease 0 is over by its holder's clock, and holds the lock with fence 3. */
function begin(name = 'release') {
  const fabric = new FakeFabric().lease(0, 'active', 1, 100).held(0, 1, 0, 3).at(100)
  return { fabric, story: new Story(endedLeaseChangesNothing(wordsOf, mutexOf), fabric).event(0, 'operation', operation(name)) }
}

test('ended-lease-changes-nothing: a refusal that marks the lease is fine', (t) => {
  const { fabric, story } = begin()
  fabric.lease(0, 'expired', 1, 100)
  story.step().event(0, 'operation refused', operation('release'))
  fabric.unlocked(1, 3)
  t.is(story.step().message, undefined)
})

test('ended-lease-changes-nothing: an operation that returns is found', (t) => {
  t.is(begin().story.event(0, 'operation done', operation('release')).message, 'release of lease 0, generation 1, begun after that lease had ended, returned')
})

test('ended-lease-changes-nothing: unlocking, writing, renewing and locking are found', (t) => {
  const changes: [string, (fabric: FakeFabric) => void][] = [
    ['unlocked the mutex', (fabric) => fabric.unlocked(1, 3)],
    ['wrote to a cell', (fabric) => fabric.cell(1, [0, 0], 3)],
    ['renewed the lease', (fabric) => fabric.lease(0, 'active', 1, 200)],
  ]
  for (const [what, change] of changes) {
    const { fabric, story } = begin()
    change(fabric)
    t.is(story.step().message, `release of lease 0, generation 1, begun after that lease had ended, ${what}`)
  }
  const fabric = new FakeFabric().lease(0, 'revoked', 1, 1000)
  const story = new Story(endedLeaseChangesNothing(wordsOf, mutexOf), fabric).event(0, 'operation', operation('lock'))
  fabric.held(0, 1, 0, 4)
  t.is(story.step().message, 'lock of lease 0, generation 1, begun after that lease had ended, took the lock')
})

test('ended-lease-changes-nothing: what others do, and what begins under an active lease, is fine', (t) => {
  const { fabric, story } = begin()
  fabric.held(1, 1, 0, 4).cell(1, [0, 0], 4)
  story.step().tell('crash', 0)
  fabric.unlocked(1, 3)
  t.is(story.step().message, undefined)
  const alive = new FakeFabric().lease(0, 'active', 1, 100).held(0, 1, 0, 3).at(99)
  const fine = new Story(endedLeaseChangesNothing(wordsOf, mutexOf), alive).event(0, 'operation', operation('release'))
  alive.unlocked(1, 3)
  t.is(fine.step().event(0, 'operation done', operation('release')).message, undefined)
  const fast = new Story(endedLeaseChangesNothing(wordsOf, mutexOf), alive).event(0, 'operation', operation('renew', 1))
  t.not(fast.event(0, 'operation done', operation('renew', 1)).message, undefined)
})
