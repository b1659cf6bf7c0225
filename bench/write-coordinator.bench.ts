// Throughput of WriteCoordinator against the floors of its specification (section 9), and against its syncs alone.
// Run: `node dist/bench/write-coordinator.bench.js`. About 40 s; longer where syncs are slow. Each figure is the median of five runs after a warm-up; two-thread figures are
// sums over two workers that start together.
//
// From npm one would take a whole store: better-sqlite3 (13.2.0; one writer, serialisable, a sync per commit in WAL mode with `synchronous=FULL`), lmdb
// (3.5.6; groups commits, one writer at a time) or classic-level (3.0.0; LevelDB, `sync: true`, no transactions over reads). None checks
// transactions that ran at the same time against each other. What is measured instead is the least that any of them does: the syncs.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { CapsuleLog, CommitBoard, type CommitSubmission, NodeFileStorage, type Storage, WriteCoordinator } from '../primitives/write-coordinator/public.js'
import { table } from './table.js'

const RUNS = 5
const VALIDATIONS = 1_000_000
const INDEXED_PAGES = 100_000
const GROUP = 64
const MEMORY_COMMITS = 64_000
const SINGLE_COMMITS = 20_000
const FILE_GROUPS = 100
const RECOVERED_COMMITS = 100_000
const READS = 2_000_000

/** The word through which bench and workers meet. */
const GO = 0

interface Input {
  readonly board: SharedArrayBuffer
  readonly go: SharedArrayBuffer
}

interface Row {
  readonly name: string
  readonly unit: string
  /** Undefined for a baseline. */
  readonly floor: number | undefined
  readonly figure: Figure
  /** The floor is the most that it may be. */
  readonly isTime?: boolean
}

interface Figure {
  readonly measured: number
  /** Processor time over time: below the number of busy threads, other programs were running, and the figure says little. */
  readonly cores: number
}

/** Files in memory, in buffers that double: a storage that costs next to nothing. */
class MemoryStorage implements Storage {
  readonly #files = new Map<string, { bytes: Uint8Array; size: number }>()

  size(file: string): number {
    return this.#files.get(file)?.size ?? 0
  }

  append(file: string, bytes: Uint8Array): number {
    let found = this.#files.get(file)
    if (found === undefined) this.#files.set(file, (found = { bytes: new Uint8Array(4096), size: 0 }))
    const offset = found.size
    if (offset + bytes.length > found.bytes.length) {
      const larger = new Uint8Array((offset + bytes.length) * 2)
      larger.set(found.bytes.subarray(0, offset))
      found.bytes = larger
    }
    found.bytes.set(bytes, offset)
    found.size = offset + bytes.length
    return offset
  }

  sync(_file: string): void {}

  read(file: string, offset: number, length: number): Uint8Array {
    return this.#files.get(file)?.bytes.slice(offset, offset + length) ?? new Uint8Array(0)
  }

  truncate(file: string, size: number): void {
    const found = this.#files.get(file)
    if (found !== undefined) found.size = size
  }
}

/** Median over the runs of what `run` returns, after one run that does not count. */
async function median(run: () => number | Promise<number>): Promise<Figure> {
  await run()
  const figures: number[] = []
  const startMs = performance.now()
  const before = process.cpuUsage()
  for (let i = 0; i < RUNS; i++) figures.push(await run())
  const { user, system } = process.cpuUsage(before)
  const cores = (user + system) / 1000 / (performance.now() - startMs)
  return { measured: figures.sort((a, b) => a - b)[Math.floor(RUNS / 2)] as number, cores }
}

function secondsOf(run: () => void): number {
  const startMs = performance.now()
  run()
  return (performance.now() - startMs) / 1000
}

/** Pages that nobody else of the same time touches. */
function submissionOf(txnId: number, beginSeq: number, pageCount: number, capsule: CommitSubmission['capsule']): CommitSubmission {
  const pages = Array.from({ length: pageCount }, (_, i) => ((txnId * pageCount) % INDEXED_PAGES) + i)
  return { submitterId: 0, txnId, beginSeq, writePages: pages, readPages: pages, inEdges: [], outEdges: [], capsule }
}

