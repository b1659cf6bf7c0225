// The pool on real threads. A probabilistic test: it can miss a defect, but what it reports is one. About four seconds.

import test from 'ava'
import { StressWorker } from '../stress-worker.test.kit.js'
import { type SlotRef, VarSlotPool } from './public.js'
import {
  awaitRound,
  CONTROL_BYTES,
  FAILURES,
  ROUND,
  ROUND_DONE,
  ROUND_GENERATION,
  ROUND_SLOT,
  ROUND_WINNERS,
  STOP,
  tryFree,
  type WorkerInput,
  type WorkerOutput,
} from './varslot-pool.stress.test.worker.js'
import { endFaults } from './varslot-pool.test.kit.js'

const HOST = 0
const WORKERS = 3
const CONFIGS = [
  { slotSize: 16, slotCount: 12 },
  { slotSize: 64, slotCount: 6 },
  { slotSize: 256, slotCount: 3 },
]

class Peer extends StressWorker<Exclude<WorkerOutput, 'joined'>> {
  constructor(input: WorkerInput) {
    super(new URL('./varslot-pool.stress.test.worker.js', import.meta.url), input)
  }
}

/** Ends the workers, also after a failure. */
function stop(words: Int32Array): void {
  Atomics.store(words, STOP, 1)
}

test.serial('varslot threads: workers hand slots round while workers are killed, and nothing is lost or overwritten', async (t) => {
  t.timeout(20_000)
  const buffer = new SharedArrayBuffer(VarSlotPool.requiredSize(CONFIGS, { peerCapacity: WORKERS + 1 }))
  const control = new SharedArrayBuffer(CONTROL_BYTES)
  const words = new Int32Array(control)
  t.teardown(() => stop(words))
  const pool = VarSlotPool.init(buffer, 0, CONFIGS, { peerCapacity: WORKERS + 1 })
  pool.joinPeer(HOST)
  let spawned = 0
  const spawn = (peer: number) => new Peer({ kind: 'traffic', pool: buffer, configs: CONFIGS, control, peer, workerCount: WORKERS, seed: ++spawned * 7919 })
  const peers = new Map<number, Peer>()
  for (let id = 1; id <= WORKERS; id++) peers.set(id, spawn(id))
  await Promise.all([...peers.values()].map((peer) => peer.begun))

  let freedSlots = 0
  let recoveredLimbo = 0
  const bury = (id: number) => {
    pool.declarePeerDead(id, HOST)
    const report = pool.reclaimPeerSlots(id, HOST, { waitMsMax: 5000 })
    t.true(report.complete)
    t.is(pool.peerState(id), 'empty')
    freedSlots += report.freedSlots
    recoveredLimbo += report.recoveredLimbo
  }

  const endMs = performance.now() + 2500
  let kills = 0
  for (let id = 1; performance.now() < endMs; id = (id % WORKERS) + 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    await peers.get(id)?.kill()
    bury(id)
    kills += 1
    const next = spawn(id)
    peers.set(id, next)
    await next.begun
  }

  stop(words)
  await Promise.all([...peers.values()].map((peer) => peer.exited))
  t.is(Atomics.load(words, FAILURES), 0)
  // VS-7 while the workers' slots are still theirs ...
  t.deepEqual(endFaults(pool), [])
  for (const id of peers.keys()) bury(id)
  // ... and when they are gone.
  t.deepEqual(endFaults(pool), [])
  for (const sizeClass of pool.inspect().classes) t.is(sizeClass.freeList.length, sizeClass.slotCount)
  const received = [...peers.values()].reduce((sum, peer) => sum + (peer.counts?.received ?? 0), 0)
  t.log(`${kills} kills, ${freedSlots} slots freed and ${recoveredLimbo} recovered from limbo, ${received} hand-overs among the last ${WORKERS} workers`)
  t.true(kills > 0)
  t.true(received > 0)
})

test.serial('varslot threads: of two frees at the same time exactly one succeeds', async (t) => {
  t.timeout(20_000)
  const configs = [{ slotSize: 8, slotCount: 2 }]
  const buffer = new SharedArrayBuffer(VarSlotPool.requiredSize(configs, { peerCapacity: 2 }))
  const control = new SharedArrayBuffer(CONTROL_BYTES)
  const words = new Int32Array(control)
  t.teardown(() => stop(words))
  const pool = VarSlotPool.init(buffer, 0, configs, { peerCapacity: 2 })
  pool.joinPeer(HOST)
  const twin = new Peer({ kind: 'race', pool: buffer, configs, control, peer: 1, workerCount: 1, seed: 1 })
  await twin.begun
  let rounds = 0
  const endMs = performance.now() + 700
  while (performance.now() < endMs) {
    const ref = pool.allocate(8, HOST) as SlotRef
    Atomics.store(words, ROUND_WINNERS, 0)
    Atomics.store(words, ROUND_SLOT, ref.slotIdx)
    Atomics.store(words, ROUND_GENERATION, ref.generation)
    Atomics.store(words, ROUND, ++rounds)
    Atomics.notify(words, ROUND)
    tryFree(pool, ref, HOST, words)
    awaitRound(words, ROUND_DONE, rounds)
    if (Atomics.load(words, ROUND_WINNERS) !== 1) break
  }
  t.is(Atomics.load(words, ROUND_WINNERS), 1, `round ${rounds}`)
  stop(words)
  await twin.exited
  t.deepEqual(endFaults(pool), [])
  t.log(`${rounds} rounds`)
  t.true(rounds > 0)
})
