// Barrier, once and watch on real threads, of which some are terminated wherever they are. A probabilistic test: it can miss a defect, but what
// it reports is one. About four seconds.

import { Worker } from 'node:worker_threads'
import test from 'ava'
import {
  BARRIER_BASE,
  CONTROL_BYTES,
  FAILURES,
  LEFT,
  numberOf,
  numbers,
  ONCE_BASE,
  PARTIES,
  STOP,
  type WorkerInput,
  type WorkerOutput,
} from './meeting.stress.test.worker.js'
import { Fabric, FabricBarrier, FabricOnce, MemBuilder } from './public.js'

const OPTIONS = { arenaBytes: 2048, leaseCapacity: 64 }
const BARRIER_MS = 1800
const KILL_EVERY_MS = 90
const WATCH_MS = 700

type Counts = Exclude<WorkerOutput, 'begun'>

interface Party {
  readonly worker: Worker
  readonly begun: Promise<void>
  /** What it counted; undefined if it was terminated. */
  readonly ended: Promise<Counts | undefined>
}

function setUp() {
  const buffer = new SharedArrayBuffer(Fabric.byteLength(OPTIONS))
  const control = new SharedArrayBuffer(CONTROL_BYTES)
  const lease = new MemBuilder(Fabric.create(buffer, 0, OPTIONS)).leaseMs(60_000).acquire()
  let holderId = 1
  const spawn = (kind: WorkerInput['kind']) => start({ kind, fabric: buffer, control, holderId: ++holderId })
  return { lease, spawn, words: new Int32Array(control) }
}

function start(input: WorkerInput): Party {
  const worker = new Worker(new URL('./meeting.stress.test.worker.js', import.meta.url), { workerData: input })
  let counts: Counts | undefined
  const begun = new Promise<void>((resolve, reject) => {
    worker.on('message', (message: WorkerOutput) => {
      if (message === 'begun') resolve()
      else counts = message
    })
    worker.on('error', reject)
  })
  const ended = new Promise<Counts | undefined>((resolve, reject) => {
    worker.on('exit', () => resolve(counts))
    worker.on('error', reject)
  })
  // Awaited later; until then a rejection must not count as unhandled.
  ended.catch(() => {})
  return { worker, begun, ended }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test.serial('barrier threads: phases take all members, and go on while members are killed and replaced', async (t) => {
  t.timeout(20_000)
  const { lease, spawn, words } = setUp()
  t.teardown(() => Atomics.store(words, STOP, 1))
  const barrier = FabricBarrier.create(lease, BARRIER_BASE, PARTIES)
  const once = FabricOnce.create(lease, ONCE_BASE, numbers)
  const members = Array.from({ length: PARTIES }, () => spawn('member'))
  await Promise.all(members.map(({ begun }) => begun))
  let kills = 0
  let livelyKills = 0
  const endMs = performance.now() + BARRIER_MS
  for (let at = 0; performance.now() < endMs; at = (at + 1) % PARTIES) {
    const before = Atomics.load(words, LEFT)
    await sleep(KILL_EVERY_MS)
    if (Atomics.load(words, LEFT) > before) livelyKills += 1
    const member = members[at] as Party
    await member.worker.terminate()
    kills += 1
    members[at] = spawn('member')
    await members[at]?.begun
  }
  Atomics.store(words, STOP, 1)
  const counts = await Promise.all(members.map(({ ended }) => ended))
  t.is(Atomics.load(words, FAILURES), 0)
  t.not(numberOf(once.getOrInit(lease.holderId, () => t.fail() as never, 0)), undefined)
  const { phase, epoch } = barrier.inspect()
  const breaks = counts.reduce((sum, count) => sum + (count?.breaks ?? 0), 0)
  t.log(`${kills} kills, ${phase} phases, ${epoch} resets, ${breaks} broken phases seen by the last ${PARTIES} members`)
  t.true(epoch > 0)
  t.true(phase > 0)
  t.true(livelyKills > 0)
})

test.serial('watch threads: values are whole and in order, and the channel closes when the sender is killed', async (t) => {
  t.timeout(20_000)
  const { spawn, words } = setUp()
  t.teardown(() => Atomics.store(words, STOP, 1))
  const sender = spawn('sender')
  await sender.begun
  const receivers = [spawn('receiver'), spawn('receiver')]
  await sleep(WATCH_MS)
  await sender.worker.terminate()
  // They end when they find it closed.
  const counts = await Promise.all(receivers.map(({ ended }) => ended))
  t.is(Atomics.load(words, FAILURES), 0)
  t.log(`received ${counts.map((count) => count?.done)} values, overtaken or in vain ${counts.map((count) => count?.breaks)} times`)
  for (const count of counts) t.true((count?.done ?? 0) > 0)
})
