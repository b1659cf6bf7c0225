import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { endedLeaseChangesNothing } from './ended-lease-changes-nothing.js'
import { FakeFabric, leaseId, wordsOf } from './fabric.test.kit.js'

const operation = (name: string, aheadMs = 0) => ({ leaseId: leaseId(0, 1), aheadMs, operation: name })

/** Lease 0 is over by its holder's clock, and holds the mutex with fence 3. */
function begin(name = 'release') {
  const fabric = new FakeFabric().lease(0, 'active', 1, 100).held(0, 1, 0, 3).at(100)
  return { fabric, story: new Story(endedLeaseChangesNothing(wordsOf), fabric).event(0, 'operation', operation(name)) }
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

test('ended-lease-changes-nothing: any other change is found, after its step and at the end', (t) => {
  const changes: [string, (fabric: FakeFabric) => void][] = [
    ['mutex', (fabric) => fabric.unlocked(1, 3)],
    ['mutex', (fabric) => fabric.held(0, 1, 0, 4)],
    ['cell 1 word 0', (fabric) => fabric.cell(1, [0, 0], 3)],
    ['lease 0', (fabric) => fabric.lease(0, 'active', 1, 200)],
    ['lease 0', (fabric) => fabric.lease(0, 'released', 1, 100)],
    ['lease 0', (fabric) => fabric.lease(0, 'expired', 2, 100)],
    ['lease 1', (fabric) => fabric.lease(1, 'expired', 1, 100)],
    ['range 0', (fabric) => fabric.range(0, 0, 80)],
    // Wherever another primitive has it.
    ['byte 320 of the fabric', (fabric) => fabric.arenaWord(128, 1)],
  ]
  for (const [what, change] of changes) {
    const message = `release of lease 0, generation 1, begun after that lease had ended, changed ${what}`
    const stepped = begin()
    change(stepped.fabric)
    t.is(stepped.story.step().message, message)
    const ended = begin()
    change(ended.fabric)
    t.is(ended.story.event(0, 'operation refused', operation('release')).message, message)
  }
})

test('ended-lease-changes-nothing: what others do, and what came before, is fine', (t) => {
  const fabric = new FakeFabric().lease(0, 'active', 1, 100).at(100)
  const story = new Story(endedLeaseChangesNothing(wordsOf), fabric)
  fabric.held(0, 1, 0, 3)
  story.event(0, 'operation', operation('lock')).step()
  fabric.held(1, 1, 0, 4).lease(0, 'expired', 1, 100)
  story.step(1)
  fabric.cell(1, [0, 0], 4)
  story.event(1, 'operation done', operation('lock')).step(1).tell('crash', 0)
  fabric.unlocked(1, 4)
  t.is(story.step(28).message, undefined)
})

test('ended-lease-changes-nothing: what begins under an active lease is fine, by the clock of its holder', (t) => {
  const fabric = new FakeFabric().lease(0, 'active', 1, 100).held(0, 1, 0, 3).at(99)
  const fine = new Story(endedLeaseChangesNothing(wordsOf), fabric).event(0, 'operation', operation('release'))
  fabric.unlocked(1, 3)
  t.is(fine.step().event(0, 'operation done', operation('release')).message, undefined)
  const fast = new Story(endedLeaseChangesNothing(wordsOf), fabric).event(0, 'operation', operation('renew', 1))
  t.not(fast.event(0, 'operation done', operation('renew', 1)).message, undefined)
})
