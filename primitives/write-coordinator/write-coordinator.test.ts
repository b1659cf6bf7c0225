// What a coordinator does when nothing fails: section 4 of the specification.

import test from 'ava'
import { docExampleOf } from '../examples/examples.test.kit.js'
import { CapsuleLog, CommitBoard, type CommitResult, type CommitSubmission, WriteCoordinator } from './public.js'
import { commitGroups, MemoryStorage, setUp } from './write-coordinator.test.kit.js'

const kinds = (results: readonly CommitResult[]) => results.map((result) => `${result.kind} ${result.txnId}`)

test('coordinator: the example in the doc comment runs', (t) => {
  const assert = (condition: boolean) => t.true(condition)
  const example = new Function('WriteCoordinator', 'CapsuleLog', 'storage', 'assert', docExampleOf('write-coordinator/write-coordinator.ts'))
  t.notThrows(() => example(WriteCoordinator, CapsuleLog, new MemoryStorage(), assert))
})

test('coordinator: a fresh one has given out nothing', (t) => {
  const { coordinator } = setUp(8, new MemoryStorage(), 41)
  t.like(coordinator, { mode: 'grouped', state: 'open', commitSeqTip: 41, durableSeq: 41, publishedSeq: 41, indexFloor: 41, pendingCount: 0, currentEpoch: 0 })
  t.deepEqual(coordinator.flushBatch(), [])
  t.is(coordinator.fsync1(), 0)
  t.deepEqual(coordinator.appendMarkersAndFsync2(), [])
  t.deepEqual(coordinator.drainCommitted(), [])
  t.is(coordinator.currentEpoch, 0)
  t.is(coordinator.outcomeOf(1), undefined)
  t.is(coordinator.takeResult(42), undefined)
})

test('coordinator: allocated, durable and published follow one another', (t) => {
  const { coordinator, submission, storage } = setUp()
  const seqs = () => [coordinator.commitSeqTip, coordinator.durableSeq, coordinator.publishedSeq, coordinator.pendingCount, coordinator.currentEpoch]
  t.deepEqual(coordinator.submit(submission(1), 5n), { ok: true, commitSeq: 1 })
  t.deepEqual(coordinator.submit(submission(2), 5n), { ok: true, commitSeq: 2 })
  t.deepEqual(seqs(), [2, 0, 0, 2, 0])
  t.is(coordinator.outcomeOf(1), undefined)
  storage.calls.length = 0
  t.is(coordinator.fsync1(), 2)
  t.deepEqual(storage.calls.splice(0), ['append proofs', 'sync capsules', 'sync proofs'])
  t.deepEqual(seqs(), [2, 0, 0, 2, 0])
  const markers = coordinator.appendMarkersAndFsync2()
  t.deepEqual(storage.calls.splice(0), ['append markers', 'sync markers'])
  t.deepEqual(
    markers.map((marker) => [marker.commitSeq, marker.epoch, marker.commitTimeUnixNs, marker.firstOfGroup, marker.lastOfGroup]),
    [
      [1, 1, 5n, true, false],
      [2, 1, 6n, false, true],
    ],
  )
  t.deepEqual(seqs(), [2, 2, 0, 2, 1])
  t.is(coordinator.outcomeOf(1), undefined)
  t.deepEqual(coordinator.drainCommitted(), [
    { kind: 'committed', submitterId: 1, txnId: 1, commitSeq: 1, commitTimeUnixNs: 5n },
    { kind: 'committed', submitterId: 2, txnId: 2, commitSeq: 2, commitTimeUnixNs: 6n },
  ])
  t.deepEqual(seqs(), [2, 2, 2, 0, 1])
  t.deepEqual([coordinator.outcomeOf(1), coordinator.outcomeOf(2), coordinator.outcomeOf(3)], [1, 2, undefined])
  t.deepEqual(storage.calls, [])
})

