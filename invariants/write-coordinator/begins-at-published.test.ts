import test from 'ava'
import { beginsAtPublished } from './begins-at-published.js'
import { CommitStory, committed, type Machine, submissionOf, viewOf } from './write-coordinator.test.kit.js'

/** Number 1 is given to transaction 5, and nothing more. */
function begin() {
  const story = new CommitStory(beginsAtPublished<Machine>(viewOf))
  const submission = story.machine.submission(5)
  return { story: story.submit(0, submission, 1), submission, next: submissionOf(6, { beginSeq: 1 }) }
}

const FOUND = 'transaction 6 was accepted with beginSeq 1, but only numbers up to 0 were published'

test('begins-at-published: a snapshot that was published', (t) => {
  const { story, submission, next } = begin()
  story.tell('invoke', 1, 'flushBatch', []).do((machine) => machine.commit(submission).publish())
  t.is(story.tell('return', 1, 'flushBatch', [committed(1, 5)]).submit(0, next, 2).message, undefined)
})

test('begins-at-published: a snapshot of what is pending is found, whatever the coordinator says', (t) => {
  const { story, next } = begin()
  Object.assign(story.machine.coordinator ?? {}, { durableSeq: 1, publishedSeq: 1 })
  t.is(story.submit(0, next, 2).message, FOUND)
})

test('begins-at-published: a snapshot of what is durable and not published is found', (t) => {
  const { story, submission, next } = begin()
  story.call(1, 'fsync1', []).tell('invoke', 1, 'appendMarkersAndFsync2', [])
  story.do((machine) => machine.commit(submission).publish()).tell('return', 1, 'appendMarkersAndFsync2', [])
  t.is(story.submit(0, next, 2).message, FOUND)
  const honest = begin()
  honest.story.tell('invoke', 1, 'flushBatch', []).do((machine) => machine.commit(honest.submission))
  t.is(honest.story.submit(0, honest.next, 2).message, FOUND)
})

test('begins-at-published: a snapshot of the future is found', (t) => {
  const { story } = begin()
  t.is(
    story.submit(0, submissionOf(6, { beginSeq: 1001 }), 2).message,
    'transaction 6 was accepted with beginSeq 1001, but only numbers up to 0 were published',
  )
})

test('begins-at-published: what was refused, or only validated, is no matter', (t) => {
  const { story, next } = begin()
  const result = { submitterId: 0, txnId: 6, kind: 'batch-full' }
  t.is(story.call(0, 'submit', [next, 0n], { ok: false, result }).call(0, 'validate', [next]).throws(0, 'submit', [next, 0n], 'X').message, undefined)
})

test('begins-at-published: reads that are accepted count', (t) => {
  const { story, next } = begin()
  t.is(story.submitReadOnly(0, next).message, FOUND)
})

test('begins-at-published: submitAndCommit accepts when it is called', (t) => {
  const { story, submission, next } = begin()
  story.tell('invoke', 1, 'submitAndCommit', [next, 0n]).do((machine) => machine.commit(submission, machine.submission(6)).publish())
  t.is(story.tell('return', 1, 'submitAndCommit', committed(2, 6)).message, FOUND)
})

test('begins-at-published: what a recovery counts is published', (t) => {
  const { story, submission, next } = begin()
  story.do((machine) => machine.commit(submission)).powerFailure()
  story.machine.recovered(5)
  t.is(story.submit(0, next, 2).message, undefined)
})
