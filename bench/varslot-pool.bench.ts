// Throughput of VarSlotPool against the floors of its specification (section 9), and against what one would use without it.
// Run: `node dist/bench/varslot-pool.bench.js`. About 20 s. Each figure is the median of five runs after a warm-up; two-thread
// figures are sums over two workers that start together.
//
// From npm one would take @thi.ng/malloc (6.1.150), which allocates in one buffer without atomics, for one thread: it is named here, and what
// threads do without a shared pool is measured.

import { parentPort, Worker, workerData } from 'node:worker_threads'
import { type SlotRef, VarSlotPool } from '../primitives/varslot-pool/public.js'

const OPERATIONS = 1_000_000
const RUNS = 5
const MESSAGE_BYTES = 1024
const MESSAGES = 100_000
const CONFIGS = [{ slotSize: MESSAGE_BYTES, slotCount: 64 }]
const RECLAIM_CONFIGS = [{ slotSize: 64, slotCount: 16_384 }]

// Words of the block through which bench and workers meet.
const GO = 0
/** The ring of the hand-over: how many references were taken out, how many were put in, then the entries. */
const TAKEN = 1
const GIVEN = 2
const FIRST_ENTRY = 3
const RING_ENTRIES = 32
const ENTRY_WORDS = 2
const CONTROL_BYTES = (FIRST_ENTRY + RING_ENTRIES * ENTRY_WORDS) * 4

type Task = 'pairs' | 'receive slots' | 'receive messages'

interface WorkerInput {
  readonly task: Task
  readonly pool: SharedArrayBuffer
  readonly control: SharedArrayBuffer
  readonly peer: number
}

interface Row {
  readonly name: string
  readonly unit: string
  /** Undefined for a baseline. */
  readonly floor: number | undefined
  readonly measured: number
  /** How often the floor is met: above 1 is better than the floor. */
  readonly ratio: number | undefined
}

function newPool(configs = CONFIGS): { buffer: SharedArrayBuffer; pool: VarSlotPool } {
  const buffer = new SharedArrayBuffer(VarSlotPool.requiredSize(configs))
  return { buffer, pool: VarSlotPool.init(buffer, 0, configs) }
}

/** Allocates and frees `count` times. */
function pairs(pool: VarSlotPool, peer: number, count: number): void {
  const ref: SlotRef = { classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 0 }
  for (let i = 0; i < count; i++) {
    if (!pool.allocateInto(MESSAGE_BYTES, peer, ref)) throw new Error('heddle internal: expected a free slot')
    pool.free(ref, peer)
  }
}

/** Median over the runs of what `run` returns. */
function median(run: () => number): number {
  const figures = Array.from({ length: RUNS }, run).sort((a, b) => a - b)
  return figures[Math.floor(RUNS / 2)] as number
}

async function medianAsync<T>(run: () => Promise<T>, figure: (result: T) => number): Promise<T> {
  const results: T[] = []
  for (let i = 0; i < RUNS; i++) results.push(await run())
  return results.sort((a, b) => figure(a) - figure(b))[Math.floor(RUNS / 2)] as T
}

function identity(figure: number): number {
  return figure
}

/** Operations a second, in millions. */
function rate(operations: number, run: () => void): number {
  const startMs = performance.now()
  run()
  return operations / (performance.now() - startMs) / 1000
}

function onePool(): number {
  const { pool } = newPool()
  pool.joinPeer(0)
  pairs(pool, 0, OPERATIONS / 5)
  return median(() => rate(OPERATIONS, () => pairs(pool, 0, OPERATIONS)))
}

function views(): number {
  const { pool } = newPool()
  pool.joinPeer(0)
  const ref = pool.allocate(MESSAGE_BYTES, 0) as SlotRef
  const look = (count: number): number => {
    let bytes = 0
    for (let i = 0; i < count; i++) bytes += pool.slotData(ref).byteLength
    return bytes
  }
  look(OPERATIONS / 5)
  return median(() => rate(OPERATIONS, () => look(OPERATIONS)))
}

/** Milliseconds of a reclaim that finds nothing in 16,384 slots. */
function reclaim(): number {
  const { pool } = newPool(RECLAIM_CONFIGS)
  pool.joinPeer(0)
  const once = (): number => {
    pool.joinPeer(1)
    pool.declarePeerDead(1, 0)
    const startMs = performance.now()
    pool.reclaimPeerSlots(1, 0)
    return performance.now() - startMs
  }
  for (let i = 0; i < 20; i++) once()
  return median(once)
}

