// Throughput of qsbr against the floors of its specification (section 9), and against what one would use without it.
// Run: `node dist/bench/qsbr.bench.js`. About 15 s. Each figure is the median of five runs after a warm-up; two-thread figures are of two workers
// that start together.
//
// npm has no reclamation for shared memory that we know of; what one would use instead is measured.

import { parentPort, Worker, workerData } from 'node:worker_threads'
import { type LocalManager, SharedManager } from '../primitives/qsbr/public.js'
import { table } from './table.js'

const OPERATIONS = 1_000_000
const RUNS = 5
/** Later than any clock reads: every call is in time. */
const LATER_MS = 1e12
/** Entries between two passes. */
const BAG = 64
/** Epochs of the case with two threads. */
const EPOCHS = 200_000
const QUESTIONS = 20_000

type Task = 'pass' | 'answer'

interface Input {
  readonly task: Task
  readonly manager: SharedArrayBuffer
  readonly go: SharedArrayBuffer
  readonly id: number
}

interface Row {
  readonly name: string
  readonly unit: string
  /** Undefined for a baseline. */
  readonly floor: number | undefined
  readonly measured: number
}

/** Median over the runs of what `run` returns, after one run that does not count. */
async function median(run: () => number | Promise<number>): Promise<number> {
  await run()
  const figures: number[] = []
  for (let i = 0; i < RUNS; i++) figures.push(await run())
  return figures.sort((a, b) => a - b)[Math.floor(RUNS / 2)] as number
}

/** Operations a second, in millions. */
function rate(operations: number, run: () => void): number {
  const startMs = performance.now()
  run()
  return operations / (performance.now() - startMs) / 1000
}

function executor(epochMsMin: number): LocalManager {
  return SharedManager.create({ epochMsMin }).registerNewExecutor(0)
}

function passes(local: LocalManager, now: number): number {
  return rate(OPERATIONS, () => {
    for (let i = 0; i < OPERATIONS; i++) local.maybePassEpoch(now)
  })
}

function retirements(local: LocalManager): number {
  const reclaimer = { free(_ref: number) {} }
  return rate(OPERATIONS, () => {
    for (let i = 0; i < OPERATIONS; i++) {
      local.scheduleDeallocate(reclaimer, i)
      if (i % BAG === 0) local.maybePassEpoch(LATER_MS)
    }
  })
}

function registrations(): number {
  const registry = new FinalizationRegistry(() => {})
  const object = {}
  const token = {}
  return rate(OPERATIONS / 10, () => {
    for (let i = 0; i < OPERATIONS / 10; i++) {
      registry.register(object, i, token)
      registry.unregister(token)
    }
  })
}

/** Two workers that only pass: how many epochs a second, in millions, and how many cores they had. */
async function twoThreads(): Promise<{ figure: number; cores: number }> {
  const manager = SharedManager.create({ epochMsMin: 0 })
  const go = new SharedArrayBuffer(4)
  const workers = [0, 1].map((id) => start({ task: 'pass', manager: manager.buffer, go, id }))
  await Promise.all(workers.map(next))
  const done = Promise.all(workers.map(next))
  const before = process.cpuUsage()
  const firstEpoch = manager.currentEpoch()
  const startMs = performance.now()
  Atomics.store(new Int32Array(go), 0, 1)
  Atomics.notify(new Int32Array(go), 0)
  await done
  const elapsedMs = performance.now() - startMs
  const used = process.cpuUsage(before)
  const figure = (manager.currentEpoch() - firstEpoch) / elapsedMs / 1000
  await Promise.all(workers.map((worker) => worker.terminate()))
  return { figure, cores: (used.user + used.system) / 1000 / elapsedMs }
}

/** Asking another thread by message whether it still holds anything, and waiting for the answer. */
async function questions(): Promise<number> {
  const worker = start({ task: 'answer', manager: new SharedArrayBuffer(64), go: new SharedArrayBuffer(4), id: 0 })
  await next(worker)
  const startMs = performance.now()
  await new Promise<void>((resolve) => {
    let answers = 0
    worker.on('message', () => {
      answers += 1
      if (answers === QUESTIONS) resolve()
      else worker.postMessage(answers)
    })
    worker.postMessage(0)
  })
  const figure = QUESTIONS / (performance.now() - startMs) / 1000
  await worker.terminate()
  return figure
}

function start(input: Input): Worker {
  return new Worker(new URL(import.meta.url), { workerData: input })
}

function next(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

function print(title: string, rows: readonly Row[]): void {
  const cells = rows.map(({ name, unit, floor, measured }) => [
    name,
    unit,
    floor?.toFixed(2) ?? '',
    measured.toFixed(3),
    floor === undefined ? '' : (measured / floor).toFixed(2),
  ])
  console.log(`\n${title}`)
  for (const line of table(['case', 'unit', 'floor', 'measured', 'ratio'], cells, 2)) console.log(line)
}

async function main(): Promise<void> {
  const gated = executor(60_000)
  const now = performance.now()
  const ungated = executor(0)
  const retiring = executor(0)
  const pairs: { figure: number; cores: number }[] = []
  const two = await median(async () => {
    const pair = await twoThreads()
    pairs.push(pair)
    return pair.figure
  })
  print(`qsbr, floors of its specification (node ${process.version}, median of ${RUNS})`, [
    { name: 'maybePassEpoch inside the time gate', unit: 'M/s', floor: 30, measured: await median(() => passes(gated, now)) },
    { name: 'maybePassEpoch, one executor, every call moves the epoch', unit: 'M/s', floor: 4, measured: await median(() => passes(ungated, LATER_MS)) },
    { name: 'maybePassEpoch, two threads', unit: 'M epochs/s', floor: 1, measured: two },
    { name: `scheduleDeallocate and its later free, a pass every ${BAG}`, unit: 'M/s', floor: 5, measured: await median(() => retirements(retiring)) },
  ])
  const cores = Math.min(...pairs.map((pair) => pair.cores))
  console.log(`the two threads had at least ${cores.toFixed(2)} cores; below 1.9 other programs were running, and their figure says little`)
  print('Instead of it, with what Node has', [
    { name: 'FinalizationRegistry: register and unregister (one thread only)', unit: 'M/s', floor: undefined, measured: await median(registrations) },
    { name: 'asking another thread by message, and its answer', unit: 'M/s', floor: undefined, measured: await median(questions) },
  ])
}

function work(input: Input): void {
  const port = parentPort
  if (port === null) throw new Error('heddle internal: expected to run in a worker')
  if (input.task === 'answer') {
    port.on('message', (question) => port.postMessage(question))
    port.postMessage('ready')
    return
  }
  const local = SharedManager.attach(input.manager, 0).registerNewExecutor(input.id)
  const last = local.currentEpoch() + EPOCHS
  port.postMessage('ready')
  // Both start together: the first to arrive sleeps here.
  Atomics.wait(new Int32Array(input.go), 0, 0)
  while (local.currentEpoch() < last) local.maybePassEpoch(LATER_MS)
  // The other one may have one pass to go, for which this one must not be waited for.
  local.temporaryDeregister()
  port.postMessage('done')
}

if (parentPort === null) await main()
else work(workerData as Input)
