// Throughput of ConcurrentMemoryManager against the floors of its specification (section 9), and against what one would use without it.
// Run: `node dist/bench/memory-manager.bench.js`. About 20 s. Each figure is the median of five runs after a warm-up; two-thread
// figures are sums over two workers that start together.
//
// From npm one would take ringbuf.js (0.4.0), a ring in shared memory for one producer and one consumer, or send messages. Neither lets
// several threads read and change the same message, so they are named here, and copies are measured.

import { parentPort, Worker, workerData } from 'node:worker_threads'
import { CountedSlotList } from '../primitives/memory-manager/counted-slot-list.js'
import { mapManager } from '../primitives/memory-manager/manager-memory.js'
import { ConcurrentMemoryManager, type MessageToken } from '../primitives/memory-manager/public.js'
import { SlotLocks } from '../primitives/memory-manager/slot-locks.js'

const OPERATIONS = 1_000_000
const RUNS = 5
const PAYLOAD_BYTES = 64
const CAPACITY = 64
const MESSAGE = { header: { traceId: 1 }, payload: new Uint8Array(PAYLOAD_BYTES) }

/** The word through which bench and workers meet. */
const GO = 0

type Task = 'pairs' | 'copies'

interface WorkerInput {
  readonly task: Task
  readonly memory: SharedArrayBuffer
  readonly control: SharedArrayBuffer
  readonly peer: number
  /** What the worker copies. */
  readonly token: MessageToken
}

interface Row {
  readonly name: string
  /** Undefined for a baseline. */
  readonly floor: number | undefined
  readonly figure: Figure
}

interface Figure {
  /** Millions a second. */
  readonly measured: number
  /** Processor time over time: below the number of threads, other programs were running, and the figure says little. */
  readonly cores: number
}

function newManager(): ConcurrentMemoryManager {
  const manager = ConcurrentMemoryManager.create(CAPACITY, { payloadBytesMax: PAYLOAD_BYTES })
  manager.joinPeer(0)
  return manager
}

/** Stores and frees `count` times. */
function pairs(manager: ConcurrentMemoryManager, peer: number, count: number): void {
  for (let i = 0; i < count; i++) manager.freeShared(manager.storeShared(MESSAGE, peer), peer)
}

function copies(manager: ConcurrentMemoryManager, peer: number, token: MessageToken, count: number): void {
  const target = new Uint8Array(PAYLOAD_BYTES)
  for (let i = 0; i < count; i++) manager.copyMessage(token, peer, target, LONG)
}

const LONG = { waitMsMax: 60_000 }

/** Operations a second, in millions. */
function rate(operations: number, run: () => void): number {
  const startMs = performance.now()
  run()
  return operations / (performance.now() - startMs) / 1000
}

/** Median of the runs, and how much of the machine they had. */
async function medianOf(run: () => number | Promise<number>): Promise<Figure> {
  const startMs = performance.now()
  const before = process.cpuUsage()
  const figures: number[] = []
  for (let i = 0; i < RUNS; i++) figures.push(await run())
  const { user, system } = process.cpuUsage(before)
  const cores = (user + system) / 1000 / (performance.now() - startMs)
  return { measured: figures.sort((a, b) => a - b)[Math.floor(RUNS / 2)] as number, cores }
}

/** `run(count)` does `count` operations. */
function measure(run: (count: number) => void, operations = OPERATIONS): Promise<Figure> {
  run(operations / 5)
  return medianOf(() => rate(operations, () => run(operations)))
}

function onePairs(): Promise<Figure> {
  const manager = newManager()
  return measure((count) => pairs(manager, 0, count))
}

function oneCopies(): Promise<Figure> {
  const manager = newManager()
  const token = manager.storeShared(MESSAGE, 0)
  return measure((count) => copies(manager, 0, token, count))
}

/** The lock of one slot without anything around it. */
function locksAlone(): Promise<Figure> {
  const memory = mapManager(newManager().buffer(), 0)
  const locks = new SlotLocks(memory)
  return measure((count) => {
    for (let i = 0; i < count; i++) {
      locks.lockRead(0, 1, 0)
      locks.unlockRead(0, 1)
    }
  })
}

function guards(): Promise<Figure> {
  const manager = newManager()
  const token = manager.storeShared(MESSAGE, 0)
  return measure((count) => {
    for (let i = 0; i < count; i++) manager.readShared(token, 0).release()
  })
}

