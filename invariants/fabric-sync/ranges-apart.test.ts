import test from 'ava'
import { Story } from '../invariants.test.kit.js'
import { FakeFabric, wordsOf } from './fabric.test.kit.js'
import { rangesApart } from './ranges-apart.js'

const MAGIC = 7

/** Two ranges side by side, from 0 and from 80. */
function begin() {
  const fabric = new FakeFabric().range(0, 0, 80).range(1, 80, 96)
  const story = new Story(rangesApart(wordsOf), fabric)
  fabric.arenaWord(0, MAGIC).arenaWord(80, MAGIC)
  story.event(0, 'created', { what: 'mutex', baseOffset: 0, byteLength: 80 }).event(1, 'created', { what: 'once', baseOffset: 80, byteLength: 96 }).step()
  return { fabric, story }
}

test('ranges-apart: each within its own bytes is fine', (t) => {
  const { fabric, story } = begin()
  fabric.arenaWord(32, 5).arenaWord(36, 6).arenaWord(76, 1).arenaWord(144, 2).arenaWord(112, 3)
  t.is(story.step().message, undefined)
})

test('ranges-apart: a header that was overwritten, and a byte of nobody’s, are found', (t) => {
  const header = begin()
  header.fabric.arenaWord(84, 9)
  t.is(header.story.step().message, 'the header of the once at 80 was overwritten: its word 1 is 9; expected 0')
  const nobody = begin()
  nobody.fabric.arenaWord(176, 9)
  t.is(nobody.story.step().message, 'byte 176 of the arena belongs to no primitive, but holds 9; expected 0')
})

test('ranges-apart: two that were made and overlap are found', (t) => {
  const { story } = begin()
  story.event(1, 'created', { what: 'watch', baseOffset: 72, byteLength: 8 })
  t.is(story.message, 'the watch at 72 and the mutex at 0 were both made, and overlap')
})
