import test from 'ava'
import { WordPair } from '../word-pair.js'
import { NOBODY, referenceOf, referenceTo } from './lease-word.js'
import { ATTEMPT_MAX, attemptOf, DONE, EMPTY, onceWord, RUNNING, stateOf } from './once-word.js'

const pair = new WordPair()

test('once word: state, runner and attempt do not touch each other', (t) => {
  for (const state of [EMPTY, RUNNING, DONE] as const) {
    for (const runner of [NOBODY, referenceTo(0, 1), referenceTo(254, 0xfffe)]) {
      for (const attempt of [0, 1, 2 ** 31, ATTEMPT_MAX]) {
        const word = onceWord(pair, state, runner, attempt)
        const high = pair.high(word)
        t.deepEqual([stateOf(high), referenceOf(high), attemptOf(pair.low(word))], [state, runner, attempt])
      }
    }
  }
})

test('once word: the bits are where the layout says', (t) => {
  t.is(onceWord(pair, DONE, referenceTo(5, 3), 7), (BigInt((3 << 16) | (5 << 8) | 2) << 32n) | 7n)
})
