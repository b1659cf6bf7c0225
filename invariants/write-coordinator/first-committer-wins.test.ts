import test from 'ava'
import { firstCommitterWins } from './first-committer-wins.js'
import { CommitStory, committed, type Machine, submissionOf, viewOf } from './write-coordinator.test.kit.js'

const begin = () => new CommitStory(firstCommitterWins<Machine>(viewOf))

/** Two transactions that write page 1; the second begins at `beginSeq`. */
function two(beginSeq: number): CommitStory {
  return begin().submit(0, submissionOf(5), 1).submit(1, submissionOf(6, { beginSeq }), 2)
}

const FOUND = 'page 1: transaction 6 began at 0 and committed as number 2, but 5 had written the page as number 1'

test('first-committer-wins: the second has seen what the first wrote', (t) => {
  t.is(two(1).flush(2, committed(1, 5), committed(2, 6)).end().message, undefined)
})

test('first-committer-wins: a lost update is found', (t) => {
  t.is(two(0).flush(2, committed(1, 5), committed(2, 6)).end().message, FOUND)
})

test('first-committer-wins: other pages are no matter', (t) => {
  const story = begin()
    .submit(0, submissionOf(5, { writePages: [1, 3] }), 1)
    .submit(1, submissionOf(6, { writePages: [2, 4] }), 2)
  t.is(story.flush(2, committed(1, 5), committed(2, 6)).end().message, undefined)
})

test('first-committer-wins: what did not commit is no matter, what is durable did', (t) => {
  t.is(two(0).flush(2, committed(1, 5)).end().message, undefined)
  const story = two(0)
  if (story.machine.coordinator !== undefined) story.machine.coordinator.durableSeq = 2
  t.is(story.end().message, FOUND)
})

test('first-committer-wins: an index that a restart forgot is found', (t) => {
  const story = begin().submit(0, submissionOf(5), 1).flush(1, committed(1, 5)).powerFailure()
  story.machine.recovered(5)
  t.is(story.submit(0, submissionOf(6), 2).flush(1, committed(2, 6)).end().message, FOUND)
})

test('first-committer-wins: a number that a power failure took is given again', (t) => {
  const story = begin().submit(0, submissionOf(5), 1).powerFailure()
  story.machine.recovered()
  t.is(story.submit(0, submissionOf(6), 1).flush(1, committed(1, 6)).end().message, undefined)
})

test('first-committer-wins: what submitAndCommit committed counts, also if nobody was told its number', (t) => {
  const told = begin()
    .call(0, 'submitAndCommit', [submissionOf(5), 0n], committed(1, 5))
    .submit(1, submissionOf(6), 2)
  t.is(told.flush(2, committed(2, 6)).end().message, FOUND)
  const story = begin()
    .tell('invoke', 0, 'submitAndCommit', [submissionOf(5), 0n])
    .powerFailure()
  story.machine.recovered(5)
  t.is(story.submit(1, submissionOf(6), 2).flush(2, committed(2, 6)).end().message, FOUND)
})

test('first-committer-wins: what a recovery found counts, also if nothing was called after it', (t) => {
  const story = begin()
    .tell('invoke', 0, 'submitAndCommit', [submissionOf(5), 0n])
    .submit(1, submissionOf(6), 2)
    .powerFailure()
  story.machine.recovered(5, 6)
  t.is(story.end().message, FOUND)
})