/** Commits `count` transactions, so many to a flush; returns commits a second. Submissions and capsules are made before, as submitters do. */
function commits(storage: Storage, count: number, group: number, pageCount: number): number {
  const coordinator = WriteCoordinator.recover('grouped', group, storage)
  const capsule = new CapsuleLog(storage).append(new Uint8Array(128))
  const firstTxnId = coordinator.publishedSeq + 1
  const submissions = Array.from({ length: count }, (_, i) => submissionOf(firstTxnId + i, 0, pageCount, capsule))
  const seconds = secondsOf(() => {
    for (let at = 0; at < count; at += group) {
      const beginSeq = coordinator.publishedSeq
      for (let i = at; i < at + group; i++) {
        const s = submissions[i] as { -readonly [Field in keyof CommitSubmission]: CommitSubmission[Field] }
        s.beginSeq = beginSeq
        if (!coordinator.submit(s, 0n).ok) throw new Error('heddle internal: expected a number')
      }
      coordinator.flushBatch()
    }
  })
  return count / seconds
}

function validations(): () => number {
  const storage = new MemoryStorage()
  const coordinator = new WriteCoordinator('grouped', 0, GROUP, storage)
  const capsule = new CapsuleLog(storage).append(new Uint8Array(128))
  for (let page = 0, txnId = 1; page < INDEXED_PAGES; page += 50, txnId++) {
    const pages = Array.from({ length: 50 }, (_, i) => page + i)
    coordinator.submitAndCommit({ ...submissionOf(txnId, coordinator.publishedSeq, 1, capsule), writePages: pages, readPages: pages }, 0n)
  }
  const beginSeq = coordinator.publishedSeq
  const spread = (txnId: number, offset: number) => Array.from({ length: 8 }, (_, i) => i * 12_000 + ((txnId * 7919 + offset) % 12_000))
  const submissions = Array.from({ length: 1000 }, (_, i) => {
    const txnId = 1_000_000 + i
    return { submitterId: 0, txnId, beginSeq, writePages: spread(txnId, 0), readPages: spread(txnId, 77), inEdges: [], outEdges: [], capsule }
  })
  return () => {
    let refused = 0
    const seconds = secondsOf(() => {
      for (let i = 0; i < VALIDATIONS; i++) if (coordinator.validate(submissions[i % 1000] as CommitSubmission) !== undefined) refused += 1
    })
    if (refused > 0) throw new Error('heddle internal: expected no conflicts')
    return VALIDATIONS / seconds / 1e6
  }
}

