import test from 'ava'
import { WordPair } from '../word-pair.js'
import { referenceTo } from './lease-word.js'
import { closedWord, isClosedWord, openWord, senderOf, VERSION_MAX, versionOf } from './watch-word.js'

const pair = new WordPair()

test('watch word: version, sender and CLOSED do not touch each other', (t) => {
  for (const sender of [referenceTo(0, 1), referenceTo(254, 0xfffe)]) {
    for (const version of [0, 1, 2 ** 31, 2 ** 32, VERSION_MAX]) {
      const open = openWord(pair, sender, version)
      for (const [word, closed] of [
        [open, false],
        [closedWord(pair, open), true],
      ] as const) {
        const high = pair.high(word)
        t.deepEqual([versionOf(pair.low(word), high), senderOf(high), isClosedWord(high)], [version, sender, closed])
      }
    }
  }
})

test('watch word: the bits are where the layout says', (t) => {
  t.is(closedWord(pair, openWord(pair, referenceTo(5, 3), 2 ** 32 + 7)), (BigInt((3 << 16) | (5 << 8) | 0x80 | 1) << 32n) | 7n)
})
