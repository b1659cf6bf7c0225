// Throughput of the fabric's primitives against the floors of their specification (section 9), and against what one would use without them.
// Run: `node dist/bench/fabric-sync.bench.js`. About 40 s. Each figure is the median of five runs after a warm-up; two-thread figures are
// sums over two workers that start together.
//
// From npm one would take async-mutex (0.5.0), which guards the async code of one thread and touches no shared memory: it is named here, and not
// measured. The rows marked `instead` are what one writes by hand between threads.

import { parentPort, Worker, workerData } from 'node:worker_threads'
import { Fabric, FabricMutex, MemBuilder, type MemLease, u64 } from '../primitives/fabric-sync/public.js'
import { meetingRows } from './fabric-sync-meeting.js'
import { table } from './table.js'

const OPERATIONS = 1_000_000
const RUNS = 5
const OPTIONS = { arenaBytes: 4096 }
const LEASE_MS = 600_000
const POLLS = 60_000
/** Where the mutex lies, and a word of its own beside it. */
const MUTEX_BASE = 0
const WORD = 1024

/** The word through which bench and workers meet. */
const GO = 0

type Task = 'mutex' | 'spin lock'

interface WorkerInput {
  readonly task: Task
  readonly memory: SharedArrayBuffer
  readonly control: SharedArrayBuffer
  readonly holderId: number
}

interface Row {
  readonly name: string
  /** Millions a second; undefined for a baseline. */
  readonly floor: number | undefined
  readonly measured: number
}

function newFabric(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(Fabric.byteLength(OPTIONS))
  Fabric.create(buffer, 0, OPTIONS)
  return buffer
}

function leaseOn(buffer: SharedArrayBuffer, holderId: number): MemLease {
  return new MemBuilder(Fabric.attach(buffer, 0)).holderId(holderId).leaseMs(LEASE_MS).acquire()
}

/** Locks, adds one, releases. */
function increments(mutex: FabricMutex<bigint>, holderId: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const guard = mutex.lock(holderId, POLLS)
    guard.set(guard.value + 1n)
    guard.release()
  }
}

// What one writes by hand: a word that is 0 or 1, and a value behind it. Whoever dies with it keeps it for ever.
const LOCK = 0
const VALUE = 1

/** Locks, adds one to a 64-bit value, releases. */
function spinIncrements(buffer: SharedArrayBuffer, count: number): void {
  const words = new Int32Array(buffer)
  const values = new BigInt64Array(buffer)
  for (let i = 0; i < count; i++) {
    while (Atomics.compareExchange(words, LOCK, 0, 1) !== 0) Atomics.wait(words, LOCK, 1, 1)
    values[VALUE] = (values[VALUE] as bigint) + 1n
    Atomics.store(words, LOCK, 0)
    Atomics.notify(words, LOCK)
  }
}

/** Operations a second, in millions. */
function rate(operations: number, run: () => void): number {
  const startMs = performance.now()
  run()
  return operations / (performance.now() - startMs) / 1000
}

/** The median rate of `run`, which performs as many operations as it is told. */
function alone(run: (count: number) => void): number {
  run(OPERATIONS / 5)
  return median(Array.from({ length: RUNS }, () => rate(OPERATIONS, () => run(OPERATIONS))))
}

function median(figures: number[]): number {
  return figures.sort((a, b) => a - b)[Math.floor(figures.length / 2)] as number
}

/** The median sum of the rates of two workers on one memory. */
async function together(task: Task, newMemory: () => SharedArrayBuffer): Promise<number> {
  const figures: number[] = []
  for (let i = 0; i < RUNS; i++) figures.push(await twoWorkers(task, newMemory()))
  return median(figures)
}

async function twoWorkers(task: Task, memory: SharedArrayBuffer): Promise<number> {
  const control = new SharedArrayBuffer(4)
  const words = new Int32Array(control)
  const workers = [1, 2].map((holderId) => new Worker(new URL(import.meta.url), { workerData: { task, memory, control, holderId } satisfies WorkerInput }))
  await Promise.all(workers.map((worker) => nextMessage(worker)))
  const rates = Promise.all(workers.map((worker) => nextMessage(worker)))
  Atomics.store(words, GO, 1)
  Atomics.notify(words, GO)
  const sum = (await rates).reduce((a, b) => a + b, 0)
  await Promise.all(workers.map((worker) => worker.terminate()))
  return sum
}

function nextMessage(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

function memoryWithMutex(): SharedArrayBuffer {
  const buffer = newFabric()
  FabricMutex.create(leaseOn(buffer, 9), MUTEX_BASE, u64, 0n)
  return buffer
}

function work({ task, memory, control, holderId }: WorkerInput): void {
  const port = parentPort
  if (port === null) throw new Error('heddle internal: expected to run in a worker')
  const run = runnerOf(task, memory, holderId)
  run(OPERATIONS / 20)
  port.postMessage(0)
  // Both start together: the first to arrive sleeps here.
  Atomics.wait(new Int32Array(control), GO, 0)
  port.postMessage(rate(OPERATIONS / 5, () => run(OPERATIONS / 5)))
}

function runnerOf(task: Task, memory: SharedArrayBuffer, holderId: number): (count: number) => void {
  if (task === 'spin lock') return (count) => spinIncrements(memory, count)
  const mutex = FabricMutex.attach(leaseOn(memory, holderId), MUTEX_BASE, u64)
  return (count) => increments(mutex, holderId, count)
}

async function main(): Promise<void> {
  const buffer = memoryWithMutex()
  const lease = leaseOn(buffer, 1)
  const mem = lease.mem()
  const mutex = FabricMutex.attach(lease, MUTEX_BASE, u64)
  const words = new Int32Array(new SharedArrayBuffer(8))
  const spinMemory = (): SharedArrayBuffer => new SharedArrayBuffer(16)
  const rows: Row[] = [
    {
      name: 'FabricMem.load32, one thread',
      floor: 8,
      measured: alone((count) => {
        for (let i = 0; i < count; i++) mem.load32(WORD)
      }),
    },
    {
      name: 'FabricMem.add32, one thread',
      floor: 6,
      measured: alone((count) => {
        for (let i = 0; i < count; i++) mem.add32(WORD, 1)
      }),
    },
    { name: 'lock, set u64, release, one thread', floor: 0.4, measured: alone((count) => increments(mutex, 1, count)) },
    { name: 'same, two threads on one mutex, sum', floor: 0.1, measured: await together('mutex', memoryWithMutex) },
    {
      name: 'instead: Atomics.load, without a lease',
      floor: undefined,
      measured: alone((count) => {
        for (let i = 0; i < count; i++) Atomics.load(words, 0)
      }),
    },
    {
      name: 'instead: spin lock that a dead holder keeps, one thread',
      floor: undefined,
      measured: alone((count) => spinIncrements(spinMemory(), count)),
    },
    { name: 'same, two threads, sum', floor: undefined, measured: await together('spin lock', spinMemory) },
    ...(await meetingRows()),
  ]
  const cells = rows.map(({ name, floor, measured }) => [
    name,
    floor?.toFixed(2) ?? '',
    measured.toFixed(3),
    floor === undefined ? '' : (measured / floor).toFixed(2),
  ])
  console.log(`fabric-sync, floors of its specification in M/s (node ${process.version}, median of ${RUNS})\n`)
  console.log(table(['case', 'floor', 'measured', 'ratio'], cells, 1).join('\n'))
}

if (parentPort === null) await main()
else work(workerData as WorkerInput)
