import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { FakeFabric, mutexOf, wordsOf } from './fabric.test.kit.js'
import { leaseNeverRevives } from './lease-never-revives.js'

function begin() {
  const fabric = new FakeFabric().lease(0, 'active', 1, 100).lease(1, 'active', 1, 500)
  return { fabric, story: new Story(leaseNeverRevives(wordsOf, mutexOf), fabric) }
}

test('lease-never-revives: renewal, end and the next generation are fine', (t) => {
  const { fabric, story } = begin()
  fabric.lease(0, 'active', 1, 200)
  story.step()
  fabric.lease(0, 'expired', 1, 200)
  story.step()
  fabric.lease(0, 'active', 2, 300)
  t.is(story.step().message, undefined)
})

test('lease-never-revives: a lease that is active again, or an older one, is found', (t) => {
  const again = begin()
  again.fabric.lease(0, 'expired', 1)
  again.story.step()
  again.fabric.lease(0, 'active', 1)
  t.is(again.story.step().message, 'lease 0, generation 1, is active again after it had ended')
  const older = begin()
  older.fabric.lease(1, 'active', 2)
  older.story.step()
  older.fabric.lease(1, 'active', 1)
  t.is(older.story.step().message, 'lease 1, generation 1, came after generation 2')
})

test('lease-never-revives: a renewal after the lock was taken over is found', (t) => {
  const { fabric, story } = begin()
  fabric.held(0, 1, 0, 1)
  story.step()
  fabric.held(1, 1, 0, 2)
  story.step()
  fabric.lease(0, 'active', 1, 200)
  t.is(story.step().message, 'lease 0, generation 1, was renewed after its lock was taken over')
})

test('lease-never-revives: a renewal after the lock was released is fine', (t) => {
  const { fabric, story } = begin()
  for (const change of [() => fabric.held(0, 1, 0, 1), () => fabric.unlocked(0, 1), () => fabric.held(1, 1, 0, 2), () => fabric.lease(0, 'active', 1, 200)]) {
    change()
    story.step()
  }
  t.is(story.message, undefined)
})
