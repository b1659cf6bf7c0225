import test from 'ava'
import { WordPair } from '../word-pair.js'
import { barrierWord, brokenWord, countOf, epochOf, isBroken, phaseAfter, phaseOf, referenceInSeat, seatOf } from './barrier-word.js'
import { referenceTo } from './lease-word.js'

const pair = new WordPair()

test('barrier word: phase, epoch and count do not touch each other', (t) => {
  for (const phase of [0, 1, 2 ** 31, 2 ** 32 - 1]) {
    for (const epoch of [0, 1, 2 ** 23 - 1]) {
      for (const count of [0, 1, 254]) {
        for (const broken of [false, true]) {
          const open = barrierWord(pair, phase, epoch, count)
          const word = broken ? brokenWord(pair, open) : open
          const high = pair.high(word)
          t.deepEqual([phaseOf(pair.low(word)), epochOf(high), countOf(high), isBroken(high)], [phase, epoch, count, broken])
        }
      }
    }
  }
})

test('barrier word: the bits are where the layout says', (t) => {
  t.is(barrierWord(pair, 7, 3, 2), (BigInt((3 << 9) | 2) << 32n) | 7n)
  t.is(brokenWord(pair, 0n), 0x100n << 32n)
})

test('barrier word: the phase wraps, and so does the epoch', (t) => {
  t.is(phaseAfter(2 ** 32 - 1), 0)
  t.is(epochOf(pair.high(barrierWord(pair, 0, 2 ** 23, 5))), 0)
  t.is(countOf(pair.high(barrierWord(pair, 0, 2 ** 23, 5))), 5)
})

test('barrier word: a seat names a session', (t) => {
  for (const reference of [referenceTo(0, 1), referenceTo(254, 0xfffe), referenceTo(3, 0x8000)]) t.is(referenceInSeat(seatOf(reference)), reference)
  t.is(seatOf(referenceTo(5, 2)), (2 << 8) + 5)
})
