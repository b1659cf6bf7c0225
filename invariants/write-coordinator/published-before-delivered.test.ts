import test from 'ava'
import { publishedBeforeDelivered } from './published-before-delivered.js'
import { CommitStory, committed, Machine, viewOf } from './write-coordinator.test.kit.js'

/** Number 2 is published; on the board stands `onBoard`. */
function begin(onBoard = 2): CommitStory {
  const machine = new Machine().withBoard()
  Object.assign(machine.coordinator ?? {}, { commitSeqTip: 3, durableSeq: 3, publishedSeq: 2 })
  if (machine.board !== undefined) machine.board.value = onBoard
  return new CommitStory(publishedBeforeDelivered<Machine>(viewOf), machine)
}

test('published-before-delivered: results of what is published', (t) => {
  const story = begin().flush(0, committed(1, 5), committed(2, 6)).call(0, 'takeResult', [1], committed(1, 5))
  t.is(story.call(0, 'submitAndCommit', [], committed(2, 6)).call(0, 'validate', [], committed(3, 7)).message, undefined)
})

test('published-before-delivered: what is not published is found', (t) => {
  t.is(begin().flush(0, committed(3, 7)).message, 'flushBatch handed out number 3 of transaction 7 as committed, but publishedSeq is 2')
  t.is(begin().call(0, 'takeResult', [3], committed(3, 7)).message, 'takeResult handed out number 3 of transaction 7 as committed, but publishedSeq is 2')
})

test('published-before-delivered: what is not on the board is found', (t) => {
  t.is(begin(1).flush(0, committed(2, 6)).message, 'flushBatch handed out number 2 of transaction 6 as committed, but the board says 1')
})

test('published-before-delivered: other results need not be', (t) => {
  t.is(begin().flush(0, { submitterId: 0, txnId: 7, kind: 'outcome-unknown', commitSeq: 3 }).message, undefined)
})
