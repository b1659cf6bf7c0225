// Recovery: section 5 of the specification. The answer is the right prefix or CorruptLogError, whatever happened to the files.

import test, { type ExecutionContext } from 'ava'
import { markerOffset } from './marker-record.js'
import { CAPSULES, type CommitSubmission, CorruptLogError, MARKERS, PROOFS, StorageError, WriteCoordinator } from './public.js'
import { type Bench, commitGroups, MemoryStorage, recovered, SECTOR_BYTES, setUp } from './write-coordinator.test.kit.js'

const FILES = [CAPSULES, PROOFS, MARKERS]

/** The ids of the transactions that a store says are committed, in order; they were numbered 1, 2, … */
function committedIn(storage: MemoryStorage, count: number): number[] {
  const coordinator = WriteCoordinator.recover('grouped', 8, storage, {})
  const found: number[] = []
  for (let txnId = 1; txnId <= count; txnId++) if (coordinator.outcomeOf(txnId) !== undefined) found.push(txnId)
  if (coordinator.commitSeqTip !== found.length) throw new Error(`expected ${found.length} commits, got ${coordinator.commitSeqTip}`)
  return found
}

/** Recovers, and returns how many of the transactions 1 to `count` are there, which must be the first; undefined if the log is corrupt. */
function prefixOf(t: ExecutionContext, storage: MemoryStorage, count: number): number | undefined {
  const before = storage.contents()
  try {
    const found = committedIn(storage, count)
    t.deepEqual(
      found,
      Array.from(found, (_, index) => index + 1),
    )
    return found.length
  } catch (error) {
    if (!(error instanceof CorruptLogError)) throw error
    t.deepEqual(storage.contents(), before)
    return undefined
  }
}

function withFile(from: MemoryStorage, file: string, bytes: Uint8Array | undefined): MemoryStorage {
  const storage = from.killed()
  if (bytes === undefined) storage.files.delete(file)
  else storage.set(file, bytes)
  return storage
}

test('recover: what was committed is there, with index, outcomes, chain, times and epoch', (t) => {
  const bench = setUp()
  const submissions = commitGroups(bench, [3, 1, 2])
  const before = bench.coordinator.inspect()
  const { coordinator, submission } = recovered(bench.storage.killed())
  t.deepEqual(coordinator.inspect(), { ...before, readFloorSeq: 7 })
  for (const one of submissions) t.like(coordinator.validate(one), { kind: 'duplicate' })
  // Whoever began before the crash conflicts with what was committed.
  const { capsule } = submission(99)
  const old = (fields: Partial<CommitSubmission>) => ({ ...(submissions[0] as CommitSubmission), txnId: 50, capsule, ...fields })
  t.like(coordinator.validate(old({ beginSeq: 2, writePages: [3] })), { kind: 'conflict-fcw', conflictingPages: [3] })
  t.is(coordinator.validate(old({ beginSeq: 3, writePages: [3] })), undefined)
  // Every page counts as read: this one misses commit 6, and may have been missed by a read-only one.
  t.like(coordinator.validate(old({ beginSeq: 5, writePages: [88], readPages: [6] })), { kind: 'conflict-ssi', pivot: 'self', pages: [6, 88] })
  t.like(coordinator.submitAndCommit(submission(7), 0n), { commitSeq: 7, commitTimeUnixNs: 6n })
})

test('recover: pivots are known again', (t) => {
  const bench = setUp()
  const { coordinator, submission } = bench
  const pivot = submission(2, { beginSeq: 0, readPages: [1], writePages: [20] })
  commitGroups(bench, [1])
  t.is(coordinator.submitAndCommit(pivot, 0n).kind, 'committed')
  const again = recovered(bench.storage.killed())
  const reader = { submitterId: 0, txnId: 9, beginSeq: 1, readPages: [20], outEdges: [] }
  t.like(again.coordinator.submitReadOnly(reader), { kind: 'conflict-ssi', pivot: 'committed', pages: [20] })
  t.like(again.coordinator.submitReadOnly({ ...reader, readPages: [], outEdges: [2] }), { kind: 'conflict-ssi', pivot: 'committed', pages: [] })
  t.is(again.coordinator.submitReadOnly({ ...reader, beginSeq: 2 }), undefined)
})

test('recover: an empty store, and one that begins elsewhere', (t) => {
  const { coordinator, storage } = recovered(new MemoryStorage())
  t.like(coordinator, { commitSeqTip: 0, publishedSeq: 0, indexFloor: 0, currentEpoch: 0 })
  t.true(FILES.every((file) => storage.size(file) === 64))
  const bench = setUp(8, new MemoryStorage(), 1000)
  t.like(recovered(bench.storage.killed()).coordinator, { commitSeqTip: 1000, publishedSeq: 1000, indexFloor: 1000 })
  commitGroups(bench, [2])
  t.like(recovered(bench.storage.killed()).coordinator, { commitSeqTip: 1002, indexFloor: 1000, currentEpoch: 1 })
})

