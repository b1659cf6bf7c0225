import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { FakeFabric, mutexOf } from './fabric.test.kit.js'
import { fencesRise } from './fences-rise.js'

test('fences-rise: each acquisition and each takeover raises the fence', (t) => {
  const fabric = new FakeFabric()
  const story = new Story(fencesRise(mutexOf), fabric)
  fabric.held(0, 1, 0, 1)
  story.step()
  fabric.held(1, 1, 0, 2)
  story.step()
  fabric.unlocked(1, 2)
  story.step()
  fabric.held(0, 1, 1, 2 ** 38)
  t.is(story.step().message, undefined)
})

test('fences-rise: a fence that stays or falls is found, also after it was stored back', (t) => {
  const fabric = new FakeFabric().unlocked(0, 7)
  const same = new Story(fencesRise(mutexOf), fabric)
  fabric.held(0, 1, 0, 7)
  t.is(same.step().message, 'lease 0, generation 1 took the lock with fence 7, after one was taken with fence 7')
  const back = new Story(fencesRise(mutexOf), fabric)
  fabric.unlocked(0, 3)
  back.step()
  fabric.held(1, 2, 0, 4)
  t.is(back.step().message, 'lease 1, generation 2 took the lock with fence 4, after one was taken with fence 7')
})
