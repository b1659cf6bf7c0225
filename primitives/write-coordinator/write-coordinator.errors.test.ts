// One test for each row of the tables of ranges and errors: section 2 of the specification. Whatever is refused changes nothing.

import test, { type ExecutionContext } from 'ava'
import {
  BadArgumentError,
  CapsuleLog,
  CommitBoard,
  type CommitSubmission,
  CoordinatorBusyError,
  CoordinatorFailedError,
  CorruptLogError,
  InvalidSubmissionError,
  PrimitiveError,
  RecoveryRequiredError,
  StorageError,
  WriteCoordinator,
} from './public.js'
import { type Bench, commitGroups, MemoryStorage, recovered, setUp } from './write-coordinator.test.kit.js'

const BAD_INTEGERS: readonly unknown[] = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', undefined, null, 2 ** 53, 1n]

const OTHERS_CAPSULE = { instanceOf: InvalidSubmissionError, code: 'WC_INVALID_SUBMISSION', message: /^expected capsule\.incarnation .* of this coordinator/ }

/** Calls `refused`, and checks that it threw and changed nothing. */
function unchanged(t: ExecutionContext, bench: Bench, refused: () => unknown, expected: object): void {
  const before = [bench.coordinator.inspect(), bench.storage.contents()]
  t.throws(refused, expected)
  t.deepEqual([bench.coordinator.inspect(), bench.storage.contents()], before)
}

test('errors: bad arguments of the constructor and of recover', (t) => {
  const storage = new MemoryStorage()
  const expected = { instanceOf: BadArgumentError, code: 'BAD_ARGUMENT' }
  t.throws(() => new WriteCoordinator('both' as never, 0, 1, storage), expected)
  for (const bad of [...BAD_INTEGERS, 2 ** 53 - 1]) t.throws(() => new WriteCoordinator('solo', bad as number, 1, storage), expected)
  for (const bad of [...BAD_INTEGERS, 0, 4097]) {
    t.throws(() => new WriteCoordinator('grouped', 0, bad as number, storage), expected)
    t.throws(() => WriteCoordinator.recover('solo', bad as number, storage), expected)
  }
  for (const bad of [undefined, null, 5, {}, { size: 1 }]) t.throws(() => new WriteCoordinator('solo', 0, 1, bad as never), expected)
  for (const board of [null, 5, {}]) t.throws(() => new WriteCoordinator('solo', 0, 1, storage, { board } as never), expected)
  for (const retainedOutcomes of [-1, 0.5, 2 ** 23 + 1, '1', null]) {
    t.throws(() => new WriteCoordinator('solo', 0, 1, storage, { retainedOutcomes } as never), expected)
  }
  t.throws(() => WriteCoordinator.recover('solo', 1, storage, null as never), expected)
  t.is(storage.files.size, 0)
  t.notThrows(() => new WriteCoordinator('grouped', 2 ** 53 - 2, 4096, storage, { retainedOutcomes: 0 }))
})

const BAD_PAGES: readonly unknown[] = [
  [1, 1],
  [2, 1],
  [-1],
  [0.5],
  [2 ** 32],
  ['1'],
  [undefined],
  [Number.NaN],
  [1n],
  5,
  'ab',
  undefined,
  null,
  new Uint32Array(2),
]
const BAD_EDGES: readonly unknown[] = [[0], [-1], [1.5], [2 ** 53], ['1'], [null], Array(257).fill(1), undefined, null, 5]

