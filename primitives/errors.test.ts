import test from 'ava'
import { BadArgumentError, BadLayoutError, CorruptStateError, PeerStateError, PrimitiveError, ReleasedError, show } from './errors.js'

test('errors: every class has its name, its code and what it is about', (t) => {
  const errors = [
    new BadArgumentError('size', -1, 'an integer from 0 to 7'),
    new BadLayoutError('expected magic 1, got 2'),
    new ReleasedError('the guard'),
    new PeerStateError(3, 'dead', 'LIVE'),
    new CorruptStateError('expected 0, got 1'),
  ]
  t.deepEqual(
    errors.map((error) => [error.name, error.code, error.message]),
    [
      ['BadArgumentError', 'BAD_ARGUMENT', 'expected size to be an integer from 0 to 7, got -1'],
      ['BadLayoutError', 'BAD_LAYOUT', 'expected magic 1, got 2'],
      ['ReleasedError', 'RELEASED', 'expected the guard to be open, got one that was released'],
      ['PeerStateError', 'PEER_STATE', 'expected peer 3 to be LIVE, got it DEAD'],
      ['CorruptStateError', 'CORRUPT_STATE', 'expected 0, got 1'],
    ],
  )
  for (const error of errors) {
    t.true(error instanceof PrimitiveError)
    t.true(error instanceof Error)
  }
})

test('errors: any value can be shown, and none throws', (t) => {
  const bare = Object.create(null) as unknown
  const values = [1, -0.5, Number.NaN, 'a', 'x'.repeat(50), 7n, null, undefined, true, Symbol('s'), () => 1, {}, bare, [1, 2]]
  t.deepEqual(values.map(show), [
    '1',
    '-0.5',
    'NaN',
    '"a"',
    `"${'x'.repeat(40)}…"`,
    '7n',
    'null',
    'undefined',
    'true',
    'Symbol(s)',
    'a function',
    'an object',
    'an object',
    'an array of 2',
  ])
})
