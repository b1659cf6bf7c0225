// The mutex on real threads, of which one after the other is terminated wherever it is. A probabilistic test: it can miss a defect, but what it
// reports is one. About three seconds.

import { Worker } from 'node:worker_threads'
import test from 'ava'
import {
  CONTROL_BYTES,
  counters,
  countersOf,
  countOf,
  FAILURES,
  MUTEX_BASE,
  PUBLISHED,
  STOP,
  type WorkerInput,
  type WorkerOutput,
} from './mutex.stress.test.worker.js'
import { Fabric, FabricMutex, MemBuilder } from './public.js'

const WORKERS = 3
const RUN_MS = 2000
const KILL_EVERY_MS = 60
const OPTIONS = { arenaBytes: 1024, leaseCapacity: 64 }

interface Peer {
  readonly worker: Worker
  readonly begun: Promise<void>
  readonly exited: Promise<void>
}

function spawn(input: WorkerInput, onCounts: (counts: Exclude<WorkerOutput, 'begun'>) => void): Peer {
  const worker = new Worker(new URL('./mutex.stress.test.worker.js', import.meta.url), { workerData: input })
  const begun = new Promise<void>((resolve, reject) => {
    worker.on('message', (message: WorkerOutput) => (message === 'begun' ? resolve() : onCounts(message)))
    worker.on('error', reject)
  })
  const exited = new Promise<void>((resolve, reject) => {
    worker.on('exit', () => resolve())
    worker.on('error', reject)
  })
  // Awaited later; until then a rejection must not count as unhandled.
  exited.catch(() => {})
  return { worker, begun, exited }
}

test.serial('mutex threads: no update is lost or torn while holders are killed', async (t) => {
  t.timeout(20_000)
  const buffer = new SharedArrayBuffer(Fabric.byteLength(OPTIONS))
  const control = new SharedArrayBuffer(CONTROL_BYTES)
  const words = new Int32Array(control)
  t.teardown(() => Atomics.store(words, STOP, 1))
  const fabric = Fabric.create(buffer, 0, OPTIONS)
  const lease = new MemBuilder(fabric).leaseMs(60_000).acquire()
  const mutex = FabricMutex.create(lease, MUTEX_BASE, counters, countersOf(0))
  let spawned = 0
  let updates = 0
  let leases = 0
  const start = () =>
    spawn({ fabric: buffer, control, holderId: ++spawned }, (counts) => {
      updates += counts.updates
      leases += counts.leases
    })
  const peers = Array.from({ length: WORKERS }, start)
  await Promise.all(peers.map(({ begun }) => begun))

  let kills = 0
  const endMs = performance.now() + RUN_MS
  for (let at = 0; performance.now() < endMs; at = (at + 1) % WORKERS) {
    await new Promise((resolve) => setTimeout(resolve, KILL_EVERY_MS))
    const peer = peers[at] as Peer
    await peer.worker.terminate()
    await peer.exited
    kills += 1
    const next = start()
    peers[at] = next
    await next.begun
  }

  Atomics.store(words, STOP, 1)
  await Promise.all(peers.map(({ exited }) => exited))
  t.is(Atomics.load(words, FAILURES), 0)
  // Whoever died with the lock keeps it for the rest of its lease.
  const guard = mutex.lock(lease.holderId, 1000)
  const count = countOf(guard.value) as number
  const published = Atomics.load(words, PUBLISHED)
  // A worker that was killed between publishing and counting has published one more.
  t.true(count >= published && count <= published + kills, `${count} updates in memory, ${published} counted, ${kills} kills`)
  t.log(`${kills} kills, ${published} updates in all, ${updates} and ${leases} leases of the last ${WORKERS} workers, fence ${guard.fence}`)
  t.true(kills > 0)
  t.true(published > 0)
})