test('recover: again and again, it is the same', (t) => {
  const bench = setUp()
  commitGroups(bench, [2, 2])
  bench.coordinator.submit(bench.submission(5), 0n)
  bench.coordinator.fsync1()
  const first = recovered(bench.storage.killed())
  const contents = first.storage.contents()
  t.is(first.coordinator.commitSeqTip, 4)
  const second = recovered(first.storage)
  t.deepEqual(second.storage.contents(), contents)
  t.deepEqual(second.coordinator.inspect(), first.coordinator.inspect())
})

test('recover: numbers that were never decided are given out again', (t) => {
  const bench = setUp()
  commitGroups(bench, [1])
  bench.coordinator.submit(bench.submission(2), 0n)
  bench.coordinator.fsync1()
  const again = recovered(bench.storage.killed())
  t.is(again.coordinator.outcomeOf(2), undefined)
  t.like(again.coordinator.submitAndCommit(again.submission(3), 0n), { kind: 'committed', commitSeq: 2 })
  const last = recovered(again.storage.killed())
  t.deepEqual([last.coordinator.outcomeOf(2), last.coordinator.outcomeOf(3)], [undefined, 2])
})

test('recover: every byte of a small log changed once', (t) => {
  const bench = setUp()
  commitGroups(bench, [2, 1, 2])
  const { storage } = bench
  for (const file of FILES) {
    const good = storage.bytes(file)
    for (let at = 0; at < good.length; at++) {
      const bytes = good.slice()
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8))
      const count = prefixOf(t, withFile(storage, file, bytes), 5)
      if (file === MARKERS && at >= markerOffset(3)) {
        // The last group cannot be told from a torn one.
        t.is(count, Math.floor((at - 64) / 64))
      } else if (file === MARKERS || at < 64 || file === PROOFS) t.is(count, undefined, `${file} ${at}`)
      // Zeros that fill up a capsule say nothing.
      else t.true(count === undefined || (count === 5 && good[at] === 0), `${file} ${at}`)
    }
  }
})

test('recover: a small log cut at every length', (t) => {
  const bench = setUp()
  commitGroups(bench, [2, 1, 2])
  const { storage } = bench
  for (const file of FILES) {
    const good = storage.bytes(file)
    for (let size = 0; size <= good.length; size++) {
      const count = prefixOf(t, withFile(storage, file, good.slice(0, size)), 5)
      if (file === MARKERS && size >= 64) t.is(count, Math.floor((size - 64) / 64))
      else if (file === CAPSULES && size >= good.length - 7) t.true(count === 5 || count === undefined)
      else t.is(count, size === good.length ? 5 : undefined, `${file} ${size}`)
    }
    t.is(prefixOf(t, withFile(storage, file, undefined), 5), undefined)
  }
})

test('recover: capsules that are larger than what is read at a time, in any order', (t) => {
  const bench = setUp()
  const sizes = [300_000, 1, 65_536, 70_000, 131_072]
  const refs = sizes.map((size) => bench.capsules.append(new Uint8Array(size).fill(size & 255)))
  for (const [at, capsule] of refs.reverse().entries()) t.is(bench.coordinator.submitAndCommit(bench.submission(at + 1, { capsule }), 0n).kind, 'committed')
  t.is(prefixOf(t, bench.storage.killed(), 5), 5)
  for (const { offset, length } of refs) {
    for (const at of [offset + 16, offset + 16 + length - 1, offset + 16 + (length >> 1)]) {
      const bytes = bench.storage.bytes(CAPSULES).slice()
      bytes[at] = (bytes[at] as number) ^ 1
      t.is(prefixOf(t, withFile(bench.storage, CAPSULES, bytes), 5), undefined)
    }
  }
})

test('recover: a marker that leads to the capsule of another transaction is no torn tail', (t) => {
  const before = setUp()
  commitGroups(before, [1])
  const lost = before.submission(2)
  const after = recovered(before.storage.crashed(() => 0))
  const { capsule } = after.submission(15)
  // What no coordinator takes unless it is lied to.
  const forged = { ...lost, capsule: { ...lost.capsule, incarnation: capsule.incarnation } }
  t.is(after.coordinator.submitAndCommit(forged, 0n).kind, 'committed')
  const storage = after.storage.killed()
  const contents = storage.contents()
  const error = t.throws(() => recovered(storage), { instanceOf: CorruptLogError, code: 'WC_CORRUPT_LOG' }) as CorruptLogError
  t.deepEqual([error.file, error.offset], [CAPSULES, lost.capsule.offset])
  t.deepEqual(storage.contents(), contents)
})

