import test from 'ava'
import { TaggedHead } from './tagged-head.js'

test('tagged head: every change raises the tag by one, modulo 2^32, also to the same top and to none', (t) => {
  const tagged = new TaggedHead()
  let head = tagged.join(3, -2)
  for (const [top, tag] of [
    [-1, -1],
    [3, 0],
    [3, 1],
    [0x7fff_ffff, 2],
  ] as const) {
    head = tagged.successor(head, top)
    t.deepEqual([tagged.low(head), tagged.high(head)], [top, tag])
  }
})

test('tagged head: the head of another stack does not stay behind in it', (t) => {
  const tagged = new TaggedHead()
  const first = tagged.successor(tagged.join(1, 10), 2)
  const second = tagged.successor(tagged.join(-1, -1), 7)
  t.deepEqual([tagged.low(first), tagged.high(first)], [2, 11])
  t.deepEqual([tagged.low(second), tagged.high(second)], [7, 0])
})
