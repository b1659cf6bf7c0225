import test from 'ava'
import { allocatedWord, freeWord, GENERATION_MAX, generationAfter, generationOf, isAllocated, isFreeWord, ownerOf } from './slot-word.js'

test('varslot slot word: state, owner and generation are kept apart', (t) => {
  for (const owner of [0, 1, 15, 128, 255]) {
    for (const generation of [1, 2, GENERATION_MAX - 1, GENERATION_MAX]) {
      const word = allocatedWord(owner, generation)
      t.is(word, word | 0)
      t.is(word >>> 0, 2 ** 31 + owner * 2 ** 23 + generation)
      t.true(isAllocated(word))
      t.is(ownerOf(word), owner)
      t.is(generationOf(word), generation)
      t.false(isFreeWord(word))
      t.is(generationOf(freeWord(generation)), generation)
      t.true(isFreeWord(freeWord(generation)))
      t.false(isAllocated(freeWord(generation)))
    }
  }
})

test('varslot slot word: after the largest generation comes 1, never 0', (t) => {
  t.is(generationAfter(0), 1)
  t.is(generationAfter(1), 2)
  t.is(generationAfter(8_388_607), 1)
})