const BAD_FIELDS: Readonly<Record<string, readonly unknown[]>> = {
  submitterId: [...BAD_INTEGERS, 2 ** 31],
  txnId: [...BAD_INTEGERS, 0],
  beginSeq: [...BAD_INTEGERS, 3],
  writePages: [...BAD_PAGES, [], Array.from({ length: 65_537 }, (_, i) => i)],
  readPages: [...BAD_PAGES, Array.from({ length: 65_537 }, (_, i) => i)],
  inEdges: BAD_EDGES,
  outEdges: BAD_EDGES,
  capsule: [
    undefined,
    null,
    5,
    { offset: 64, length: 0, crc: 0, incarnation: 0 },
    { offset: 64, length: 2 ** 31, crc: 0, incarnation: 0 },
    { offset: 63, length: 1, crc: 0, incarnation: 0 },
    { offset: 1e6, length: 1, crc: 0, incarnation: 0 },
    { offset: 64, length: 1000, crc: 0, incarnation: 0 },
    { offset: 64, length: 1, crc: 2 ** 32, incarnation: 0 },
    { offset: 64, length: 1, crc: -1, incarnation: 0 },
    { offset: '64', length: 1, crc: 0, incarnation: 0 },
    ...[...BAD_INTEGERS, 2 ** 48 - 1].map((incarnation) => ({ offset: 64, length: 1, crc: 0, incarnation })),
    { offset: 64, length: 1, crc: 0 },
  ],
}

for (const [field, values] of Object.entries(BAD_FIELDS)) {
  test(`errors: a submission with a bad ${field}`, (t) => {
    const bench = setUp()
    commitGroups(bench, [2])
    const { coordinator } = bench
    const good = bench.submission(9)
    for (const value of values) {
      const bad = { ...good, [field]: value } as CommitSubmission
      const expected = { instanceOf: InvalidSubmissionError, code: 'WC_INVALID_SUBMISSION' }
      for (const call of [() => coordinator.submit(bad, 0n), () => coordinator.validate(bad), () => coordinator.submitAndCommit(bad, 0n)]) {
        unchanged(t, bench, call, expected)
        t.is((t.throws(call) as InvalidSubmissionError).field, field)
      }
      if (['submitterId', 'txnId', 'beginSeq', 'readPages', 'outEdges'].includes(field)) unchanged(t, bench, () => coordinator.submitReadOnly(bad), expected)
    }
    t.true(coordinator.submit(good, 0n).ok)
  })
}

test('errors: a bad time, and no submission at all', (t) => {
  const bench = setUp()
  const good = bench.submission(1)
  for (const bad of [-1n, 2n ** 63n, 5, undefined, '1']) {
    unchanged(t, bench, () => bench.coordinator.submit(good, bad as bigint), { instanceOf: InvalidSubmissionError, message: /nowUnixNs/ })
  }
  for (const bad of [undefined, null, 5]) unchanged(t, bench, () => bench.coordinator.submit(bad as never, 0n), { instanceOf: InvalidSubmissionError })
  for (const bad of [undefined, null, 5]) unchanged(t, bench, () => bench.coordinator.submitReadOnly(bad as never), { instanceOf: InvalidSubmissionError })
})

test('errors: the largest submission is taken', (t) => {
  const { coordinator, submission } = setUp()
  const many = Array.from({ length: 65_536 }, (_, i) => 2 ** 32 - 65_536 + i)
  const edges = Array(256).fill(2 ** 53 - 1)
  const largest = submission(2 ** 53 - 1, { submitterId: 2 ** 31 - 1, writePages: many, readPages: many, inEdges: edges })
  t.is(coordinator.submitAndCommit(largest, 2n ** 63n - 1n).kind, 'committed')
})

test('errors: arguments of takeResult and outcomeOf', (t) => {
  const { coordinator } = setUp()
  for (const bad of [...BAD_INTEGERS, 0]) {
    t.throws(() => coordinator.takeResult(bad as number), { instanceOf: BadArgumentError })
    t.throws(() => coordinator.outcomeOf(bad as number), { instanceOf: BadArgumentError })
  }
})

test('errors: a capsule of an earlier coordinator is refused, after everything else', (t) => {
  const before = setUp()
  const [committed] = commitGroups(before, [1]) as [CommitSubmission]
  const left = before.submission(2)
  const after = recovered(before.storage.killed())
  unchanged(t, after, () => after.coordinator.submit({ ...left, beginSeq: 1 }, 0n), OTHERS_CAPSULE)
  t.like(after.coordinator.validate(committed), { kind: 'duplicate', commitSeq: 1 })
  t.like(after.coordinator.validate({ ...left, txnId: 3, writePages: [1], beginSeq: 0 }), { kind: 'conflict-fcw' })
  t.true(after.coordinator.submit(after.submission(2), 0n).ok)
})

