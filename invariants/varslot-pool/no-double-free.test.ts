import test from 'ava'
import { Story, slot } from '../invariants.test.kit.js'
import { noDoubleFree } from './no-double-free.js'

const begin = () => new Story(noDoubleFree(), undefined)

test('no-double-free: one of two frees wins', (t) => {
  const story = begin()
    .event(0, 'freeing', slot(0, 1, 1))
    .event(1, 'freeing', slot(1, 1, 1))
    .event(1, 'freed', slot(1, 1, 1))
    .event(0, 'free refused', slot(0, 1, 1))
    .end()
  t.is(story.message, undefined)
})

test('no-double-free: two frees that succeed are found', (t) => {
  const story = begin()
    .event(0, 'freeing', slot(0, 1, 7))
    .event(1, 'freeing', slot(1, 1, 7))
    .event(1, 'freed', slot(1, 1, 7))
    .event(0, 'freed', slot(0, 1, 7))
  t.is(story.message, 'slot 1 of class 0, generation 7, was freed 2 times: two calls of free succeeded')
})

test('no-double-free: a slot may be freed once in each generation', (t) => {
  const story = begin()
  for (let generation = 1; generation < 4; generation++) story.event(0, 'freeing', slot(0, 1, generation)).event(0, 'freed', slot(0, 1, generation))
  t.is(story.end().message, undefined)
})

test('no-double-free: refusing the only free is found', (t) => {
  t.is(
    begin()
      .event(0, 'freeing', slot(0, 1, 1))
      .event(0, 'free refused', slot(0, 1, 1)).message,
    'the only free of slot 1 of class 0, generation 1, was refused',
  )
})

test('no-double-free: refusing each of two frees is found', (t) => {
  const story = begin()
    .event(0, 'freeing', slot(0, 1, 1))
    .event(1, 'freeing', slot(1, 1, 1))
    .event(0, 'free refused', slot(0, 1, 1))
    .event(1, 'free refused', slot(1, 1, 1))
  t.is(story.message, undefined)
  t.is(story.end().message, 'each of the 2 frees of slot 1 of class 0, generation 1, was refused')
})

test('no-double-free: a reclaim may have freed the slot, and a free may end with its peer', (t) => {
  const reclaimed = begin()
    .event(2, 'reclaiming', { as: 2, peer: 1 })
    .event(0, 'freeing', slot(0, 1, 1))
    .event(0, 'free refused', slot(0, 1, 1))
    .end()
  t.is(reclaimed.message, undefined)
  const crashed = begin()
    .event(0, 'freeing', slot(0, 1, 1))
    .event(1, 'freeing', slot(1, 1, 1))
    .tell('crash', 1)
    .event(0, 'free refused', slot(0, 1, 1))
    .end()
  t.is(crashed.message, undefined)
})
