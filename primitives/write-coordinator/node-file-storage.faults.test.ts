// What the storage of real files does when the system fails in the middle of a call, and when calls are interleaved. The functions of `node:fs` are
// replaced for this file: it runs in a thread of its own, and its tests one after the other.

import fs, { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { CapsuleLog, type CommitSubmission, CoordinatorFailedError, MARKERS, NodeFileStorage, StorageError, WriteCoordinator } from './public.js'

const { writeSync, readSync, fsyncSync, ftruncateSync, openSync } = fs
const real = { writeSync, readSync, fsyncSync, ftruncateSync, openSync }

/** Replaces functions of `node:fs` for everybody, until the test ends. */
function replace(t: ExecutionContext, functions: object): void {
  Object.assign(fs, functions)
  syncBuiltinESMExports()
  t.teardown(restore)
}

function restore(): void {
  Object.assign(fs, real)
  syncBuiltinESMExports()
}

function open(t: ExecutionContext): { storage: NodeFileStorage; directory: string; contents(): number[] } {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-faults-'))
  const storage = new NodeFileStorage(directory)
  t.teardown(() => {
    restore()
    rmSync(directory, { recursive: true, force: true })
  })
  return { storage, directory, contents: () => [...readFileSync(join(directory, 'one'))] }
}

const bytes = (...values: number[]) => Uint8Array.from(values)
const fails = () => {
  throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
}

test.serial('faults: a write that moves a part is gone on with', (t) => {
  const { storage, contents } = open(t)
  replace(t, {
    writeSync: (fd: number, data: Uint8Array, at: number, count: number, position: number) => real.writeSync(fd, data, at, Math.min(count, 2), position),
  })
  t.is(storage.append('one', bytes(1, 2, 3, 4, 5)), 0)
  t.is(storage.append('one', bytes(6)), 5)
  t.deepEqual(contents(), [1, 2, 3, 4, 5, 6])
  replace(t, { writeSync: () => 0 })
  t.throws(() => storage.append('one', bytes(7)), { instanceOf: StorageError, message: /got 0/ })
})

test.serial('faults: reads that move a part are gone on with', (t) => {
  const { storage } = open(t)
  storage.append('one', bytes(1, 2, 3, 4, 5))
  replace(t, {
    readSync: (fd: number, data: Uint8Array, at: number, count: number, position: number) => real.readSync(fd, data, at, Math.min(count, 2), position),
  })
  t.deepEqual(storage.read('one', 0, 5), bytes(1, 2, 3, 4, 5))
  replace(t, { readSync: fails })
  t.like(
    t.throws(() => storage.read('one', 0, 5), { instanceOf: StorageError }),
    { operation: 'read' },
  )
})

test.serial('faults: an append that cannot be undone stops the file, and the next opener finds what is there', (t) => {
  const { storage, directory, contents } = open(t)
  storage.append('one', bytes(1))
  let calls = 0
  replace(t, {
    ftruncateSync: fails,
    writeSync: (fd: number, data: Uint8Array, at: number, _count: number, position: number) =>
      calls++ === 0 ? real.writeSync(fd, data, at, 1, position) : fails(),
  })
  t.like(
    t.throws(() => storage.append('one', bytes(2, 3)), { instanceOf: StorageError }),
    { operation: 'append', file: 'one' },
  )
  restore()
  t.deepEqual(contents(), [1, 2])
  for (const call of [() => storage.append('one', bytes(4)), () => storage.sync('one'), () => storage.truncate('one', 0)]) {
    t.throws(call, { instanceOf: StorageError, message: /open the directory anew/ })
  }
  storage.append('two', bytes(1))
  storage.close()
  const again = new NodeFileStorage(directory)
  t.is(again.size('one'), 2)
  again.truncate('one', 1)
  t.is(again.append('one', bytes(5)), 1)
  again.close()
  t.deepEqual(contents(), [1, 5])
})

test.serial('faults: a sync that fails makes zeros of what was appended since the one before', (t) => {
  const { storage, contents } = open(t)
  storage.append('one', bytes(1, 2))
  storage.sync('one')
  storage.append('one', bytes(3))
  replace(t, { fsyncSync: fails })
  t.like(
    t.throws(() => storage.sync('one'), { instanceOf: StorageError }),
    { operation: 'sync', file: 'one' },
  )
  restore()
  t.is(storage.size('one'), 3)
  t.deepEqual(contents(), [1, 2, 0])
  storage.truncate('one', 1)
  storage.append('one', bytes(4, 5))
  replace(t, { fsyncSync: fails })
  t.throws(() => storage.sync('one'), { instanceOf: StorageError })
  restore()
  t.deepEqual(contents(), [1, 0, 0])
  t.is(storage.append('one', bytes(6)), 3)
  storage.sync('one')
  t.deepEqual(contents(), [1, 0, 0, 6])
  replace(t, { fsyncSync: fails, ftruncateSync: fails })
  t.throws(() => storage.sync('one'), { instanceOf: StorageError })
  restore()
  t.throws(() => storage.append('one', bytes(7)), { instanceOf: StorageError, message: /open the directory anew/ })
})

test.serial('faults: a first sync that fails on a file that was there stops it: nobody knows what of it is durable', (t) => {
  const { storage, directory, contents } = open(t)
  storage.append('one', bytes(1, 2))
  storage.close()
  const again = new NodeFileStorage(directory)
  again.append('one', bytes(3))
  replace(t, { fsyncSync: fails })
  t.throws(() => again.sync('one'), { instanceOf: StorageError })
  restore()
  t.deepEqual(contents(), [1, 2, 3])
  t.throws(() => again.sync('one'), { instanceOf: StorageError, message: /open the directory anew/ })
  again.close()
})

test.serial('faults: the first sync of every file syncs the directory too, also of one that was there', (t) => {
  const { storage, directory } = open(t)
  storage.append('one', bytes(1))
  let synced: number[] = []
  const directories: number[] = []
  const count = () => {
    replace(t, {
      openSync: (path: string, flags: string) => {
        const fd = real.openSync(path, flags)
        if (path === directory) directories.push(fd)
        return fd
      },
      fsyncSync: (fd: number) => {
        synced.push(fd)
        real.fsyncSync(fd)
      },
    })
  }
  count()
  storage.sync('one')
  t.is(synced.length, 2)
  t.is(synced[1], directories[0])
  storage.sync('one')
  t.is(synced.length, 3)
  storage.close()
  const again = new NodeFileStorage(directory)
  synced = []
  again.sync('one')
  t.is(synced.length, 2)
  again.close()
})

test.serial('faults: calls of simulated threads, one inside another', (t) => {
  const { storage, contents } = open(t)
  storage.append('one', bytes(1))
  let inner: () => void = () => {}
  const hooked = (fd: number, data: Uint8Array, at: number, count: number, position: number) => {
    const [run] = [inner]
    inner = () => {}
    run()
    return real.writeSync(fd, data, at, count, position)
  }
  replace(t, { writeSync: hooked })
  inner = () => t.is(storage.append('one', bytes(4, 5)), 3)
  t.is(storage.append('one', bytes(2, 3)), 1)
  t.deepEqual(contents(), [1, 2, 3, 4, 5])
  // A sync in the middle of an append does not count what is not written.
  inner = () => storage.sync('one')
  storage.append('one', bytes(6))
  replace(t, { fsyncSync: fails })
  t.throws(() => storage.sync('one'), { instanceOf: StorageError })
  restore()
  t.deepEqual(contents(), [1, 2, 3, 4, 5, 0])
  // The one that fails may not cut away what the other one wrote.
  replace(t, {
    writeSync: (fd: number, data: Uint8Array, at: number, count: number, position: number) => {
      if (data[0] !== 7) return real.writeSync(fd, data, at, count, position)
      storage.append('one', bytes(8))
      return fails()
    },
  })
  t.throws(() => storage.append('one', bytes(7)), { instanceOf: StorageError })
  restore()
  t.is(contents().at(-1), 8)
  t.throws(() => storage.append('one', bytes(9)), { instanceOf: StorageError })
})

test.serial('faults: a coordinator whose last sync failed is recovered on the same storage, without the group', (t) => {
  const { storage, directory } = open(t)
  const coordinator = new WriteCoordinator('grouped', 0, 8, storage)
  const submission = (txnId: number): CommitSubmission => {
    const capsule = new CapsuleLog(storage).append(bytes(txnId))
    return { submitterId: 0, txnId, beginSeq: 0, writePages: [txnId], readPages: [], inEdges: [], outEdges: [], capsule }
  }
  coordinator.submitAndCommit(submission(1), 0n)
  coordinator.submit(submission(2), 0n)
  coordinator.fsync1()
  replace(t, { fsyncSync: fails })
  const error = t.throws(() => coordinator.flushBatch(), { instanceOf: CoordinatorFailedError }) as CoordinatorFailedError
  t.like(error.cause, { code: 'WC_STORAGE', operation: 'sync', file: MARKERS })
  restore()
  // The system may say from now on that all is well: the group is not in the file any more.
  const again = WriteCoordinator.recover('grouped', 8, storage)
  t.deepEqual([again.outcomeOf(1), again.outcomeOf(2)], [1, undefined])
  t.like(again.submitAndCommit({ ...submission(3), beginSeq: 1 }, 0n), { kind: 'committed', commitSeq: 2 })
  storage.close()
  const last = new NodeFileStorage(directory)
  t.is(WriteCoordinator.recover('grouped', 8, last).outcomeOf(3), 2)
  last.close()
})
