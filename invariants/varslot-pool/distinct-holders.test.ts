import test from 'ava'
import { memoryOf, Pool, Story, slot } from '../invariants.test.kit.js'
import { distinctHolders } from './distinct-holders.js'

const begin = () => new Story(distinctHolders(memoryOf), new Pool())

test('distinct-holders: one holder after the other is fine', (t) => {
  const story = begin()
    .event(0, 'allocated', slot(0, 1, 1))
    .event(2, 'freeing', slot(2, 1, 1))
    .event(1, 'allocated', slot(1, 1, 2))
    .event(0, 'allocated', slot(0, 2, 1))
  t.is(story.message, undefined)
})

test('distinct-holders: a slot that is handed out twice is found', (t) => {
  const story = begin()
    .event(0, 'allocated', slot(0, 1, 1))
    .event(1, 'allocated', slot(1, 1, 2))
  t.is(story.message, 'slot 1 of class 0 was handed to 1 (generation 2) while 0 holds it (generation 1)')
})

test('distinct-holders: adopting hands the slot over', (t) => {
  const story = begin()
    .event(0, 'allocated', slot(0, 1, 1))
    .event(1, 'adopted', slot(1, 1, 1))
  t.is(story.message, undefined)
  t.is(story.tell('crash', 0).event(2, 'allocated', slot(2, 1, 2)).message, 'slot 1 of class 0 was handed to 2 (generation 2) while 1 holds it (generation 1)')
})

test('distinct-holders: adopting an allocation that is over is found', (t) => {
  const story = begin()
    .event(0, 'allocated', slot(0, 1, 2))
    .event(1, 'adopted', slot(1, 1, 1))
  t.is(story.message, 'slot 1 of class 0 was adopted by 1 (generation 1) while 0 holds it (generation 2)')
})

test('distinct-holders: what a dead peer held may be handed out', (t) => {
  t.is(
    begin()
      .event(0, 'allocated', slot(0, 1, 1))
      .tell('crash', 0)
      .event(1, 'allocated', slot(1, 1, 2)).message,
    undefined,
  )
  t.is(
    begin()
      .event(0, 'allocated', slot(0, 1, 1))
      .tell('declared dead', 0)
      .event(1, 'allocated', slot(1, 1, 2)).message,
    undefined,
  )
})

test('distinct-holders: a peer that starts again holds nothing of its earlier life, and what it takes anew', (t) => {
  const again = () =>
    begin()
      .event(0, 'allocated', slot(0, 1, 1))
      .tell('crash', 0)
      .tell('restart', 0)
  t.is(again().event(1, 'allocated', slot(1, 1, 2)).message, undefined)
  t.is(
    again()
      .event(0, 'allocated', slot(0, 2, 1))
      .event(1, 'allocated', slot(1, 2, 2)).message,
    'slot 2 of class 0 was handed to 1 (generation 2) while 0 holds it (generation 1)',
  )
})

test('distinct-holders: other reports of a peer change nothing', (t) => {
  const story = begin()
    .event(0, 'allocated', slot(0, 1, 1))
    .event(0, 'my own event', 'anything')
    .tell('enter', 0, 'section')
    .tell('leave', 0, 'section')
    .event(1, 'allocated', slot(1, 1, 2))
  t.is(story.message, 'slot 1 of class 0 was handed to 1 (generation 2) while 0 holds it (generation 1)')
})
