import test from 'ava'
import { toJson } from './json.js'
import { showArguments, showValue } from './value.js'

const loop: Record<string, unknown> = { a: 1 }
loop.self = loop
const trap = {
  get trouble(): number {
    throw new Error('no')
  },
}

test('value: whatever it is, one short line', (t) => {
  t.is(showValue('free'), 'free')
  t.is(showValue(''), '""')
  t.is(showValue('two\nlines'), 'two\\nlines')
  t.is(showValue(3n), '3n')
  t.is(showValue(-0), '-0')
  t.is(showValue(undefined), 'undefined')
  t.is(showValue([1, 'a', null]), '[1, "a", null]')
  t.is(showValue(new Int32Array(2)), '[0, 0]')
  t.is(showValue(new Map([['a', 1]])), '{a: 1}')
  t.is(showValue(new Set([1])), '{1}')
  t.is(showValue(new TypeError('no')), 'TypeError: no')
  t.is(showValue(loop), '{a: 1, self: …}')
  t.is(showValue(trap), '?')
  t.is(showValue([[[[1]]]]), '[[[[…]]]]')
  t.is(showValue('x'.repeat(100), 10), 'xxxxxxxxx…')
  t.is(showValue(Array(100).fill(1)), `[${'1, '.repeat(16)}…]`)
  t.is(showValue([Math.max, () => 1]), '[function max, function]')
  t.is(showArguments([3, 'a']), '3, "a"')
  t.is(showArguments(undefined), '')
})

test('json: what JSON cannot say becomes text', (t) => {
  const value = {
    big: 12n,
    nan: Number.NaN,
    loop,
    map: new Map([[1, 2n]]),
    words: new Int32Array(2),
    error: new RangeError('far'),
    undefined: undefined,
    trap,
    list: [undefined],
    call: Math.max,
    symbol: Symbol('s'),
  }
  t.deepEqual(JSON.parse(toJson(value)), {
    big: '12n',
    nan: 'NaN',
    loop: { a: 1, self: '[circular]' },
    map: [[1, '2n']],
    words: [0, 0],
    error: { name: 'RangeError', message: 'far' },
    trap: '[unreadable: no]',
    list: [null],
    call: '[function]',
    symbol: 'Symbol(s)',
  })
})
