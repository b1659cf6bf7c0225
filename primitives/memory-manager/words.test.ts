// The bits of a manager's words, its tokens and memory classes, against the tables of the specification.

import test from 'ava'
import { BadArgumentError } from '../errors.js'
import { countedLow } from './counted-slot-list.js'
import {
  DIRTY,
  hasReader,
  hasWriter,
  isHeld,
  keepsReadersOut,
  POISONED,
  pendingFieldOf,
  pendingOf,
  readerBitOf,
  readersOf,
  SLEEPERS,
  withoutPending,
  withoutWriter,
  writerFieldOf,
  writerOf,
} from './lock-word.js'
import { memoryClassCode, memoryClassOf } from './memory-class.js'
import { FILLING, FREE, GENERATION_MAX, generationAfter, generationOf, isFree, isReady, READY, slotOwnerOf, slotStateOf, slotWordOf } from './slot-word.js'
import { INVALID_TOKEN, tokenGenerationOf, tokenOf, tokenSlotOf } from './token.js'

test('slot word: state, owner and generation are kept apart', (t) => {
  for (const state of [FREE, FILLING, READY]) {
    for (const owner of [0, 15]) {
      for (const generation of [0, 1, GENERATION_MAX]) {
        const word = slotWordOf(state, owner, generation)
        t.is(word, word | 0)
        t.is(word >>> 0, generation * 128 + owner * 4 + state)
        t.deepEqual([slotStateOf(word), slotOwnerOf(word), generationOf(word)], [state, owner, generation])
        t.is(isFree(word), state === FREE)
        t.is(isReady(word), state === READY)
      }
    }
  }
})

test('slot word: the generation after the largest is 1', (t) => {
  t.is(GENERATION_MAX, 33_554_431)
  t.is(generationAfter(0), 1)
  t.is(generationAfter(GENERATION_MAX), 1)
})

test('lock word: readers are a set; writer and pending writer have names', (t) => {
  const lock = readerBitOf(0) | readerBitOf(15) | writerFieldOf(15) | pendingFieldOf(3) | DIRTY | POISONED | SLEEPERS
  t.is(lock, 1 | (1 << 15) | (16 << 16) | (4 << 21) | (1 << 26) | (1 << 27) | (1 << 28))
  t.true(lock > 0)
  t.deepEqual(readersOf(lock), [0, 15])
  t.is(writerOf(lock), 15)
  t.is(pendingOf(lock), 3)
  t.true(hasReader(lock, 15))
  t.false(hasReader(lock, 1))
  t.true(hasWriter(lock, 15))
  t.false(hasWriter(lock, 0))
  t.is(writerOf(withoutWriter(lock)), undefined)
  t.is(pendingOf(withoutPending(lock)), undefined)
  t.is(withoutPending(withoutWriter(lock)), 1 | (1 << 15) | DIRTY | POISONED | SLEEPERS)
  t.is(writerOf(0), undefined)
  t.is(pendingOf(0), undefined)
})

test('lock word: marks alone hold nobody up', (t) => {
  const marks = DIRTY | POISONED | SLEEPERS
  t.false(isHeld(marks))
  t.false(keepsReadersOut(marks))
  t.true(isHeld(readerBitOf(2)))
  t.false(keepsReadersOut(readerBitOf(2)))
  t.false(isHeld(pendingFieldOf(0)))
  t.true(keepsReadersOut(pendingFieldOf(0)))
  t.true(keepsReadersOut(writerFieldOf(0)))
})

test('head: 16 bits of slot below 16 bits of count', (t) => {
  t.is(countedLow(-1, 0), 0xffff)
  t.is(countedLow(0, 65_534) >>> 0, 65_534 * 65_536)
  t.is(countedLow(65_533, 1), 65_536 + 65_533)
})

test('token: generation * 65536 + slot; none is 0', (t) => {
  t.is(Number(INVALID_TOKEN), 0)
  t.is(Number(tokenOf(0, 1)), 65_536)
  const last = tokenOf(65_533, GENERATION_MAX)
  t.true(Number.isSafeInteger(last))
  t.is(tokenSlotOf(last), 65_533)
  t.is(tokenGenerationOf(last), GENERATION_MAX)
})

test('memory class: each has its code, and no other code is one', (t) => {
  for (const [memoryClass, code] of [
    ['host', 0],
    ['pinned-host', 1],
    ['shared', 2],
    [{ device: 0 }, 256],
    [{ device: 255 }, 511],
  ] as const) {
    t.is(memoryClassCode('memoryClass', memoryClass), code)
    t.deepEqual(memoryClassOf(code), memoryClass)
  }
  for (const code of [-1, 3, 255, 512]) t.is(memoryClassOf(code), undefined)
  for (const bad of ['gpu', 0, null, undefined, {}, { device: 256 }, { device: -1 }, { device: 0.5 }])
    t.throws(() => memoryClassCode('memoryClass', bad), { instanceOf: BadArgumentError, code: 'BAD_ARGUMENT' })
})
