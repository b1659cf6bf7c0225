import test from 'ava'
import { shutdownEndsAllocation } from './shutdown-ends-allocation.js'
import { CommitStory, committed, type Machine, submissionOf, viewOf } from './write-coordinator.test.kit.js'

/** Number 1 is pending at the shutdown. */
const shut = () => new CommitStory(shutdownEndsAllocation<Machine>(viewOf)).submit(0, submissionOf(5), 1).call(1, 'initiateShutdown', [])

test('shutdown-ends-allocation: what was pending commits', (t) => {
  const story = shut().tell('invoke', 2, 'flushBatch', [])
  if (story.machine.coordinator !== undefined) story.machine.coordinator.durableSeq = 1
  t.is(
    story
      .tell('return', 2, 'flushBatch', [committed(1, 5)])
      .call(1, 'initiateShutdown', [])
      .flush(2).message,
    undefined,
  )
})

test('shutdown-ends-allocation: a number that is given afterwards is found', (t) => {
  t.is(shut().submit(0, submissionOf(6), 2).message, 'the tip went from 1 to 2 after initiateShutdown')
})

test('shutdown-ends-allocation: a flush that leaves out what was pending is found', (t) => {
  t.is(shut().flush(2).message, 'number 1, pending at initiateShutdown, was not committed by flushBatch')
})

test('shutdown-ends-allocation: a flush that began before, or was kept from it, need not commit it', (t) => {
  const story = new CommitStory(shutdownEndsAllocation<Machine>(viewOf))
    .tell('invoke', 2, 'flushBatch', [])
    .submit(0, submissionOf(5), 1)
    .call(1, 'initiateShutdown', [])
  t.is(story.tell('return', 2, 'flushBatch', []).throws(2, 'flushBatch', [], 'WC_BUSY').throws(2, 'fsync1', [], 'WC_FAILED').message, undefined)
})

test('shutdown-ends-allocation: a result that is no commit is found', (t) => {
  const unknown = { submitterId: 0, txnId: 5, kind: 'outcome-unknown', commitSeq: 1 }
  t.is(shut().call(0, 'takeResult', [1], unknown).message, 'number 1, pending at initiateShutdown, ended as outcome-unknown')
  const failed = shut()
  if (failed.machine.coordinator !== undefined) failed.machine.coordinator.state = 'failed'
  t.is(failed.call(0, 'takeResult', [1], unknown).message, undefined)
})

test('shutdown-ends-allocation: a flush that is refused is found', (t) => {
  t.is(shut().throws(0, 'fsync1', [], 'WC_SHUTTING_DOWN').message, 'after initiateShutdown, fsync1 threw WC_SHUTTING_DOWN')
})

test('shutdown-ends-allocation: a coordinator that was recovered is open again', (t) => {
  const story = shut().powerFailure()
  story.machine.recovered()
  t.is(story.submit(0, submissionOf(6), 1).submit(0, submissionOf(7), 2).message, undefined)
})
