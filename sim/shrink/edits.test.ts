import test from 'ava'
import fc from 'fast-check'
import { CLOCK_ID, CRASHER_ID, POWER_ID } from '../actor.js'
import { POWER_AT_END_LABEL, VICTIM_LABEL } from '../environment.js'
import { firstSteps, joinedBefore, mutated, shortened, stepsOf, withFaultEarlier, withoutActor, withoutFault, withoutSegments, withoutSwitch } from './edits.js'
import { isEnvironment, type Schedule } from './schedule.js'

/** `0:2 1:5` is peer 0 up to its second step, then peer 1 up to its fifth; `28` is a step of the clock. */
function schedule(text: string): Schedule {
  const segments = text.split(' ').map((word) => {
    const [actor, until = 1] = word.split(':').map(Number) as [number, number?]
    return { actor, until, answers: [] }
  })
  return { segments, answers: [] }
}

function told({ segments }: Schedule): string {
  return segments.map(({ actor, until }) => (isEnvironment(actor) ? String(actor) : `${actor}:${until}`)).join(' ')
}

test('edits: what is left out of a peer comes with its next segment', (t) => {
  t.is(told(withoutSegments(schedule('0:2 1:1 0:5 1:4'), 0, 1)), '1:1 0:5 1:4')
  t.is(told(withoutSegments(schedule('0:2 1:1 0:5 1:4'), 1, 3)), '0:2 1:4')
})

test('edits: two segments of one peer as one', (t) => {
  t.is(told(joinedBefore(schedule('0:2 1:1 0:5 1:4'), 2) as Schedule), '0:5 1:1 1:4')
  t.is(joinedBefore(schedule('0:2 1:1'), 1), undefined)
  t.is(joinedBefore(schedule(`0:2 ${CLOCK_ID} 1:1 ${CLOCK_ID}`), 3), undefined)
})

test('edits: who was interrupted goes on', (t) => {
  t.is(told(withoutSwitch(schedule('0:2 1:1 0:5 1:4'), 1)), '0:5 1:1 1:4')
  t.is(told(withoutSwitch(schedule('0:2 1:1 1:4'), 1)), '0:2 1:4')
})

test('edits: a segment loses steps, and the later ones of its peer stay as long as they are', (t) => {
  const edited = shortened(schedule('0:5 1:1 0:8 1:4 0:9'), 0, 3)
  t.is(told(edited), '0:2 1:1 0:5 1:4 0:6')
  t.deepEqual(
    edited.segments.map((_, index) => stepsOf(edited, index)),
    [2, 1, 3, 3, 1],
  )
})

test('edits: the first steps, whoever takes them', (t) => {
  const whole = schedule(`0:2 1:3 ${CLOCK_ID} 0:5`)
  t.deepEqual(
    [0, 1, 2, 4, 5, 6, 7, 9, 99].map((steps) => told(firstSteps(whole, steps))),
    ['', '0:1', '0:2', '0:2 1:2', '0:2 1:3', `0:2 1:3 ${CLOCK_ID}`, `0:2 1:3 ${CLOCK_ID} 0:3`, told(whole), told(whole)],
  )
})

test('edits: without a power failure there is none after the end either', (t) => {
  const atEnd = { label: POWER_AT_END_LABEL, value: 1 }
  const { segments } = schedule(`0:2 ${POWER_ID} 0:3 ${CLOCK_ID}`)
  for (const without of [withoutFault({ segments, answers: [atEnd] }, 1), withoutActor({ segments, answers: [atEnd] }, POWER_ID)]) {
    t.is(told(without), `0:2 0:3 ${CLOCK_ID}`)
    t.deepEqual(without.answers, [{ ...atEnd, value: 0 }])
  }
  t.deepEqual(withoutFault({ segments, answers: [atEnd] }, 3).answers, [atEnd])
})

test('edits: a crash comes earlier, for any of the first few victims', (t) => {
  const victims = new Map<string, number[]>()
  for (const earlier of withFaultEarlier(schedule(`0:1 1:2 0:3 ${CRASHER_ID}`), 3)) {
    const { answers } = earlier.segments.find(({ actor }) => actor === CRASHER_ID) as Schedule['segments'][number]
    t.deepEqual(
      answers.map(({ label }) => label),
      [VICTIM_LABEL],
    )
    victims.set(told(earlier), [...(victims.get(told(earlier)) ?? []), answers[0]?.value as number])
  }
  const orders = [`0:1 1:2 ${CRASHER_ID} 0:3`, `0:1 ${CRASHER_ID} 1:2 0:3`, `${CRASHER_ID} 0:1 1:2 0:3`]
  t.deepEqual(
    [...victims],
    orders.map((order) => [order, [0, 1, 2, 3]]),
  )
})

test('edits: drawn at random, a segment ends after the one of its peer before and not after the next one, and at most one is missing', (t) => {
  const whole = schedule(`0:4 1:3 0:9 ${CLOCK_ID} 1:8 0:12`)
  const ends = new Set<string>()
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
      const { segments } = mutated(whole, (bound) => (numbers.next().value as number) % bound)
      t.true(segments.length >= whole.segments.length - 1)
      for (const peer of [0, 1]) {
        const untils = segments.filter(({ actor }) => actor === peer).map(({ until }) => until)
        t.true(untils.every((until, i) => until > (untils[i - 1] ?? 0) && until <= 12))
        ends.add(untils.join())
      }
    }),
    { numRuns: 3000, seed: 1 },
  )
  for (const reached of ['1,9,12', '8,9,12', '4,5,12', '4,11,12', '9,12', '7,8']) t.true(ends.has(reached), reached)
})
