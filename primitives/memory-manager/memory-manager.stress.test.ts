// The manager on real threads. A probabilistic test: it can miss a defect, but what it reports is one. About three seconds.

import test from 'ava'
import { StressWorker } from '../stress-worker.test.kit.js'
import { endFaults } from './manager.test.kit.js'
import {
  BOARD,
  CONTROL_BYTES,
  FAILURES,
  messageFrom,
  PAYLOAD_BYTES,
  STALL,
  STOP,
  type WorkerCounts,
  type WorkerInput,
} from './memory-manager.stress.test.worker.js'
import { ConcurrentMemoryManager } from './public.js'

const HOST = 0
const WORKERS = 3
const CAPACITY = 12
const LASTS_MS = 2500
const STALL_MS_MAX = 3000

class Peer extends StressWorker<WorkerCounts> {
  constructor(input: WorkerInput) {
    super(new URL('./memory-manager.stress.test.worker.js', import.meta.url), input)
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Waits until the worker stands still in the middle of a write, or for a while. */
async function stall(words: BigInt64Array, id: number): Promise<void> {
  Atomics.store(words, STALL + id, 1n)
  const endMs = performance.now() + STALL_MS_MAX
  while (Atomics.load(words, STALL + id) !== 2n && performance.now() < endMs) await sleep(1)
}

test.serial('memory-manager threads: workers share messages while workers are killed, and nothing is lost, mixed or left locked', async (t) => {
  t.timeout(20_000)
  const manager = ConcurrentMemoryManager.create(CAPACITY, { payloadBytesMax: PAYLOAD_BYTES, peerCapacity: WORKERS + 1 })
  manager.joinPeer(HOST)
  const control = new SharedArrayBuffer(CONTROL_BYTES)
  const words = new BigInt64Array(control)
  t.teardown(() => Atomics.store(words, STOP, 1n))
  words[BOARD] = BigInt(manager.storeShared(messageFrom(1), HOST))
  let spawned = 0
  const spawn = (peer: number) => new Peer({ memory: manager.buffer(), control, peer, workerCount: WORKERS, seed: ++spawned * 7919 })
  const peers = new Map<number, Peer>()
  for (let id = 1; id <= WORKERS; id++) peers.set(id, spawn(id))
  await Promise.all([...peers.values()].map((peer) => peer.begun))

  const found = { kills: 0, locksReleased: 0, poisonedSlots: 0, freedSlots: 0, recoveredLimbo: 0 }
  const bury = (id: number) => {
    manager.declarePeerDead(id, HOST)
    const report = manager.recoverPeer(id, HOST, { waitMsMax: 5000 })
    t.true(report.complete)
    t.is(manager.peerState(id), 'empty')
    for (const field of ['locksReleased', 'poisonedSlots', 'freedSlots', 'recoveredLimbo'] as const) found[field] += report[field]
  }

  const endMs = performance.now() + LASTS_MS
  for (let id = 1; performance.now() < endMs; id = (id % WORKERS) + 1) {
    await sleep(20)
    // Every other one dies in the middle of a write.
    if (found.kills % 2 === 0) await stall(words, id)
    await peers.get(id)?.kill()
    Atomics.store(words, STALL + id, 0n)
    bury(id)
    found.kills += 1
    const next = spawn(id)
    peers.set(id, next)
    await next.begun
  }

  // The last ones work for a while before they stop, so that there is something to count.
  await sleep(100)
  Atomics.store(words, STOP, 1n)
  await Promise.all([...peers.values()].map((peer) => peer.exited))
  t.is(Atomics.load(words, FAILURES), 0n)
  // MM-10 while the workers' messages are still theirs ...
  t.deepEqual(endFaults(manager), [])
  for (const id of peers.keys()) bury(id)
  // ... and when they are gone.
  t.deepEqual(endFaults(manager), [])
  const counts = [...peers.values()].map((peer) => peer.counts)
  t.log(found, ...counts)
  t.true(found.kills > 0)
  t.true(found.poisonedSlots > 0)
  t.true(counts.every((count) => (count?.boardReads ?? 0) > 0))
})