test('recover: files swapped, foreign, or of a store that began elsewhere', (t) => {
  const bench = setUp()
  commitGroups(bench, [2, 1])
  const realNow = Date.now
  Date.now = () => realNow() + 1000
  const other = setUp()
  Date.now = realNow
  commitGroups(other, [2, 1])
  const elsewhere = setUp(8, new MemoryStorage(), 5)
  commitGroups(elsewhere, [2, 1])
  for (const file of FILES) {
    t.is(prefixOf(t, withFile(bench.storage, file, other.storage.bytes(file)), 3), undefined)
    t.is(prefixOf(t, withFile(bench.storage, file, elsewhere.storage.bytes(file)), 3), undefined)
    t.is(
      prefixOf(t, withFile(bench.storage, file, new TextEncoder().encode('the notes of somebody else, who has nothing to do with any of this at all')), 3),
      undefined,
    )
    for (const second of FILES) {
      if (second === file) continue
      const swapped = withFile(withFile(bench.storage, file, bench.storage.bytes(second)), second, bench.storage.bytes(file))
      t.is(prefixOf(t, swapped, 3), undefined)
    }
  }
})

test('recover: a marker of a group cannot follow one that it does not belong to', (t) => {
  // Two histories that begin the same: the last marker of the one behind the first of the other.
  const bench = setUp()
  commitGroups(bench, [1])
  const fork = recovered(bench.storage.killed())
  commitGroups(bench, [2], 10)
  commitGroups(fork, [2], 20)
  const bytes = bench.storage.bytes(MARKERS).slice()
  bytes.set(fork.storage.bytes(MARKERS).subarray(markerOffset(2)), markerOffset(2))
  t.is(recovered(withFile(bench.storage, MARKERS, bytes)).coordinator.commitSeqTip, 2)
})

test('recover: a torn group is cut away, whichever of its sectors are there', (t) => {
  const bench = setUp(40)
  commitGroups(bench, [3])
  for (let txnId = 4; txnId <= 33; txnId++) bench.coordinator.submit(bench.submission(txnId), 0n)
  bench.coordinator.fsync1()
  const durable = bench.storage.size(MARKERS)
  bench.coordinator.appendMarkersAndFsync2()
  const good = bench.storage.bytes(MARKERS)
  const sectors = Math.ceil(good.length / SECTOR_BYTES)
  for (let mask = 0; mask < 2 ** sectors; mask++) {
    const left = good.slice()
    let whole = Math.floor((SECTOR_BYTES * sectors - 64) / 64)
    for (let sector = sectors - 1; sector >= 0; sector--) {
      if ((mask >> sector) % 2 === 1) continue
      const begin = Math.max(sector * SECTOR_BYTES, durable)
      left.fill(0, begin, (sector + 1) * SECTOR_BYTES)
      whole = (begin - 64) / 64
    }
    const storage = withFile(bench.storage, MARKERS, left)
    t.is(prefixOf(t, storage, 33), Math.min(whole, 33))
    t.is(storage.size(MARKERS), markerOffset(Math.min(whole, 33)))
    // What was cut away cannot come back behind what is appended now.
    const again = recovered(storage, 40)
    commitGroups(again, [1], 100)
    t.is(recovered(storage.killed(), 40).coordinator.outcomeOf(100), Math.min(whole, 33) + 1)
  }
})

test('recover: cutting is durable before it returns, and happens after all was read', (t) => {
  const bench = setUp()
  commitGroups(bench, [2])
  bench.coordinator.submit(bench.submission(3), 0n)
  bench.coordinator.fsync1()
  const storage = bench.storage.killed()
  recovered(storage)
  t.deepEqual(storage.calls, ['sync capsules', 'sync proofs', 'sync markers', 'truncate markers', 'sync markers', 'truncate proofs', 'sync proofs'])
})

test('recover: markers that were written and never synced are durable when they are published', (t) => {
  const bench = setUp()
  bench.coordinator.submit(bench.submission(1), 0n)
  bench.storage.before = (operation, file) => {
    if (operation === 'sync' && file === MARKERS) throw new StorageError(file, operation, 'killed here')
  }
  t.throws(() => bench.coordinator.flushBatch())
  const storage = bench.storage.killed()
  t.is(recovered(storage).coordinator.outcomeOf(1), 1)
  t.is(recovered(storage.crashed(() => 0)).coordinator.outcomeOf(1), 1)
})

