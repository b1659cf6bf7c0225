import test from 'ava'
import { WordPair } from '../word-pair.js'
import {
  ACTIVE,
  activeStatus,
  COUNTER_MAX,
  counterOf,
  EXPIRED,
  EXPIRY_MS_MAX,
  expiryOf,
  FENCED,
  GENERATION_MAX,
  generationOf,
  indexOf,
  leaseIdOf,
  leaseWord,
  referenceOf,
  referenceOfId,
  referenceTo,
  stateOf,
  statusOf,
  withCounter,
  withState,
} from './lease-word.js'

const pair = new WordPair()

test('lease word: the bits are those of the specification', (t) => {
  const word = leaseWord(pair, FENCED, 0xabcd, 0x12_3456_789a)
  t.is(BigInt.asUintN(64, word), 0xabcd_a012_3456_789an)
})

test('lease word: state, generation and expiry come back, up to their last values', (t) => {
  for (const state of [ACTIVE, EXPIRED, FENCED] as const) {
    for (const generation of [1, 0x7fff, 0x8000, GENERATION_MAX]) {
      for (const expiryMs of [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, EXPIRY_MS_MAX]) {
        const word = leaseWord(pair, state, generation, expiryMs)
        const high = pair.high(word)
        t.deepEqual([stateOf(high), generationOf(high), expiryOf(pair.low(word), high)], [state, generation, expiryMs])
        t.is(statusOf(high) === activeStatus(generation), state === ACTIVE)
      }
    }
  }
})

test('lease word: another state leaves the rest as it is', (t) => {
  t.is(withState(pair, leaseWord(pair, ACTIVE, 9, EXPIRY_MS_MAX), EXPIRED), leaseWord(pair, EXPIRED, 9, EXPIRY_MS_MAX))
})

test('lease word: a reference takes bits 8 to 31 and names index and generation', (t) => {
  for (const [index, generation] of [
    [0, 1],
    [254, 0x8000],
    [7, 65_534],
  ] as const) {
    const reference = referenceTo(index, generation)
    t.is(reference >>> 0, generation * 65_536 + index * 256)
    t.deepEqual([indexOf(reference), generationOf(reference), referenceOf(reference | 0xff)], [index, generation, reference])
  }
})

test('lease word: a counter has 39 bits beside a reference', (t) => {
  const highBits = referenceTo(255, GENERATION_MAX) | 0x80
  for (const counter of [0, 1, 2 ** 31, 2 ** 32, 2 ** 38 + 5, COUNTER_MAX]) {
    const word = withCounter(pair, counter, highBits)
    t.is(counterOf(pair.low(word), pair.high(word)), counter)
    t.is(referenceOf(pair.high(word)), referenceTo(255, GENERATION_MAX))
    t.is(pair.high(word) & 0x80, 0x80)
  }
})

test('lease word: an id names a reference of its own fabric only', (t) => {
  const epochMs = 1_767_225_600_123
  for (const reference of [referenceTo(0, 1), referenceTo(254, 65_534), referenceTo(3, 0x8000)]) {
    const id = leaseIdOf(epochMs, reference)
    t.true(Number.isSafeInteger(id) && id < 2 ** 40)
    t.is(referenceOfId(epochMs, id), reference)
    t.is(referenceOfId(epochMs + 1, id), undefined)
  }
  const noGeneration = leaseIdOf(epochMs, referenceTo(3, 0))
  for (const bad of [noGeneration, -1, 0.5, Number.NaN, 2 ** 53, '1', undefined]) t.is(referenceOfId(epochMs, bad as number), undefined)
})