async function available(): Promise<Figure> {
  const list = new CountedSlotList(mapManager(newManager().buffer(), 0).listPlace)
  let sum = 0
  const figure = await measure((count) => {
    for (let i = 0; i < count; i++) sum += list.count()
  })
  if (sum === 0) throw new Error('heddle internal: expected free slots')
  return figure
}

/** Two workers on one manager, started together; the sum of what they did. */
async function twoThreads(task: Task, sameSlot: boolean): Promise<number> {
  const manager = newManager()
  const first = manager.storeShared(MESSAGE, 0)
  const second = sameSlot ? first : manager.storeShared(MESSAGE, 0)
  const control = new SharedArrayBuffer(4)
  const workers = [first, second].map((token, index) => {
    const input: WorkerInput = { task, memory: manager.buffer(), control, peer: index + 1, token }
    return new Worker(new URL(import.meta.url), { workerData: input })
  })
  const next = (worker: Worker) =>
    new Promise<unknown>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
  await Promise.all(workers.map(next))
  const rates = Promise.all(workers.map(next))
  Atomics.store(new Int32Array(control), GO, 1)
  Atomics.notify(new Int32Array(control), GO)
  const [one, two] = (await rates) as number[]
  await Promise.all(workers.map((worker) => worker.terminate()))
  return (one as number) + (two as number)
}

/** What a thread does without shared slots: a fresh buffer for each message, as `postMessage` needs when it transfers. */
function freshBuffers(): Promise<Figure> {
  const kept: Uint8Array[] = new Array(16)
  return measure((count) => {
    for (let i = 0; i < count; i++) {
      const copy = new Uint8Array(PAYLOAD_BYTES)
      copy.set(MESSAGE.payload)
      kept[i % kept.length] = copy
    }
  })
}

/** The least that `postMessage` does with a message: a copy by structured clone. */
function clones(): Promise<Figure> {
  return measure((count) => {
    for (let i = 0; i < count; i++) structuredClone(MESSAGE)
  }, OPERATIONS / 20)
}

function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}\n${'case'.padEnd(62)}${'floor'.padStart(7)}${'measured'.padStart(10)}  M/s${'ratio'.padStart(7)}${'cores'.padStart(7)}`)
  for (const { name, floor, figure } of rows) {
    const ratio = floor === undefined ? '' : (figure.measured / floor).toFixed(2)
    const numbers = [(floor?.toFixed(1) ?? '').padStart(7), figure.measured.toFixed(2).padStart(10), ratio.padStart(12), figure.cores.toFixed(2).padStart(7)]
    console.log(name.padEnd(62) + numbers.join(''))
  }
}

async function main(): Promise<void> {
  print(`ConcurrentMemoryManager, floors of its specification (node ${process.version}, median of ${RUNS})`, [
    { name: 'storeShared (64 bytes) + freeShared, one thread', floor: 0.8, figure: await onePairs() },
    { name: 'storeShared + freeShared, two threads, one manager, sum', floor: 0.5, figure: await medianOf(() => twoThreads('pairs', false)) },
    { name: 'copyMessage of 64 bytes, one thread', floor: 4, figure: await oneCopies() },
    { name: 'read lock and unlock alone, one thread', floor: 8, figure: await locksAlone() },
    { name: 'copyMessage, two threads, different slots, sum', floor: 6, figure: await medianOf(() => twoThreads('copies', false)) },
    { name: 'copyMessage, two threads, the same slot, sum', floor: 2, figure: await medianOf(() => twoThreads('copies', true)) },
    { name: 'available()', floor: 30, figure: await available() },
    { name: 'readShared + release (one guard object each)', floor: undefined, figure: await guards() },
  ])
  print('Instead of it: the part of one message of 64 bytes that stays on the sending thread', [
    { name: 'a fresh Uint8Array, filled, to be transferred', floor: undefined, figure: await freshBuffers() },
    { name: 'structuredClone of header and payload, as postMessage does', floor: undefined, figure: await clones() },
  ])
}

function work({ task, memory, control, peer, token }: WorkerInput): void {
  const manager = ConcurrentMemoryManager.attach(memory, 0)
  manager.joinPeer(peer)
  const run = (count: number): void => (task === 'pairs' ? pairs(manager, peer, count) : copies(manager, peer, token, count))
  run(OPERATIONS / 5)
  parentPort?.postMessage('ready')
  // Both start together: the first to arrive sleeps here.
  Atomics.wait(new Int32Array(control), GO, 0)
  parentPort?.postMessage(rate(OPERATIONS, () => run(OPERATIONS)))
}

if (parentPort === null) await main()
else work(workerData as WorkerInput)