test('coordinator: a flush shares its syncs among all that are pending', (t) => {
  const { coordinator, submission, storage } = setUp()
  for (let txnId = 1; txnId <= 8; txnId++) coordinator.submit(submission(txnId), 0n)
  storage.calls.length = 0
  t.is(coordinator.flushBatch().length, 8)
  t.deepEqual(storage.calls, ['append proofs', 'sync capsules', 'sync proofs', 'append markers', 'sync markers'])
  t.is(coordinator.currentEpoch, 1)
})

test('coordinator: a group has one epoch, on both paths', (t) => {
  const { coordinator, submission } = setUp()
  coordinator.submitAndCommit(submission(1), 0n)
  coordinator.submit(submission(2), 0n)
  coordinator.fsync1()
  coordinator.submit(submission(3), 0n)
  // Only the second has its proof.
  t.deepEqual(
    coordinator.appendMarkersAndFsync2().map((marker) => [marker.commitSeq, marker.epoch]),
    [[2, 2]],
  )
  t.deepEqual(kinds(coordinator.flushBatch()), ['committed 2', 'committed 3'])
  t.is(coordinator.currentEpoch, 3)
})

test('coordinator: what is submitted in the middle of a flush waits for the next one', (t) => {
  // At each of the five storage calls of a flush.
  for (let at = 0; at < 5; at++) {
    const { coordinator, submission, storage } = setUp()
    coordinator.submit(submission(1), 0n)
    const late = submission(2)
    let index = 0
    storage.before = (operation) => {
      if (operation !== 'read' && index++ === at) t.deepEqual(coordinator.submit(late, 0n), { ok: true, commitSeq: 2 })
    }
    t.deepEqual(kinds(coordinator.flushBatch()), ['committed 1'])
    t.like(coordinator.inspect().pending[0], { txnId: 2, state: 'ALLOCATED' })
    t.deepEqual(kinds(coordinator.flushBatch()), ['committed 2'])
    const again = WriteCoordinator.recover('grouped', 8, storage)
    t.deepEqual([again.outcomeOf(1), again.outcomeOf(2)], [1, 2])
    t.is(again.inspect().chain, coordinator.inspect().chain)
  }
})

test('coordinator: what a caller does to a submission later means nothing', (t) => {
  const { coordinator, submission, storage } = setUp()
  const writePages = [5, 6]
  const one = submission(1, { writePages })
  coordinator.submit(one, 0n)
  writePages.fill(77)
  coordinator.flushBatch()
  const again = WriteCoordinator.recover('grouped', 8, storage)
  t.is(again.validate({ ...one, txnId: 2, writePages: [6] })?.kind, 'conflict-fcw')
})

test('coordinator: submitAndCommit returns its own result and leaves those of others', (t) => {
  const { coordinator, submission } = setUp()
  coordinator.submit(submission(1), 0n)
  coordinator.submit(submission(2), 0n)
  t.like(coordinator.submitAndCommit(submission(3), 0n), { kind: 'committed', txnId: 3, commitSeq: 3 })
  t.like(coordinator.takeResult(2), { kind: 'committed', txnId: 2 })
  t.is(coordinator.takeResult(2), undefined)
  t.is(coordinator.takeResult(3), undefined)
  t.deepEqual(kinds(coordinator.drainCommitted()), ['committed 1'])
  t.deepEqual(coordinator.drainCommitted(), [])
})

test('coordinator: submitAndCommit that is refused flushes nothing', (t) => {
  const { coordinator, submission } = setUp()
  coordinator.submit(submission(1), 0n)
  t.like(coordinator.submitAndCommit(submission(2, { writePages: [1] }), 0n), { kind: 'conflict-fcw', conflictingPages: [1] })
  t.is(coordinator.pendingCount, 1)
})

