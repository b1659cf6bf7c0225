// Executors on real threads, on a lock-free stack of pool slots. A probabilistic test: it can miss a defect, but what it reports is one. About three
// seconds.

import test from 'ava'
import { StressWorker } from '../stress-worker.test.kit.js'
import { VarSlotPool } from '../varslot-pool/public.js'
import { NotRegisteredError, SharedManager } from './public.js'
import { CONFIGS, CONTROL_BYTES, FAILURES, PEERS, STOP, Stack, type WorkerInput, type WorkerOutput } from './qsbr.stress.test.worker.js'

const HOST = 0
const WORKERS = 3

class Executor extends StressWorker<Exclude<WorkerOutput, 'ready'>> {
  constructor(input: WorkerInput) {
    super(new URL('./qsbr.stress.test.worker.js', import.meta.url), input)
  }
}

test.serial('qsbr threads: workers pop, read and retire while workers are killed, and nobody reads what was freed', async (t) => {
  t.timeout(30_000)
  const managerBuffer = new SharedArrayBuffer(SharedManager.byteLength())
  const poolBuffer = new SharedArrayBuffer(VarSlotPool.requiredSize(CONFIGS, { peerCapacity: PEERS }))
  const control = new SharedArrayBuffer(CONTROL_BYTES)
  const words = new Int32Array(control)
  t.teardown(() => Atomics.store(words, STOP, 1))
  const manager = SharedManager.init(managerBuffer, 0, { epochMsMin: 0, executorCapacity: PEERS })
  const pool = VarSlotPool.init(poolBuffer, 0, CONFIGS, { peerCapacity: PEERS })
  pool.joinPeer(HOST)
  const stack = new Stack(pool, poolBuffer, words, HOST)
  let spawned = 0
  const spawn = (id: number) => new Executor({ manager: managerBuffer, pool: poolBuffer, control, id, seed: ++spawned * 7919 })
  const executors = new Map<number, Executor>()
  for (let id = 1; id <= WORKERS; id++) executors.set(id, spawn(id))
  await Promise.all([...executors.values()].map((executor) => executor.begun))

  let freedSlots = 0
  /** Unlink, evict, wait for the grace, then take back the slots: in this order. */
  const bury = async (id: number) => {
    const unlinked = stack.takeAll()
    for (const ref of unlinked) pool.adopt(ref, HOST)
    const grace = evictionGrace(manager, id)
    while (!manager.isGraceOver(grace)) await new Promise((resolve) => setTimeout(resolve, 1))
    for (const ref of unlinked) stack.free(ref)
    pool.declarePeerDead(id, HOST)
    const report = pool.reclaimPeerSlots(id, HOST, { waitMsMax: 5000 })
    t.true(report.complete)
    freedSlots += report.freedSlots
  }

  const endMs = performance.now() + 2000
  let kills = 0
  for (let id = 1; performance.now() < endMs; id = (id % WORKERS) + 1) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    await executors.get(id)?.kill()
    await bury(id)
    kills += 1
    const next = spawn(id)
    executors.set(id, next)
    await next.begun
  }

  Atomics.store(words, STOP, 1)
  await Promise.all([...executors.values()].map((executor) => executor.exited))
  t.is(Atomics.load(words, FAILURES), 0)
  t.deepEqual(manager.executors(), { registered: 0, notYetPassed: 0 })
  for (const ref of stack.takeAll()) pool.free(ref, HOST)
  for (const id of executors.keys()) {
    pool.declarePeerDead(id, HOST)
    t.true(pool.reclaimPeerSlots(id, HOST).complete)
  }
  const [sizeClass] = pool.inspect().classes
  t.is(sizeClass?.freeList.length, sizeClass?.slotCount)
  manager.close()
  const counts = [...executors.values()].map((executor) => executor.counts)
  const sum = (of: 'popped' | 'freed') => counts.reduce((total, count) => total + (count?.[of] ?? 0), 0)
  t.log(`${kills} kills, ${freedSlots} slots taken back; the last ${WORKERS} workers popped ${sum('popped')} and freed ${sum('freed')}`)
  t.is(sum('popped'), sum('freed'))
  t.true(kills > 0)
  t.true(sum('freed') > 0)
})

/** A worker that was killed before it had registered is not there to be evicted. */
function evictionGrace(manager: SharedManager, id: number): number {
  try {
    return manager.forceDeregister(id)
  } catch (error) {
    if (!(error instanceof NotRegisteredError)) throw error
    return manager.graceEpoch()
  }
}
