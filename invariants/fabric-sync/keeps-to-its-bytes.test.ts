import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { FakeFabric, leaseId, wordsOf } from './fabric.test.kit.js'
import { keepsToItsBytes } from './keeps-to-its-bytes.js'

const MUTEX = { what: 'mutex', baseOffset: 0, byteLength: 80 }
const WATCH = { what: 'watch', baseOffset: 80, byteLength: 96 }
const operation = (place?: typeof MUTEX) => ({ leaseId: leaseId(0, 1), aheadMs: 0, operation: 'send', ...(place === undefined ? {} : { place }) })

/** Peer 0 works on the watch, and peer 1 on the mutex in front of it. */
function begin() {
  const fabric = new FakeFabric()
  const story = new Story(keepsToItsBytes(wordsOf), fabric).event(0, 'operation', operation(WATCH)).event(1, 'operation', operation(MUTEX))
  return { fabric, story }
}

test('keeps-to-its-bytes: changes of what is worked on, of leases and of ranges, are fine', (t) => {
  const { fabric, story } = begin()
  fabric.arenaWord(80, 1).arenaWord(172, 2).lease(0, 'active', 1)
  story.step(0)
  fabric.arenaWord(0, 1).arenaWord(76, 2).range(0, 0, 80)
  story.step(1).event(1, 'operation done', operation(MUTEX)).event(1, 'operation', operation(WATCH))
  fabric.arenaWord(144, 3)
  t.is(story.event(1, 'operation refused', operation(WATCH)).message, undefined)
})

test('keeps-to-its-bytes: a change in a cell of another primitive is found, after its step and at the end', (t) => {
  const message = 'send of the watch at 80 changed byte 64 of the arena; its own are 80 to 175'
  const stepped = begin()
  stepped.fabric.arenaWord(64, 1)
  t.is(stepped.story.step(0).message, message)
  const ended = begin()
  ended.fabric.arenaWord(64, 1)
  t.is(ended.story.event(0, 'operation done', operation(WATCH)).message, message)
})

test('keeps-to-its-bytes: a change outside of any primitive, and by who works on none, are found', (t) => {
  const behind = begin()
  behind.fabric.arenaWord(176, 1)
  t.is(behind.story.step(0).message, 'send of the watch at 80 changed byte 176 of the arena; its own are 80 to 175')
  const idle = begin()
  idle.story.event(0, 'operation done', operation(WATCH))
  idle.fabric.arenaWord(80, 1)
  t.is(idle.story.step(0).message, 'peer 0 changed byte 80 of the arena, and worked on no primitive')
  const leased = begin()
  leased.story.event(0, 'operation done', operation(WATCH)).event(0, 'operation', operation())
  leased.fabric.arenaWord(80, 1)
  t.is(leased.story.step(0).message, 'peer 0 changed byte 80 of the arena, and worked on no primitive')
})
