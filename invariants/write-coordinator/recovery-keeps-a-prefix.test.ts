import test from 'ava'
import type { Submission } from './coordinator-view.js'
import { recoveryKeepsAPrefix } from './recovery-keeps-a-prefix.js'
import { CommitStory, committed, type Machine, submissionOf, viewOf } from './write-coordinator.test.kit.js'

/** Transactions 5 and 6 have numbers 1 and 2; the first was delivered, and the markers of both are written. */
function begin(): CommitStory {
  const story = new CommitStory(recoveryKeepsAPrefix<Machine>(viewOf))
  const { machine } = story
  const [first, second] = [machine.submission(5), machine.submission(6)]
  story.submit(0, first, 1).submit(1, second, 2)
  story.do(() => machine.commit(first)).flush(2, committed(1, 5))
  return story.do(() => machine.proof(2, second).sync('capsules', 'proofs').marker())
}

test('recovery-keeps-a-prefix: with and without what was not synced', (t) => {
  t.is(
    begin()
      .powerFailure()
      .do((machine) => machine.recovered(5)).message,
    undefined,
  )
  t.is(
    begin()
      .powerFailure('markers')
      .do((machine) => machine.recovered(5, 6)).message,
    undefined,
  )
  t.is(new CommitStory(recoveryKeepsAPrefix<Machine>(viewOf)).powerFailure().do((machine) => machine.recovered()).message, undefined)
})

test('recovery-keeps-a-prefix: it is judged at the next event too', (t) => {
  const story = begin().powerFailure()
  story.machine.recovered()
  t.regex(story.event(0, 'anything').message ?? '', /^after recovery the tip is 0/)
})

test('recovery-keeps-a-prefix: a delivered commit that is lost is found', (t) => {
  const story = begin().powerFailure()
  story.do((machine) => machine.truncate('markers', 64).sync('markers').recovered())
  t.is(story.message, 'recovery lost number 1: transaction 5 was told that it is committed')
  const damaged = begin().powerFailure()
  damaged.do((machine) => {
    machine.append('markers', new Uint8Array(1), 70)
    machine.sync('markers').recovered()
  })
  t.is(damaged.message, 'recovery lost number 1: transaction 5 was told that it is committed, but the 64 bytes at 64 are no marker')
})

test('recovery-keeps-a-prefix: what an earlier recovery counted stays', (t) => {
  const story = begin().powerFailure('markers')
  story.do((machine) => machine.recovered(5, 6)).powerFailure()
  t.is(
    story.do((machine) => machine.truncate('markers', 128).sync('markers').recovered(5)).message,
    'recovery lost number 2: transaction 6 was told that it is committed',
  )
})

test('recovery-keeps-a-prefix: a number that nobody was given, or somebody else, is found', (t) => {
  const story = new CommitStory(recoveryKeepsAPrefix<Machine>(viewOf))
  const [first, second] = [story.machine.submission(5), story.machine.submission(6)]
  story.submit(0, first, 1).do((machine) => machine.commit(first, second))
  t.is(story.powerFailure().do((machine) => machine.recovered(5, 6)).message, 'recovery counts number 2 of transaction 6, which nobody was given')
  const swapped = new CommitStory(recoveryKeepsAPrefix<Machine>(viewOf))
  swapped.submit(0, swapped.machine.submission(5), 1).do((machine) => machine.commit(machine.submission(6)))
  t.is(swapped.powerFailure().do((machine) => machine.recovered(6)).message, 'recovery counts number 1 of transaction 6, but 5 was given it')
})

test('recovery-keeps-a-prefix: a marker that comes back behind a number that was given again is found', (t) => {
  const story = new CommitStory(recoveryKeepsAPrefix<Machine>(viewOf))
  const { machine } = story
  const [first, second, third, again] = [5, 6, 7, 8].map((txnId) => machine.submission(txnId)) as [Submission, Submission, Submission, Submission]
  story.submit(0, first, 1).submit(0, second, 2).submit(0, third, 3)
  machine.commit(first)
  const last = machine.lastMarker
  machine.proof(2, second).proof(3, third).sync('capsules', 'proofs').marker({ isLast: false }).marker({ isFirst: false })
  // Of the torn group, number 3 survives and number 2 does not. The file is not cut, and number 2 is given again, in front of number 3.
  story.powerFailure('markers')
  machine.append('markers', new Uint8Array(64), 128)
  t.is(story.do(() => machine.sync('markers').recovered(5)).message, undefined)
  story.submit(0, again, 2).do(() => machine.proof(2, again).sync('proofs').continueAfter(last).marker({ offset: 128 }).sync('markers'))
  t.is(story.powerFailure().do(() => machine.recovered(5, 8, 7)).message, 'after recovery the tip is 3, but the last durable number is 2')
})

test('recovery-keeps-a-prefix: a submitAndCommit that the power cut off may have its number', (t) => {
  const story = new CommitStory(recoveryKeepsAPrefix<Machine>(viewOf))
  const submission = story.machine.submission(5)
  story.tell('invoke', 0, 'submitAndCommit', [submission, 0n]).do((machine) => machine.commit(submission))
  t.is(story.powerFailure().do((machine) => machine.recovered(5)).message, undefined)
})

test('recovery-keeps-a-prefix: a coordinator that says something else is found', (t) => {
  const wrong = begin().powerFailure('markers')
  wrong.machine.recovered(5)
  t.is(wrong.step().message, 'after recovery the tip is 1, but the last durable number is 2')
  const torn = begin().powerFailure()
  torn.machine.recovered(5)
  Object.assign(torn.machine.coordinator ?? {}, { publishedSeq: 0 })
  t.is(torn.step().message, 'after recovery the tip is 1, durableSeq 1 and publishedSeq 0; expected them to be equal')
  const forgets = begin().powerFailure()
  forgets.machine.recovered(5).coordinator?.outcomes.delete(5)
  t.is(forgets.step().message, 'after recovery outcomeOf(5) is undefined, expected 1')
  const invents = begin().powerFailure()
  invents.machine.recovered(5).coordinator?.outcomes.set(6, 2)
  t.is(invents.step().message, 'after recovery outcomeOf(6) is 2, expected undefined')
})

test('recovery-keeps-a-prefix: outcomes that are not retained may be forgotten', (t) => {
  const story = begin().powerFailure('markers')
  story.machine.retainedOutcomes = 1
  story.machine.recovered(5, 6).coordinator?.outcomes.delete(5)
  t.is(story.step().message, undefined)
  const forgets = begin().powerFailure('markers')
  forgets.machine.retainedOutcomes = 1
  forgets.machine.recovered(5, 6).coordinator?.outcomes.delete(6)
  t.is(forgets.step().message, 'after recovery outcomeOf(6) is undefined, expected 2')
})

test('recovery-keeps-a-prefix: what is only in memory does not count, though reads show it', (t) => {
  const story = begin()
  story.machine.file('markers').loseUnsynced()
  t.is(story.do((machine) => machine.recovered(5, 6)).message, 'after recovery the tip is 2, but the last durable number is 1')
})

test('recovery-keeps-a-prefix: a number without a durable proof is found', (t) => {
  const story = new CommitStory(recoveryKeepsAPrefix<Machine>(viewOf))
  story.submit(0, submissionOf(5), 1).do((machine) => machine.marker().sync('markers'))
  t.is(story.powerFailure().do((machine) => machine.recovered(5)).message, 'recovery counts number 1, whose proof is not durable')
})
