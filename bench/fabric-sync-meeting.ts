// The rows of fabric-sync.bench.ts about barrier, once and watch. Also the program of the two workers that meet at a barrier.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Fabric, FabricBarrier, FabricOnce, MemBuilder, type MemLease, u64, watch } from '../primitives/fabric-sync/public.js'

const OPERATIONS = 1_000_000
const PHASES = 100_000
const RUNS = 5
const OPTIONS = { arenaBytes: 4096 }
const LEASE_MS = 600_000
const POLLS = 60_000
const ONCE_BASE = 0
const WATCH_BASE = 512
const BARRIER_BASE = 0

export interface MeetingRow {
  readonly name: string
  /** Millions a second; undefined for a baseline. */
  readonly floor: number | undefined
  readonly measured: number
}

type Task = 'fabric barrier' | 'barrier by hand'

interface WorkerInput {
  readonly task: Task
  readonly memory: SharedArrayBuffer
  readonly holderId: number
}

/** Measures. About 10 s. */
export async function meetingRows(): Promise<MeetingRow[]> {
  const lease = leaseOn(newFabric(), 1)
  const once = FabricOnce.create(lease, ONCE_BASE, u64)
  once.getOrInit(1, () => 7n, 0)
  const { sender, receiver } = watch(lease, WATCH_BASE, u64, 0n)
  return [
    { name: 'barrier phase, two threads', floor: 0.1, measured: await phases('fabric barrier', newFabricWithBarrier) },
    {
      name: 'once get after DONE',
      floor: 2,
      measured: alone((count) => {
        for (let n = 0; n < count; n++) once.get()
      }),
    },
    {
      name: 'watch borrow u64',
      floor: 2,
      measured: alone((count) => {
        for (let n = 0; n < count; n++) receiver.borrow()
      }),
    },
    {
      name: 'watch send u64, one thread',
      floor: 1,
      measured: alone((count) => {
        for (let n = 0; n < count; n++) sender.send(5n)
      }),
    },
    {
      name: 'instead: two-word barrier by hand that waits for the dead',
      floor: undefined,
      measured: await phases('barrier by hand', () => new SharedArrayBuffer(8)),
    },
  ]
}

function newFabric(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(Fabric.byteLength(OPTIONS))
  Fabric.create(buffer, 0, OPTIONS)
  return buffer
}

function newFabricWithBarrier(): SharedArrayBuffer {
  const buffer = newFabric()
  FabricBarrier.create(leaseOn(buffer, 9), BARRIER_BASE, 2)
  return buffer
}

function leaseOn(buffer: SharedArrayBuffer, holderId: number): MemLease {
  return new MemBuilder(Fabric.attach(buffer, 0)).holderId(holderId).leaseMs(LEASE_MS).acquire()
}

/** The median rate of `run`, which performs as many operations as it is told, in millions a second, after a warm-up. */
function alone(run: (count: number) => void): number {
  run(OPERATIONS / 5)
  const figures = Array.from({ length: RUNS }, () => rate(OPERATIONS, () => run(OPERATIONS)))
  return median(figures)
}

/** The median rate at which two workers go through phases. */
async function phases(task: Task, newMemory: () => SharedArrayBuffer): Promise<number> {
  const figures: number[] = []
  for (let i = 0; i < RUNS; i++) {
    const memory = newMemory()
    const workers = [1, 2].map((holderId) => new Worker(new URL(import.meta.url), { workerData: { task, memory, holderId } satisfies WorkerInput }))
    const rates = await Promise.all(workers.map(nextMessage))
    figures.push(Math.min(...rates))
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return median(figures)
}

function nextMessage(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

function rate(operations: number, run: () => void): number {
  const startMs = performance.now()
  run()
  return operations / (performance.now() - startMs) / 1000
}

function median(figures: number[]): number {
  return figures.sort((a, b) => a - b)[Math.floor(figures.length / 2)] as number
}

// What one writes by hand: a count and a phase. Whoever dies leaves the other waiting for ever.
const COUNT = 0
const PHASE = 1

function waitByHand(words: Int32Array): void {
  const phase = Atomics.load(words, PHASE)
  if (Atomics.add(words, COUNT, 1) === 1) {
    Atomics.store(words, COUNT, 0)
    Atomics.store(words, PHASE, phase + 1)
    Atomics.notify(words, PHASE)
    return
  }
  while (Atomics.load(words, PHASE) === phase) Atomics.wait(words, PHASE, phase, 1)
}

function work({ task, memory, holderId }: WorkerInput): void {
  const meet = meetingOf(task, memory, holderId)
  // The first phases wait for the other worker to start.
  for (let phase = 0; phase < PHASES / 10; phase++) meet()
  const measured = rate(PHASES, () => {
    for (let phase = 0; phase < PHASES; phase++) meet()
  })
  parentPort?.postMessage(measured)
}

function meetingOf(task: Task, memory: SharedArrayBuffer, holderId: number): () => void {
  if (task === 'barrier by hand') {
    const words = new Int32Array(memory)
    return () => waitByHand(words)
  }
  const barrier = FabricBarrier.attach(leaseOn(memory, holderId), BARRIER_BASE)
  return () => {
    barrier.wait(POLLS)
  }
}

const input = workerData as Partial<WorkerInput> | null
if (!isMainThread && (input?.task === 'fabric barrier' || input?.task === 'barrier by hand')) work(input as WorkerInput)
