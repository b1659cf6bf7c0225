import test from 'ava'
import { INTENT_ALLOC, INTENT_FREE, INTENT_NONE, INTENT_RECOVER, intentClassOf, intentKindOf, intentNames, intentSlotOf, intentWord } from './slot-intent.js'

test('slot intent: kind, class and slot are kept apart', (t) => {
  for (const [kind, text] of [
    [INTENT_ALLOC, 'alloc'],
    [INTENT_FREE, 'free'],
    [INTENT_RECOVER, 'recover'],
  ] as const) {
    for (const classIdx of [0, 1, 62]) {
      for (const slotIdx of [0, 1, 2 ** 24 - 2]) {
        const word = intentWord(kind, classIdx, slotIdx)
        t.is(word, word | 0)
        t.is(word >>> 0, kind * 2 ** 30 + classIdx * 2 ** 24 + slotIdx)
        t.is(intentKindOf(word), text)
        t.is(intentClassOf(word), classIdx)
        t.is(intentSlotOf(word), slotIdx)
        t.true(intentNames(word, classIdx, slotIdx))
        t.false(intentNames(word, classIdx, slotIdx + 1))
        t.false(intentNames(word, classIdx + 1, slotIdx))
      }
    }
  }
  t.is(intentKindOf(INTENT_NONE), undefined)
  t.false(intentNames(INTENT_NONE, 0, 0))
})