test('errors: a capsule of an earlier coordinator is refused also where another one lies in its place', (t) => {
  const before = setUp()
  commitGroups(before, [1])
  const lost = before.submission(2)
  const after = recovered(before.storage.crashed(() => 0))
  const other = after.submission(15)
  t.deepEqual([other.capsule.offset, other.capsule.length], [lost.capsule.offset, lost.capsule.length])
  unchanged(t, after, () => after.coordinator.submit(lost, 0n), OTHERS_CAPSULE)
  unchanged(t, after, () => after.coordinator.submitAndCommit(lost, 0n), OTHERS_CAPSULE)
  // Nothing is lost: the transaction goes on with its data appended anew, and so does whoever has the place.
  t.is(after.coordinator.submitAndCommit({ ...lost, capsule: after.submission(2).capsule }, 0n).kind, 'committed')
  t.is(after.coordinator.submitAndCommit(other, 0n).kind, 'committed')
  t.is(recovered(after.storage.killed()).coordinator.commitSeqTip, 3)
})

test('errors: a capsule is refused by a store that was begun anew on the same storage', (t) => {
  const { storage, submission } = setUp(8, new MemoryStorage(), 5)
  const erased = submission(1)
  const again = setUp(8, storage, 7)
  const other = again.submission(14)
  t.like(other.capsule, { offset: erased.capsule.offset, length: erased.capsule.length })
  unchanged(t, again, () => again.coordinator.submit({ ...erased, beginSeq: 7 }, 0n), OTHERS_CAPSULE)
})

test('errors: a capsule that was appended while a recovery ran is refused', (t) => {
  const bench = setUp()
  commitGroups(bench, [1])
  let meanwhile: CommitSubmission | undefined
  bench.storage.before = (operation, file) => {
    if (operation === 'truncate' && file === 'markers') meanwhile = bench.submission(2)
  }
  const { coordinator } = recovered(bench.storage)
  unchanged(t, bench, () => coordinator.submit(meanwhile as CommitSubmission, 0n), OTHERS_CAPSULE)
})

test('errors: a capsule is refused if a recovery ran while it was appended', (t) => {
  const bench = setUp()
  commitGroups(bench, [1])
  let after: Bench | undefined
  bench.storage.before = () => {
    bench.storage.before = () => {}
    after = recovered(bench.storage)
  }
  const submission = bench.submission(2)
  const { coordinator } = after as Bench
  unchanged(t, bench, () => coordinator.submit(submission, 0n), OTHERS_CAPSULE)
})

test('errors: a coordinator with a later one on its storage takes no capsules any more', (t) => {
  const bench = setUp()
  commitGroups(bench, [1])
  const later = recovered(bench.storage)
  const both = later.submission(2)
  unchanged(t, bench, () => bench.coordinator.submit(both, 0n), OTHERS_CAPSULE)
  t.true(later.coordinator.submit(both, 0n).ok)
})

test('errors: a capsule reference may be copied, written down and read again', (t) => {
  const { coordinator, submission } = setUp()
  const one = submission(1)
  t.true(coordinator.submit(structuredClone(one), 0n).ok)
  const two = submission(2)
  t.true(coordinator.submit(JSON.parse(JSON.stringify(two)), 0n).ok)
})

test('errors: a capsule is appended on a storage that a coordinator was made on, and on no other', (t) => {
  const { storage, capsules } = setUp()
  t.notThrows(() => capsules.append(new Uint8Array(1)))
  const other = new CapsuleLog(storage.killed())
  const before = storage.contents()
  t.throws(() => other.append(new Uint8Array(1)), { instanceOf: StorageError, message: /that a coordinator was made on/ })
  t.deepEqual(storage.contents(), before)
  // A store that was being begun anew, and is none yet.
  storage.before = (operation, file) => {
    if (operation === 'append') throw new StorageError(file, operation, 'expected a disk that works')
  }
  t.throws(() => setUp(8, storage, 7), { instanceOf: StorageError })
  storage.before = () => {}
  t.throws(() => capsules.append(new Uint8Array(1)), { instanceOf: StorageError, message: /without capsule file/ })
})