function freshBuffers(make: () => Uint8Array): number {
  const run = (count: number): number => {
    let bytes = 0
    for (let i = 0; i < count; i++) bytes += make().byteLength
    return bytes
  }
  run(MESSAGES)
  return median(() => rate(MESSAGES, () => run(MESSAGES)))
}

class Partner {
  readonly worker: Worker
  readonly #words: Int32Array

  constructor(task: Task, pool: SharedArrayBuffer, control: SharedArrayBuffer, peer: number) {
    this.#words = new Int32Array(control)
    this.worker = new Worker(new URL(import.meta.url), { workerData: { task, pool, control, peer } satisfies WorkerInput })
  }

  /** Waits for the next message of the worker. */
  next<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      this.worker.once('message', resolve)
      this.worker.once('error', reject)
    })
  }

  go(): void {
    Atomics.store(this.#words, GO, 1)
    Atomics.notify(this.#words, GO)
  }
}

interface TwoThreads {
  /** Sum of the rates of both workers, in million pairs a second. */
  readonly sum: number
  /** Processor time by elapsed time: below 2, the workers did not have a core each. */
  readonly cores: number
}

/** Two workers on these pools, started together. */
async function twoThreads(pools: readonly [SharedArrayBuffer, SharedArrayBuffer]): Promise<TwoThreads> {
  const control = new SharedArrayBuffer(CONTROL_BYTES)
  const partners = pools.map((pool, index) => new Partner('pairs', pool, control, index))
  await Promise.all(partners.map((partner) => partner.next()))
  const rates = Promise.all(partners.map((partner) => partner.next<number>()))
  const startMs = performance.now()
  const before = process.cpuUsage()
  partners[0]?.go()
  const sum = (await rates).reduce((a, b) => a + b, 0)
  const used = process.cpuUsage(before)
  const cores = (used.user + used.system) / 1000 / (performance.now() - startMs)
  await Promise.all(partners.map((partner) => partner.worker.terminate()))
  return { sum, cores }
}

/** Messages of 1 KiB, in millions a second, from here to a worker: filled here, looked at and freed there. */
async function handOver(send: (partner: Partner, pool: VarSlotPool, words: Int32Array) => void, task: Task): Promise<number> {
  const { buffer, pool } = newPool()
  pool.joinPeer(0)
  const control = new SharedArrayBuffer(CONTROL_BYTES)
  const partner = new Partner(task, buffer, control, 1)
  await partner.next()
  const done = partner.next()
  const startMs = performance.now()
  send(partner, pool, new Int32Array(control))
  await done
  const figure = MESSAGES / (performance.now() - startMs) / 1000
  await partner.worker.terminate()
  return figure
}

function sendSlots(_: Partner, pool: VarSlotPool, words: Int32Array): void {
  const ref: SlotRef = { classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 0 }
  for (let given = 0; given < MESSAGES; given++) {
    waitWhile(words, TAKEN, (taken) => given - taken === RING_ENTRIES)
    while (!pool.allocateInto(MESSAGE_BYTES, 0, ref));
    pool.slotDataMut(ref).fill(given)
    const entry = FIRST_ENTRY + (given % RING_ENTRIES) * ENTRY_WORDS
    Atomics.store(words, entry, ref.slotIdx)
    Atomics.store(words, entry + 1, ref.generation)
    Atomics.store(words, GIVEN, given + 1)
    Atomics.notify(words, GIVEN)
  }
}

function receiveSlots(pool: VarSlotPool, peer: number, words: Int32Array): void {
  const ref: SlotRef = { classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 0 }
  for (let taken = 0; taken < MESSAGES; taken++) {
    waitWhile(words, GIVEN, (given) => given === taken)
    const entry = FIRST_ENTRY + (taken % RING_ENTRIES) * ENTRY_WORDS
    ref.slotIdx = Atomics.load(words, entry)
    ref.generation = Atomics.load(words, entry + 1)
    pool.adopt(ref, peer)
    requireMessage(pool.slotData(ref), taken)
    pool.free(ref, peer)
    Atomics.store(words, TAKEN, taken + 1)
    Atomics.notify(words, TAKEN)
  }
}

/** Spins, then sleeps, while the word is such that there is nothing to do. */
function waitWhile(words: Int32Array, index: number, idle: (word: number) => boolean): void {
  for (let spins = 0; ; spins++) {
    const word = Atomics.load(words, index)
    if (!idle(word)) return
    if (spins > 200) Atomics.wait(words, index, word, 5)
  }
}

function sendTransferred(partner: Partner): void {
  for (let sent = 0; sent < MESSAGES; sent++) {
    const message = new Uint8Array(MESSAGE_BYTES).fill(sent)
    partner.worker.postMessage(message, [message.buffer])
  }
}

function sendCopied(partner: Partner): void {
  const message = new Uint8Array(MESSAGE_BYTES)
  for (let sent = 0; sent < MESSAGES; sent++) partner.worker.postMessage(message.fill(sent))
}

function requireMessage(bytes: Uint8Array, number: number): void {
  if (bytes[MESSAGE_BYTES - 1] !== (number & 0xff))
    throw new Error(`heddle internal: expected message ${number}, got one ending in ${bytes[MESSAGE_BYTES - 1]}`)
}

function row(name: string, unit: string, floor: number | undefined, measured: number): Row {
  const lessIsBetter = unit === 'ms'
  return { name, unit, floor, measured, ratio: floor === undefined ? undefined : lessIsBetter ? floor / measured : measured / floor }
}

function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`)
  console.log(`${'case'.padEnd(58)}${'floor'.padStart(9)}${'measured'.padStart(10)}  ${'unit'.padEnd(13)}${'ratio'.padStart(6)}`)
  for (const { name, unit, floor, measured, ratio } of rows) {
    console.log(
      `${name.padEnd(58)}${(floor?.toFixed(2) ?? '').padStart(9)}${measured.toFixed(3).padStart(10)}  ${unit.padEnd(13)}${(ratio?.toFixed(2) ?? '').padStart(6)}`,
    )
  }
}

async function main(): Promise<void> {
  const single = onePool()
  const sameClass = await medianAsync(
    () => {
      const { buffer } = newPool()
      return twoThreads([buffer, buffer])
    },
    ({ sum }) => sum,
  )
  const different = await medianAsync(
    () => twoThreads([newPool().buffer, newPool().buffer]),
    ({ sum }) => sum,
  )
  print(`VarSlotPool, floors of its specification (node ${process.version}, median of ${RUNS})`, [
    row('allocateInto + free, one thread', 'M pairs/s', 3, single),
    row('allocateInto + free, two threads on one class, sum', 'M pairs/s', 1, sameClass.sum),
    row('allocateInto + free, two threads on two pools, sum', 'M pairs/s', 1.8 * single, different.sum),
    row('slotData', 'M/s', 5, views()),
    row('reclaimPeerSlots, 16,384 slots, none owned', 'ms', 5, reclaim()),
  ])
  console.log(
    `the two threads had ${sameClass.cores.toFixed(2)} and ${different.cores.toFixed(2)} cores; below 1.9 other programs were running, and the sums say little`,
  )
  print('Instead of a pool: memory for one message of 1 KiB', [
    row(
      'new ArrayBuffer for each message',
      'M/s',
      undefined,
      freshBuffers(() => new Uint8Array(new ArrayBuffer(MESSAGE_BYTES))),
    ),
    row(
      'new SharedArrayBuffer for each message',
      'M/s',
      undefined,
      freshBuffers(() => new Uint8Array(new SharedArrayBuffer(MESSAGE_BYTES))),
    ),
  ])
  print('A message of 1 KiB to another thread: filled here, read and freed there', [
    row('slot of a pool, reference through a ring of 32', 'M messages/s', undefined, await medianAsync(() => handOver(sendSlots, 'receive slots'), identity)),
    row(
      'new ArrayBuffer, transferred with postMessage (no bound)',
      'M messages/s',
      undefined,
      await medianAsync(() => handOver(sendTransferred, 'receive messages'), identity),
    ),
    row(
      'one ArrayBuffer, copied by postMessage (no bound)',
      'M messages/s',
      undefined,
      await medianAsync(() => handOver(sendCopied, 'receive messages'), identity),
    ),
  ])
}

function work(input: WorkerInput): void {
  const words = new Int32Array(input.control)
  const pool = VarSlotPool.attach(input.pool, 0, CONFIGS)
  pool.joinPeer(input.peer)
  const port = parentPort
  if (port === null) throw new Error('heddle internal: expected to run in a worker')
  switch (input.task) {
    case 'pairs':
      pairs(pool, input.peer, OPERATIONS / 5)
      port.postMessage('ready')
      // Both start together: the first to arrive sleeps here.
      Atomics.wait(words, GO, 0)
      port.postMessage(rate(OPERATIONS, () => pairs(pool, input.peer, OPERATIONS)))
      break
    case 'receive slots':
      port.postMessage('ready')
      receiveSlots(pool, input.peer, words)
      port.postMessage('done')
      break
    case 'receive messages': {
      let received = 0
      port.on('message', (message: Uint8Array) => {
        requireMessage(message, received++)
        if (received === MESSAGES) port.postMessage('done')
      })
      port.postMessage('ready')
    }
  }
}

if (parentPort === null) await main()
else work(workerData as WorkerInput)
