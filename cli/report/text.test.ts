import test from 'ava'
import { count, plural } from '../../sim/count.js'
import { clean, duration, list, perSecond, short, shorten, width, wrap } from './text.js'

test('text: widths are those of a terminal', (t) => {
  t.is(width('abc'), 3)
  t.is(width('値'), 2)
  t.is(width('👩‍👩‍👧‍👦'), 2)
  t.is(width('\u001b[31mred\u001b[39m'), 3)
})

test('text: shorten never splits a character and never gets wider', (t) => {
  t.is(shorten('abcdef', 6), 'abcdef')
  t.is(shorten('abcdef', 4), 'abc…')
  t.is(shorten('値値値', 4), '値…')
  t.is(shorten('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3), '👩‍👩‍👧‍👦…')
  t.is(shorten('abc', 1), '…')
  t.is(shorten('abc', 0), '')
})

test('text: wrap keeps words and cuts what is longer than a line', (t) => {
  t.deepEqual(wrap('one two three', 8), ['one two', 'three'])
  t.deepEqual(wrap('incomprehensible', 8), ['incompr…'])
})

test('text: control characters become visible', (t) => {
  t.is(clean('a\nb\u001b[31m\u202e\u0000'), 'a\\nb\\e[31m\\u202e\\u0000')
})

test('text: figures', (t) => {
  t.is(count(1234567), '1,234,567')
  t.is(count(999), '999')
  t.deepEqual([0, 845, 999, 1000, 17_400, 99_949, 99_950, 795_000, 999_499, 999_500, 23_000_000].map(short), [
    '0',
    '845',
    '999',
    '1 k',
    '17.4 k',
    '99.9 k',
    '100 k',
    '795 k',
    '999 k',
    '1 M',
    '23 M',
  ])
  t.deepEqual([1e9, 999e9, 1e12, Number.POSITIVE_INFINITY].map(short), ['1 G', '999 G', '1 T', '–'])
  t.is(perSecond(5, 0), '–')
  t.is(perSecond(500, 1000), '500')
  t.is(plural(1, 'switch', 'switches'), '1 switch')
  t.is(plural(1200, 'step'), '1,200 steps')
  t.is(list(['a', 'b', 'c'], 'or'), 'a, b or c')
})

test('text: durations', (t) => {
  t.deepEqual([0, 999, 1000, 12_340, 59_949, 59_960, 61_000, 3_600_000, 3_725_000].map(duration), [
    '0 ms',
    '999 ms',
    '1 s',
    '12.3 s',
    '59.9 s',
    '1 min',
    '1 min 1 s',
    '1 h 0 min',
    '1 h 2 min',
  ])
})
