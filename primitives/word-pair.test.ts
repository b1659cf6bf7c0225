import test from 'ava'
import { WordPair } from './word-pair.js'

test('word pair: halves are those of the 64-bit word, signed', (t) => {
  const pair = new WordPair()
  const word = BigInt.asIntN(64, 0x8000_0001_ffff_ffffn)
  t.is(pair.low(word), -1)
  t.is(pair.high(word), -0x7fff_ffff)
  t.is(pair.low(7n), 7)
  t.is(pair.high(7n), 0)
})

test('word pair: what one pair was asked for does not show in another', (t) => {
  const one = new WordPair()
  const other = new WordPair()
  const words = [one.join(1, 2), other.join(3, 4), one.join(5, 6)]
  t.deepEqual(
    words.map((word) => [other.low(word), one.high(word)]),
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  )
})

test('word pair: join is the inverse of low and high, modulo 2^32', (t) => {
  const pair = new WordPair()
  for (const low of [0, 1, -1, 0x7fff_ffff, -0x8000_0000]) {
    for (const high of [0, 1, -1, 0x7fff_ffff, -0x8000_0000]) {
      const word = pair.join(low, high)
      t.is(word, BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt.asUintN(32, BigInt(low))))
      t.deepEqual([pair.low(word), pair.high(word)], [low, high])
    }
  }
  t.is(pair.high(pair.join(0, 0xffff_ffff + 1)), 0)
})
