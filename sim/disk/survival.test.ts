import test from 'ava'
import { askAnswers, type Decision, givenAnswers, MODE_LABEL, MODES, type Mode } from './survival.js'

const DECISIONS: readonly Decision[] = [
  { bound: 2, label: 'creation of /a' },
  { bound: 3, label: 'size of /a' },
  { bound: 2, label: 'sector 0 of /a' },
]

/** The answers to all decisions, and what was asked. */
function answer(mode: Mode, details: number[], decisions = DECISIONS) {
  const asked: string[] = []
  const script = [MODES.indexOf(mode), ...details]
  const answers = askAnswers(decisions, (bound, label) => {
    asked.push(`${label} of ${bound}`)
    return script.shift() as number
  })
  return { answers: decisions.map((_, index) => answers(index)), asked: asked.slice(1), first: asked[0] }
}

test('survival: a mode is asked for first', (t) => {
  t.is(answer('everything', []).first, `${MODE_LABEL} of 5`)
  t.deepEqual(answer('everything', []), { answers: [1, 2, 1], asked: [], first: `${MODE_LABEL} of 5` })
  t.deepEqual(answer('nothing', []).answers, [0, 0, 0])
  t.deepEqual(answer('nothing', []).asked, [])
})

test('survival: any subset asks for each', (t) => {
  t.deepEqual(answer('any subset', [1, 0, 1]).answers, [1, 0, 1])
  t.deepEqual(answer('any subset', [1, 2, 0]).asked, ['creation of /a of 2', 'size of /a of 3', 'sector 0 of /a of 2'])
})

test('survival: everything but one loses one, wholly or in part', (t) => {
  t.deepEqual(answer('everything but one', [0]).answers, [0, 2, 1])
  t.deepEqual(answer('everything but one', [1, 0]).answers, [1, 0, 1])
  t.deepEqual(answer('everything but one', [1, 1]).answers, [1, 1, 1])
  t.deepEqual(answer('everything but one', [2]).asked, ['the one that is lost of 3'])
})

test('survival: only one keeps one, wholly or in part', (t) => {
  t.deepEqual(answer('only one', [0]).answers, [1, 0, 0])
  t.deepEqual(answer('only one', [1, 0]).answers, [0, 1, 0])
  t.deepEqual(answer('only one', [1, 1]).answers, [0, 2, 0])
  t.deepEqual(answer('only one', [2]).asked, ['the only one that survives of 3'])
})

test('survival: with one decision there is no mode, with none nothing is asked', (t) => {
  const asked: string[] = []
  const choose = (bound: number, label: string) => asked.push(`${label} of ${bound}`) && 1
  t.is(askAnswers(DECISIONS.slice(1, 2), choose)(0), 1)
  askAnswers([], choose)
  t.deepEqual(asked, ['size of /a of 3'])
})

test('survival: answers that are given must fit', (t) => {
  t.is(givenAnswers(DECISIONS, [1, 2, 0])(1), 2)
  t.throws(() => givenAnswers(DECISIONS, [1, 2]), { message: 'expected 3 answers, got 2' })
  t.throws(() => givenAnswers(DECISIONS, [1, 3, 0]), { message: 'expected 0 to 2 for size of /a, got 3' })
  t.throws(() => givenAnswers(DECISIONS, [1, 0.5, 0]), { message: 'expected 0 to 2 for size of /a, got 0.5' })
  t.throws(() => givenAnswers(DECISIONS, [-1, 0, 0]), { message: 'expected 0 to 1 for creation of /a, got -1' })
})