test('recover: a storage that fails leaves what the next recovery finds the same in', (t) => {
  const bench = setUp()
  commitGroups(bench, [2])
  bench.coordinator.submit(bench.submission(3), 0n)
  bench.coordinator.fsync1()
  for (let at = 0; at < 7; at++) {
    const storage = bench.storage.killed()
    let index = 0
    storage.before = (operation, file) => {
      if (operation !== 'read' && index++ === at) throw new StorageError(file, operation, 'expected a disk that works')
    }
    t.throws(() => recovered(storage), { instanceOf: StorageError })
    for (let draw = 0; draw < 2; draw++) t.is(recovered(storage.crashed(() => draw)).coordinator.commitSeqTip, 2)
  }
})

test('making a store: a crash at any call, and any sectors left, and the next one makes it', (t) => {
  const makers: readonly ((storage: MemoryStorage) => Bench)[] = [
    (storage) => setUp(8, storage, 0),
    (storage) => recovered(storage),
    (storage) => setUp(8, storage, 9),
  ]
  const begins: readonly (() => MemoryStorage)[] = [
    () => new MemoryStorage(),
    // One that begins at 5, has capsules and proofs, and never came to a marker.
    () => {
      const bench = setUp(8, new MemoryStorage(), 5)
      bench.coordinator.submit(bench.submission(1), 0n)
      bench.coordinator.fsync1()
      return bench.storage.killed()
    },
  ]
  let crashes = 0
  for (const make of makers) {
    for (const next of makers) {
      for (const begin of begins) {
        for (let at = 0; ; at++) {
          const storage = begin()
          let index = 0
          let isCrashed = false
          storage.before = (operation, file) => {
            if (operation === 'read' || index++ !== at) return
            isCrashed = true
            throw new StorageError(file, operation, 'crashed here')
          }
          try {
            make(storage)
          } catch (error) {
            if (!isCrashed) throw error
          }
          if (!isCrashed) break
          for (let draws = 0; draws < 64; draws++) {
            let drawn = draws
            const left = storage.crashed((bound) => {
              const result = drawn % bound
              drawn = Math.floor(drawn / bound)
              return result
            })
            const bench = next(left)
            commitGroups(bench, [1], 77)
            const found = recovered(left.killed()).coordinator
            t.is(found.outcomeOf(77), found.indexFloor + 1)
            crashes += 1
          }
        }
      }
    }
  }
  t.true(crashes > 1000)
})

test('making a store: a header that is there only in part is written anew', (t) => {
  const whole = setUp().storage
  for (const file of FILES) {
    for (let size = 0; size < 64; size++) {
      const storage = new MemoryStorage()
      for (const other of FILES) {
        if (other === file) storage.set(file, whole.bytes(file).slice(0, size))
        else if (FILES.indexOf(other) < FILES.indexOf(file)) storage.set(other, whole.bytes(other))
      }
      const { coordinator } = recovered(storage)
      t.is(coordinator.commitSeqTip, 0)
      for (const each of FILES) t.deepEqual(storage.bytes(each).slice(16, 32), storage.bytes(MARKERS).slice(16, 32))
    }
  }
})

test('making a store: what a crash cannot have left is not touched', (t) => {
  const bench = setUp()
  bench.coordinator.submit(bench.submission(1), 0n)
  bench.coordinator.fsync1()
  t.is(prefixOf(t, withFile(bench.storage, MARKERS, undefined), 1), undefined)
  t.is(prefixOf(t, withFile(bench.storage, PROOFS, new TextEncoder().encode('my notes')), 1), undefined)
  t.is(prefixOf(t, withFile(bench.storage, CAPSULES, new Uint8Array(100)), 1), undefined)
  t.is(prefixOf(t, withFile(bench.storage, CAPSULES, undefined), 1), 0)
})

test('making a store: one that holds nothing may begin elsewhere', (t) => {
  const { storage, coordinator, submission } = setUp(8, new MemoryStorage(), 5)
  coordinator.submit(submission(1), 0n)
  coordinator.fsync1()
  const again = setUp(8, storage, 7)
  t.is(again.coordinator.commitSeqTip, 7)
  t.deepEqual(
    FILES.map((file) => storage.size(file)),
    [64, 64, 64],
  )
  // Proofs that nobody decided are cut away; the same begin keeps the store.
  again.coordinator.submit(again.submission(2), 0n)
  again.coordinator.fsync1()
  const kept = setUp(8, storage, 7)
  t.is(storage.size(PROOFS), 64)
  t.true(storage.size(CAPSULES) > 64)
  commitGroups(kept, [1], 3)
  t.is(recovered(storage.killed()).coordinator.outcomeOf(3), 8)
})