/** What `run` does with a directory of its own. */
function inDirectory<T>(run: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-bench-'))
  try {
    return run(directory)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Adds up how long syncs take. */
class TimedStorage implements Storage {
  readonly #storage: Storage
  syncSeconds = 0

  constructor(storage: Storage) {
    this.#storage = storage
  }

  size(file: string): number {
    return this.#storage.size(file)
  }

  append(file: string, bytes: Uint8Array): number {
    return this.#storage.append(file, bytes)
  }

  sync(file: string): void {
    this.syncSeconds += secondsOf(() => this.#storage.sync(file))
  }

  read(file: string, offset: number, length: number): Uint8Array {
    return this.#storage.read(file, offset, length)
  }

  truncate(file: string, size: number): void {
    this.#storage.truncate(file, size)
  }
}

interface FileFigure {
  readonly commits: Figure
  /** Commits a second if the three syncs of these very flushes were all there is. */
  readonly alone: number
}

/** Commits on real files. Capsules are written before: transactions do that, outside the serial section. */
function fileCommits(group: number): FileFigure {
  const found = Array.from({ length: RUNS }, () => inDirectory((directory) => flushes(directory, group)))
  return found.sort((a, b) => a.commits.measured / a.alone - b.commits.measured / b.alone)[Math.floor(RUNS / 2)] as FileFigure
}

function flushes(directory: string, group: number): FileFigure {
  const files = new NodeFileStorage(directory)
  const storage = new TimedStorage(files)
  const coordinator = WriteCoordinator.recover('grouped', group, storage)
  const capsules = new CapsuleLog(storage)
  const payload = new Uint8Array(100)
  let txnId = 0
  let seconds = 0
  let cpuMicroseconds = 0
  storage.syncSeconds = 0
  for (let flush = 0; flush < FILE_GROUPS; flush++) {
    const beginSeq = coordinator.publishedSeq
    const submissions = Array.from({ length: group }, () => submissionOf(++txnId, beginSeq, 4, capsules.append(payload)))
    const before = process.cpuUsage()
    seconds += secondsOf(() => {
      for (const s of submissions) coordinator.submit(s, 0n)
      if (coordinator.flushBatch().length !== group) throw new Error('heddle internal: expected a whole group')
    })
    const { user, system } = process.cpuUsage(before)
    cpuMicroseconds += user + system
  }
  files.close()
  const count = FILE_GROUPS * group
  return { commits: { measured: count / seconds, cores: cpuMicroseconds / 1e6 / seconds }, alone: count / storage.syncSeconds }
}

/** Two workers read the board while this thread commits: what they read, in millions a second. */
async function boardReads(): Promise<number> {
  const storage = new MemoryStorage()
  const shared = new SharedArrayBuffer(CommitBoard.byteLength())
  const coordinator = new WriteCoordinator('grouped', 0, GROUP, storage, { board: CommitBoard.init(shared, 0) })
  const capsule = new CapsuleLog(storage).append(new Uint8Array(128))
  const go = new SharedArrayBuffer(4)
  const workers = [0, 1].map(() => new Worker(new URL(import.meta.url), { workerData: { board: shared, go } satisfies Input }))
  await Promise.all(workers.map(next))
  let done = false
  const rates = Promise.all(workers.map(next)).then((found) => {
    done = true
    return found as number[]
  })
  Atomics.store(new Int32Array(go), GO, 1)
  Atomics.notify(new Int32Array(go), GO)
  for (let txnId = 1; !done; txnId++) {
    coordinator.submitAndCommit(submissionOf(txnId, coordinator.publishedSeq, 4, capsule), 0n)
    if (txnId % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const [one, two] = (await rates) as [number, number]
  await Promise.all(workers.map((worker) => worker.terminate()))
  return one + two
}

function next(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

function recoveries(directory: string): () => number {
  const storage = new NodeFileStorage(directory)
  commits(storage, RECOVERED_COMMITS - (RECOVERED_COMMITS % 4000), 4000, 4)
  storage.close()
  return () => {
    const opened = new NodeFileStorage(directory)
    const seconds = secondsOf(() => {
      if (WriteCoordinator.recover('grouped', GROUP, opened).publishedSeq !== RECOVERED_COMMITS) throw new Error('heddle internal: expected all commits')
    })
    opened.close()
    return seconds
  }
}

function print(title: string, rows: readonly Row[]): void {
  const cells = rows.map(({ name, unit, floor, figure: { measured, cores }, isTime }) => [
    name,
    unit,
    floor?.toFixed(2) ?? '',
    measured.toFixed(2),
    floor === undefined ? '' : (isTime ? floor / measured : measured / floor).toFixed(2),
    cores.toFixed(2),
  ])
  console.log(`\n${title}`)
  for (const line of table(['case', 'unit', 'floor', 'measured', 'ratio', 'cores'], cells, 2)) console.log(line)
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-bench-'))
  const recovery = recoveries(directory)
  const memory = (count: number, group: number) => median(() => commits(new MemoryStorage(), count, group, 4) / 1000)
  const files = new Map([1, 8, GROUP].map((group) => [group, fileCommits(group)]))
  const grouped = files.get(GROUP) as FileFigure
  print(`WriteCoordinator, floors of its specification (node ${process.version}, median of ${RUNS})`, [
    { name: `validate, 8 + 8 pages, index of ${INDEXED_PAGES} pages`, unit: 'M/s', floor: 1, figure: await median(validations()) },
    { name: `submit + flush in groups of ${GROUP}, storage in memory`, unit: 'k commits/s', floor: 100, figure: await memory(MEMORY_COMMITS, GROUP) },
    { name: 'same, one commit per flush', unit: 'k commits/s', floor: 30, figure: await memory(SINGLE_COMMITS, 1) },
    { name: `NodeFileStorage, groups of ${GROUP}: 0.9 of the syncs alone`, unit: 'commits/s', floor: 0.9 * grouped.alone, figure: grouped.commits },
    { name: 'publishedSeq, two threads reading while a third commits', unit: 'M/s', floor: 10, figure: await median(boardReads) },
    { name: `recover, ${RECOVERED_COMMITS} commits of 4 pages, real files`, unit: 's', floor: 2, figure: await median(recovery), isTime: true },
  ])
  rmSync(directory, { recursive: true })
  const rows = [...files].map(([group, { commits: figure, alone }]) => ({
    name: `NodeFileStorage, groups of ${group}; floor: the syncs alone`,
    unit: 'commits/s',
    floor: alone,
    figure,
  }))
  print('On real files: what groups gain, beside the time of the syncs', rows)
}

function work({ board, go }: Input): void {
  const commitBoard = CommitBoard.attach(board, 0)
  const read = (count: number) => {
    let last = 0
    for (let i = 0; i < count; i++) {
      const seq = commitBoard.publishedSeq()
      if (seq < last) throw new Error('heddle internal: expected the board never to go back')
      last = seq
    }
  }
  read(READS / 5)
  parentPort?.postMessage('ready')
  // Both start together: the first to arrive sleeps here.
  Atomics.wait(new Int32Array(go), GO, 0)
  parentPort?.postMessage(READS / secondsOf(() => read(READS)) / 1e6)
}

if (parentPort === null) await main()
else work(workerData as Input)