test('coordinator: solo has one pending commit at a time, grouped has groupCommitMax', (t) => {
  for (const [mode, max] of [
    ['solo', 1],
    ['grouped', 3],
  ] as const) {
    const storage = new MemoryStorage()
    const coordinator = new WriteCoordinator(mode, 0, 3, storage)
    const capsule = new CapsuleLog(storage).append(new Uint8Array(1))
    const submission = (txnId: number): CommitSubmission => ({
      submitterId: 0,
      txnId,
      beginSeq: 0,
      writePages: [txnId],
      readPages: [],
      inEdges: [],
      outEdges: [],
      capsule,
    })
    for (let txnId = 1; txnId <= max; txnId++) t.true(coordinator.submit(submission(txnId), 0n).ok)
    t.deepEqual(coordinator.submit(submission(9), 0n), { ok: false, result: { kind: 'batch-full', submitterId: 0, txnId: 9 } })
    coordinator.fsync1()
    t.is(coordinator.validate(submission(9))?.kind, 'batch-full')
    coordinator.appendMarkersAndFsync2()
    t.is(coordinator.validate(submission(9))?.kind, 'batch-full')
    coordinator.drainCommitted()
    t.true(coordinator.submit(submission(9), 0n).ok)
  }
})

test('coordinator: after shutdown nothing gets a number, and what is pending commits', (t) => {
  const { coordinator, submission } = setUp()
  coordinator.submit(submission(1), 0n)
  coordinator.initiateShutdown()
  coordinator.initiateShutdown()
  t.is(coordinator.state, 'shutting-down')
  const refused = submission(2)
  t.deepEqual(coordinator.submit(refused, 0n), { ok: false, result: { kind: 'shutting-down', submitterId: 2, txnId: 2 } })
  t.is(coordinator.submitAndCommit(refused, 0n).kind, 'shutting-down')
  // Before it is said that a transaction is known.
  t.is(coordinator.validate({ ...refused, txnId: 1 })?.kind, 'shutting-down')
  t.is(coordinator.submitReadOnly({ ...refused, readPages: [1] }), undefined)
  t.deepEqual(kinds(coordinator.flushBatch()), ['committed 1'])
  t.is(coordinator.commitSeqTip, 1)
  t.is(coordinator.outcomeOf(1), 1)
})

test('coordinator: the last number and the last time close it', (t) => {
  const last = setUp(8, new MemoryStorage(), 2 ** 53 - 2)
  t.is(last.coordinator.submitAndCommit(last.submission(1), 0n).kind, 'committed')
  t.is(last.coordinator.commitSeqTip, 2 ** 53 - 1)
  t.is(last.coordinator.state, 'shutting-down')
  t.is(WriteCoordinator.recover('solo', 1, last.storage).state, 'shutting-down')
  const late = setUp()
  t.like(late.coordinator.submitAndCommit(late.submission(1), 2n ** 63n - 1n), { commitTimeUnixNs: 2n ** 63n - 1n })
  t.is(late.coordinator.validate(late.submission(2))?.kind, 'shutting-down')
  t.is(WriteCoordinator.recover('solo', 1, late.storage).state, 'shutting-down')
})

test('coordinator: times rise strictly, whatever the clock says', (t) => {
  const { coordinator, submission } = setUp()
  const times = [100n, 100n, 7n, 200n, 0n].map((now, at) => {
    const result = coordinator.submitAndCommit(submission(at + 1), now)
    return result.kind === 'committed' ? result.commitTimeUnixNs : undefined
  })
  t.deepEqual(times, [100n, 101n, 102n, 200n, 201n])
})

test('coordinator: a transaction has one number', (t) => {
  const { coordinator, submission } = setUp()
  const one = submission(1)
  coordinator.submit(one, 0n)
  t.deepEqual(coordinator.submit({ ...one, submitterId: 5 }, 0n), { ok: false, result: { kind: 'duplicate', submitterId: 5, txnId: 1, commitSeq: 1 } })
  coordinator.flushBatch()
  t.like(coordinator.validate(one), { kind: 'duplicate', commitSeq: 1 })
})

