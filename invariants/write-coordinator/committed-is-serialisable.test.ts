import test from 'ava'
import { committedIsSerialisable } from './committed-is-serialisable.js'
import { CommitStory, committed, type Machine, submissionOf, viewOf } from './write-coordinator.test.kit.js'

const begin = () => new CommitStory(committedIsSerialisable<Machine>(viewOf))

const skewed = () =>
  begin()
    .submit(0, submissionOf(5, { readPages: [1, 2], writePages: [1] }), 1)
    .submit(1, submissionOf(6, { readPages: [1, 2], writePages: [2] }), 2)

const FOUND = 'no serial order of the committed transactions does the same:'

test('committed-is-serialisable: one after the other', (t) => {
  const story = begin()
    .submit(0, submissionOf(5, { readPages: [1, 2], writePages: [1] }), 1)
    .submit(1, submissionOf(6, { beginSeq: 1, readPages: [1, 2], writePages: [2] }), 2)
  t.is(story.flush(2, committed(1, 5), committed(2, 6)).end().message, undefined)
})

test('committed-is-serialisable: write skew is found', (t) => {
  const story = skewed().flush(2, committed(1, 5), committed(2, 6))
  t.is(story.end().message, `${FOUND} 5 -rw of page 2-> 6 -rw of page 1-> 5`)
})

test('committed-is-serialisable: what did not commit is no matter', (t) => {
  t.is(skewed().flush(2, committed(1, 5)).end().message, undefined)
})

test('committed-is-serialisable: a reader that sees the later of two without the earlier is found', (t) => {
  // 5 reads what 6 overwrites, and 6 commits first; 7 sees 6, but not 5.
  const story = begin()
    .submit(1, submissionOf(6, { writePages: [2] }), 1)
    .flush(2, committed(1, 6))
    .submitReadOnly(3, submissionOf(7, { beginSeq: 1, readPages: [1, 2], writePages: [] }))
    .submit(0, submissionOf(5, { readPages: [2], writePages: [1] }), 2)
  t.is(story.flush(2, committed(2, 5)).end().message, `${FOUND} 7 -rw of page 1-> 5 -rw of page 2-> 6 -wr of page 2-> 7`)
})

test('committed-is-serialisable: a reader that was refused is no matter', (t) => {
  const refusal = { submitterId: 3, txnId: 7, kind: 'conflict-ssi' }
  const story = begin()
    .submit(1, submissionOf(6, { writePages: [2] }), 1)
    .flush(2, committed(1, 6))
    .call(3, 'submitReadOnly', [submissionOf(7, { beginSeq: 1, readPages: [1, 2], writePages: [] })], refusal)
    .submit(0, submissionOf(5, { readPages: [2], writePages: [1] }), 2)
  t.is(story.flush(2, committed(2, 5)).end().message, undefined)
})

test('committed-is-serialisable: edges that were declared count', (t) => {
  const story = begin()
    .submit(0, submissionOf(5, { writePages: [1], outEdges: [6] }), 1)
    .submit(1, submissionOf(6, { writePages: [2], inEdges: [5], outEdges: [5] }), 2)
  t.is(story.flush(2, committed(1, 5), committed(2, 6)).end().message, `${FOUND} 5 -rw, declared-> 6 -rw, declared-> 5`)
})

test('committed-is-serialisable: transactions of both sides of a power failure are one history', (t) => {
  const story = begin()
    .submit(0, submissionOf(5, { readPages: [1, 2], writePages: [1] }), 1)
    .flush(1, committed(1, 5))
    .powerFailure()
  story.machine.recovered(5)
  story.submit(0, submissionOf(6, { readPages: [1, 2], writePages: [2] }), 2).flush(1, committed(2, 6))
  t.is(story.end().message, `${FOUND} 5 -rw of page 2-> 6 -rw of page 1-> 5`)
})