test('errors: while a flush runs, every other flush step is refused', (t) => {
  const bench = setUp()
  const { coordinator, storage, submission } = bench
  const others = {
    fsync1: () => coordinator.fsync1(),
    appendMarkersAndFsync2: () => coordinator.appendMarkersAndFsync2(),
    drainCommitted: () => coordinator.drainCommitted(),
    flushBatch: () => coordinator.flushBatch(),
    submitAndCommit: () => coordinator.submitAndCommit(submission(99), 0n),
  }
  let txnId = 0
  for (const running of ['fsync1', 'flushBatch', 'submitAndCommit'] as const) {
    coordinator.submit(submission(++txnId), 0n)
    const another = submission(50 + txnId)
    let refused = 0
    storage.before = () => {
      storage.before = () => {}
      for (const [name, call] of Object.entries(others)) {
        if (name !== 'submitAndCommit') unchanged(t, bench, call, { instanceOf: CoordinatorBusyError, code: 'WC_BUSY' })
        refused += 1
      }
      unchanged(t, bench, () => coordinator.submitAndCommit(another, 0n), { instanceOf: CoordinatorBusyError })
    }
    if (running === 'submitAndCommit') coordinator.submitAndCommit(another, 0n)
    else others[running]()
    t.is(refused, 5)
    t.false(coordinator.inspect().busy)
  }
})

test('errors: a storage that fails in a flush, at any call', (t) => {
  const CALLS = ['append proofs', 'sync capsules', 'sync proofs', 'append markers', 'sync markers']
  for (const [at, call] of CALLS.entries()) {
    const { coordinator, storage, submission } = setUp()
    const published = coordinator.submitAndCommit(submission(1), 0n)
    coordinator.submit(submission(2), 0n)
    coordinator.submit(submission(3), 0n)
    let index = 0
    storage.before = (operation, file) => {
      if (operation === 'read' || operation === 'size') return
      if (index++ === at) throw new StorageError(file, operation, 'expected a disk that works')
    }
    const error = t.throws(() => coordinator.flushBatch(), { instanceOf: CoordinatorFailedError, code: 'WC_FAILED' }) as CoordinatorFailedError
    t.true(error.cause instanceof StorageError)
    t.is(storage.calls.length, storage.calls.lastIndexOf(CALLS[at - 1] ?? (storage.calls.at(-1) as string)) + 1, call)
    storage.before = () => {}
    t.is(coordinator.state, 'failed')
    t.deepEqual(
      [coordinator.commitSeqTip, coordinator.durableSeq, coordinator.publishedSeq, coordinator.pendingCount, coordinator.currentEpoch],
      [3, 1, 1, 0, 1],
    )
    const calls = storage.calls.length
    const failed = { instanceOf: CoordinatorFailedError }
    t.throws(() => coordinator.fsync1(), failed)
    t.throws(() => coordinator.appendMarkersAndFsync2(), failed)
    t.throws(() => coordinator.flushBatch(), failed)
    t.throws(() => coordinator.submitAndCommit({} as never, 0n), failed)
    t.throws(() => coordinator.submit({} as never, 0n), failed)
    t.throws(() => coordinator.submitReadOnly({} as never), failed)
    t.throws(() => coordinator.validate({} as never), failed)
    t.throws(() => coordinator.outcomeOf(1), failed)
    t.throws(() => coordinator.initiateShutdown(), failed)
    t.deepEqual(coordinator.takeResult(3), { kind: 'outcome-unknown', submitterId: 3, txnId: 3, commitSeq: 3 })
    t.deepEqual(coordinator.drainCommitted(), [{ kind: 'outcome-unknown', submitterId: 2, txnId: 2, commitSeq: 2 }])
    t.is(storage.calls.length, calls)
    t.is(published.kind, 'committed')
  }
})

