import test from 'ava'
import { oneResultEach } from './one-result-each.js'
import { CommitStory, committed, type Machine, submissionOf, viewOf } from './write-coordinator.test.kit.js'

const begin = () => new CommitStory(oneResultEach<Machine>(viewOf))

/** Submitter 7's transaction 5 has number 1, submitter 8's transaction 6 number 2. */
const two = () =>
  begin()
    .submit(0, submissionOf(5, { submitterId: 7 }), 1)
    .submit(1, submissionOf(6, { submitterId: 8 }), 2)

test('one-result-each: by a flush, a drain, a take', (t) => {
  t.is(
    two()
      .flush(2, committed(1, 5, 7), committed(2, 6, 8))
      .end().message,
    undefined,
  )
  const story = two().call(2, 'drainCommitted', [], [committed(1, 5, 7)])
  t.is(
    story
      .call(1, 'takeResult', [2], committed(2, 6, 8))
      .call(1, 'takeResult', [2])
      .end().message,
    undefined,
  )
})

test('one-result-each: submitAndCommit returns its own, and others stay for a drain', (t) => {
  const story = begin()
    .submit(0, submissionOf(5, { submitterId: 7 }), 1)
    .call(1, 'submitAndCommit', [submissionOf(6, { submitterId: 8 }), 0n], committed(2, 6, 8))
  t.is(story.flush(2, committed(1, 5, 7)).end().message, undefined)
})

test('one-result-each: a result that is missing is found at the end', (t) => {
  t.is(
    two()
      .flush(2, committed(2, 6, 8))
      .end().message,
    'nobody was handed a result of number 1, which transaction 5 was given',
  )
})

test('one-result-each: a result that comes twice is found', (t) => {
  const story = two().flush(2, committed(1, 5, 7))
  t.is(story.call(0, 'takeResult', [1], committed(1, 5, 7)).message, 'takeResult handed out a result of number 1 of transaction 5, which was handed out before')
})

test('one-result-each: the result of another is found', (t) => {
  t.is(two().call(0, 'takeResult', [1], committed(2, 6, 8)).message, 'takeResult of number 1 handed out that of 2')
  const swallowed = two().call(1, 'submitAndCommit', [submissionOf(9), 0n], committed(2, 6, 8))
  t.is(swallowed.message, 'submitAndCommit of transaction 9 handed out the result of 6')
})

test('one-result-each: a result that names somebody else is found', (t) => {
  const told = 'flushBatch handed out a result of number 1 to transaction'
  t.is(two().flush(2, committed(1, 6, 7)).message, `${told} 6 of submitter 7, but 5 of submitter 7 was given it`)
  t.is(two().flush(2, committed(1, 5, 8)).message, `${told} 5 of submitter 8, but 5 of submitter 7 was given it`)
})

test('one-result-each: a result of what nobody was given is found', (t) => {
  t.is(two().flush(2, committed(3, 9)).message, 'flushBatch handed out a result of number 3 and transaction 9, which nobody was given')
})

test('one-result-each: an unknown outcome is for coordinators that have failed', (t) => {
  const unknown = { submitterId: 7, txnId: 5, kind: 'outcome-unknown', commitSeq: 1 }
  t.is(
    two().call(2, 'drainCommitted', [], [unknown]).message,
    'drainCommitted handed out a result of number 1 that says outcome-unknown, but the coordinator has not failed',
  )
  const failed = two()
  if (failed.machine.coordinator !== undefined) failed.machine.coordinator.state = 'failed'
  t.is(failed.call(2, 'drainCommitted', [], [unknown, { ...unknown, commitSeq: 2, txnId: 6, submitterId: 8 }]).end().message, undefined)
  t.is(two().flush(2, { ...unknown, kind: 'shutting-down' }).message, 'flushBatch handed out a result of number 1 that says shutting-down')
})

test('one-result-each: a submitAndCommit that fails may leave an unknown outcome', (t) => {
  const story = begin().throws(0, 'submitAndCommit', [submissionOf(5, { submitterId: 7 }), 0n], 'WC_FAILED')
  if (story.machine.coordinator !== undefined) story.machine.coordinator.state = 'failed'
  t.is(story.call(0, 'drainCommitted', [], [{ submitterId: 7, txnId: 5, kind: 'outcome-unknown', commitSeq: 1 }]).end().message, undefined)
  const refused = begin().throws(0, 'submitAndCommit', [submissionOf(5, { submitterId: 7 }), 0n], 'WC_BUSY')
  t.regex(refused.flush(0, committed(1, 5, 7)).message ?? '', /which nobody was given$/)
})

test('one-result-each: a number that is given twice is found', (t) => {
  t.is(two().submit(2, submissionOf(9), 2).message, 'number 2 was given to transaction 6 and to 9')
})

test('one-result-each: a coordinator that is gone owes nothing', (t) => {
  const story = two().powerFailure()
  t.is(story.end().message, undefined)
  const recovered = two().powerFailure()
  recovered.machine.recovered(5)
  t.is(recovered.submit(0, submissionOf(9), 2).flush(1, committed(2, 9)).end().message, undefined)
})

test('one-result-each: what a recovery tells of a submitAndCommit that the power cut off is no debt', (t) => {
  const story = begin()
    .tell('invoke', 0, 'submitAndCommit', [submissionOf(5), 0n])
    .powerFailure()
  story.machine.recovered(5)
  t.is(story.event(0, 'anything').end().message, undefined)
})

test('one-result-each: a duplicate is no result', (t) => {
  const story = two().call(0, 'submitAndCommit', [submissionOf(5), 0n], { submitterId: 0, txnId: 5, kind: 'duplicate', commitSeq: 1 })
  t.is(story.flush(2, committed(1, 5, 7), committed(2, 6, 8)).end().message, undefined)
})