test('coordinator: outcomes are retained for the last commits, and a forgotten writer conflicts with itself', (t) => {
  const bench = setUp(200, new MemoryStorage(), 0, { retainedOutcomes: 2 })
  const { coordinator, storage } = bench
  const submissions = commitGroups(bench, [3, 150, 1])
  t.deepEqual(
    [1, 152, 153, 154].map((txnId) => coordinator.outcomeOf(txnId)),
    [undefined, undefined, 153, 154],
  )
  t.is(coordinator.inspect().knownTxnCount, 2)
  t.deepEqual(coordinator.validate(submissions[0] as CommitSubmission), { kind: 'conflict-fcw', submitterId: 1, txnId: 1, conflictingPages: [1] })
  const again = WriteCoordinator.recover('grouped', 8, storage, { retainedOutcomes: 1 })
  t.deepEqual([again.outcomeOf(153), again.outcomeOf(154)], [undefined, 154])
  const none = WriteCoordinator.recover('grouped', 8, storage, { retainedOutcomes: 0 })
  t.is(none.outcomeOf(154), undefined)
  t.like(none.validate(submissions[153] as CommitSubmission), { kind: 'conflict-fcw' })
})

test('coordinator: the board shows a commit before its result is there', (t) => {
  const board = CommitBoard.init(new SharedArrayBuffer(64), 0)
  const storage = new MemoryStorage()
  const coordinator = new WriteCoordinator('grouped', 7, 8, storage, { board })
  t.is(board.publishedSeq(), 7)
  const capsule = new CapsuleLog(storage).append(new Uint8Array(1))
  coordinator.submit({ submitterId: 0, txnId: 1, beginSeq: 7, writePages: [1], readPages: [], inEdges: [], outEdges: [], capsule }, 0n)
  coordinator.fsync1()
  coordinator.appendMarkersAndFsync2()
  t.is(board.publishedSeq(), 7)
  const { publish } = board
  board.publish = (seq) => {
    // Another peer may act here: it is not to find the result yet, nor to publish on its own.
    t.is(coordinator.takeResult(8), undefined)
    t.is(coordinator.publishedSeq, 7)
    t.throws(() => coordinator.drainCommitted(), { code: 'WC_BUSY' })
    publish.call(board, seq)
  }
  t.is(coordinator.drainCommitted().length, 1)
  t.is(board.publishedSeq(), 8)
  const other = CommitBoard.init(new SharedArrayBuffer(64), 0)
  t.is(WriteCoordinator.recover('solo', 1, storage, { board: other }).publishedSeq, 8)
  t.is(other.publishedSeq(), 8)
})

test('coordinator: a snapshot from before the store is too old', (t) => {
  const { coordinator, submission } = setUp(8, new MemoryStorage(), 10)
  t.deepEqual(coordinator.validate(submission(1, { beginSeq: 9 })), { kind: 'snapshot-too-old', submitterId: 1, txnId: 1, indexFloor: 10 })
  t.deepEqual(coordinator.submitReadOnly(submission(1, { beginSeq: 9 })), { kind: 'snapshot-too-old', submitterId: 1, txnId: 1, indexFloor: 10 })
  t.is(coordinator.validate(submission(1, { beginSeq: 10 })), undefined)
})

test('coordinator: inspect shows all of it, as data of its own', (t) => {
  const { coordinator, submission } = setUp()
  coordinator.submit(submission(1, { readPages: [1, 2] }), 9n)
  coordinator.fsync1()
  coordinator.submit(submission(2), 9n)
  const state = coordinator.inspect()
  t.like(state, { allocatedSeq: 2, durableSeq: 0, publishedSeq: 0, epoch: 0, lastTimeUnixNs: 10n, busy: false, indexedPageCount: 2, knownTxnCount: 2 })
  t.deepEqual(state.pending, [
    { commitSeq: 1, submitterId: 1, txnId: 1, state: 'SYNCED' },
    { commitSeq: 2, submitterId: 2, txnId: 2, state: 'ALLOCATED' },
  ])
  state.pending.length = 0
  t.is(coordinator.pendingCount, 2)
})
