// The mutex on real threads, of which one after the other is terminated wherever it is. A probabilistic test: it can miss a defect, but what it
// reports is one. About three seconds.

import test from 'ava'
import { StressWorker } from '../stress-worker.test.kit.js'
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

class Peer extends StressWorker<Exclude<WorkerOutput, 'begun'>> {
  constructor(input: WorkerInput) {
    super(new URL('./mutex.stress.test.worker.js', import.meta.url), input)
  }
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
  const start = () => new Peer({ fabric: buffer, control, holderId: ++spawned })
  const peers = Array.from({ length: WORKERS }, start)
  await Promise.all(peers.map(({ begun }) => begun))

  let kills = 0
  const endMs = performance.now() + RUN_MS
  for (let at = 0; performance.now() < endMs; at = (at + 1) % WORKERS) {
    await new Promise((resolve) => setTimeout(resolve, KILL_EVERY_MS))
    const peer = peers[at] as Peer
    await peer.kill()
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
  const updates = peers.reduce((sum, { counts }) => sum + (counts?.updates ?? 0), 0)
  const leases = peers.reduce((sum, { counts }) => sum + (counts?.leases ?? 0), 0)
  t.log(`${kills} kills, ${published} updates in all, ${updates} and ${leases} leases of the last ${WORKERS} workers, fence ${guard.fence}`)
  t.true(kills > 0)
  t.true(published > 0)
})
