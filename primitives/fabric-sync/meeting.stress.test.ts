// Barrier, once and watch on real threads, of which some are terminated wherever they are. A probabilistic test: it can miss a defect, but what
// it reports is one. About four seconds.

import test from 'ava'
import { StressWorker } from '../stress-worker.test.kit.js'
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

class Party extends StressWorker<Exclude<WorkerOutput, 'begun'>> {
  constructor(input: WorkerInput) {
    super(new URL('./meeting.stress.test.worker.js', import.meta.url), input)
  }
}

function setUp() {
  const buffer = new SharedArrayBuffer(Fabric.byteLength(OPTIONS))
  const control = new SharedArrayBuffer(CONTROL_BYTES)
  const lease = new MemBuilder(Fabric.create(buffer, 0, OPTIONS)).leaseMs(60_000).acquire()
  let holderId = 1
  const spawn = (kind: WorkerInput['kind']) => new Party({ kind, fabric: buffer, control, holderId: ++holderId })
  return { lease, spawn, words: new Int32Array(control) }
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
    await member.kill()
    kills += 1
    members[at] = spawn('member')
    await members[at]?.begun
  }
  Atomics.store(words, STOP, 1)
  await Promise.all(members.map(({ exited }) => exited))
  const counts = members.map((party) => party.counts)
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
  await sender.kill()
  // They end when they find it closed.
  await Promise.all(receivers.map(({ exited }) => exited))
  const counts = receivers.map((party) => party.counts)
  t.is(Atomics.load(words, FAILURES), 0)
  t.log(`received ${counts.map((count) => count?.done)} values, overtaken or in vain ${counts.map((count) => count?.breaks)} times`)
  for (const count of counts) t.true((count?.done ?? 0) > 1)
})