test('errors: submitAndCommit on a storage that fails returns its own unknown outcome', (t) => {
  const { coordinator, storage, submission } = setUp()
  coordinator.submit(submission(1), 0n)
  const own = submission(2)
  storage.before = (operation, file) => {
    if (operation === 'sync') throw new StorageError(file, operation, 'expected a disk that works')
  }
  t.like(coordinator.submitAndCommit(own, 0n), { kind: 'outcome-unknown', txnId: 2, commitSeq: 2 })
  t.is(coordinator.state, 'failed')
  t.deepEqual(
    coordinator.drainCommitted().map((result) => [result.kind, result.txnId]),
    [['outcome-unknown', 1]],
  )
})

test('errors: a storage that fails in submit changes nothing, and fails nobody', (t) => {
  const { coordinator, storage, submission } = setUp()
  const one = submission(1)
  const { size } = storage
  storage.size = () => {
    throw new StorageError('capsules', 'size', 'expected a disk that works')
  }
  const before = coordinator.inspect()
  t.throws(() => coordinator.submit(one, 0n), { instanceOf: StorageError, code: 'WC_STORAGE' })
  t.deepEqual(coordinator.inspect(), before)
  storage.size = size
  t.true(coordinator.submit(one, 0n).ok)
})

test('errors: a storage that appends elsewhere has another writer', (t) => {
  const { coordinator, storage, submission } = setUp()
  coordinator.submit(submission(1), 0n)
  storage.append('proofs', new Uint8Array(8))
  const error = t.throws(() => coordinator.flushBatch(), { instanceOf: CoordinatorFailedError }) as CoordinatorFailedError
  t.like(error.cause, { code: 'WC_STORAGE', file: 'proofs', operation: 'append' })
})

test('errors: the constructor on a store with markers', (t) => {
  const bench = setUp()
  commitGroups(bench, [1])
  unchanged(t, bench, () => new WriteCoordinator('grouped', 0, 8, bench.storage), { instanceOf: RecoveryRequiredError, code: 'WC_RECOVERY_REQUIRED' })
})

test('errors: every one is a PrimitiveError with its own name and data', (t) => {
  const corrupt = new CorruptLogError('markers', 64, 'a marker', 'none')
  t.like(corrupt, {
    name: 'CorruptLogError',
    code: 'WC_CORRUPT_LOG',
    file: 'markers',
    offset: 64,
    message: 'expected a marker at byte 64 of markers, got none',
  })
  for (const error of [
    corrupt,
    new StorageError('a', 'sync', 'b'),
    new CoordinatorBusyError('c'),
    new CoordinatorFailedError('d'),
    new RecoveryRequiredError(1, 2),
    new InvalidSubmissionError('e', 'f', 'g'),
  ]) {
    t.true(error instanceof PrimitiveError)
    t.is(error.name, error.constructor.name)
  }
})

test('errors: the board is checked like every block', (t) => {
  t.is(CommitBoard.byteLength(), 64)
  const buffer = new SharedArrayBuffer(128)
  t.throws(() => CommitBoard.init(new ArrayBuffer(64) as never, 0), { code: 'BAD_ARGUMENT' })
  t.throws(() => CommitBoard.attach({} as never, 0), { code: 'BAD_ARGUMENT' })
  for (const offset of [8, -64, 128, 0.5]) t.throws(() => CommitBoard.init(buffer, offset), { code: 'BAD_LAYOUT' })
  t.throws(() => CommitBoard.attach(buffer, 0), { code: 'BAD_LAYOUT' })
  t.deepEqual([...new Uint8Array(buffer)], Array(128).fill(0))
  CommitBoard.init(buffer, 64).publish(2 ** 53 - 1)
  t.is(CommitBoard.attach(buffer, 64).publishedSeq(), 2 ** 53 - 1)
  t.deepEqual([...new Uint32Array(buffer, 64, 4)], [0x31444243, 1, 2 ** 32 - 1, 2 ** 21 - 1])
  t.throws(() => CommitBoard.init(buffer, 64), { code: 'BAD_LAYOUT', message: /already formatted/ })
})
