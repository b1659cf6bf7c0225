// Two threads and one account: each deposits under a lock. Then one dies with the lock in its hands, and the other goes on when the lease of
// the dead one has ended.
//
// Run: `node dist/primitives/examples/fabric-mutex.example.js`

import { parentPort, Worker, workerData } from 'node:worker_threads'
import { Fabric, FabricMutex, MemBuilder, type MemLease, u64 } from '../fabric-sync/public.js'

const OPTIONS = { arenaBytes: 1024 }
const ACCOUNT = 0
const HOST = 1
const DEPOSITOR = 2
const LEASE_MS = 200
/** Up to a second for a lock: longer than the lease of whoever may have died with it. */
const POLLS = 1000
const DEPOSITS = 1000

function host(): void {
  const buffer = new SharedArrayBuffer(Fabric.byteLength(OPTIONS))
  const fabric = Fabric.create(buffer, 0, OPTIONS)
  const lease = new MemBuilder(fabric).holderId(HOST).leaseMs(60_000).acquire()
  const account = FabricMutex.create(lease, ACCOUNT, u64, 0n)
  const worker = new Worker(new URL(import.meta.url), { workerData: buffer })
  worker.on('message', () => {
    // Both deposit at the same time.
    deposit(account, lease, DEPOSITS)
    worker.postMessage('die with the lock')
  })
  worker.on('exit', () => {
    const held = account.tryLock(HOST) === undefined
    console.log(`the depositor died: ${held ? 'the lock is held by nobody alive' : 'the lock is free'}`)
    const guard = account.lock(HOST, POLLS)
    console.log(`taken over with fence ${guard.fence}: ${guard.value} deposits, and not the one that was never published`)
    guard.release()
  })
}

function depositor(buffer: SharedArrayBuffer): void {
  const lease = new MemBuilder(Fabric.attach(buffer, 0)).holderId(DEPOSITOR).leaseMs(LEASE_MS).acquire()
  const account = FabricMutex.attach(lease, ACCOUNT, u64)
  parentPort?.on('message', () => {
    lease.renew()
    const guard = account.lock(DEPOSITOR, POLLS)
    guard.set(1_000_000n)
    process.exit()
  })
  parentPort?.postMessage('ready')
  deposit(account, lease, DEPOSITS)
}

/** Adds one to the account, `count` times. */
function deposit(account: FabricMutex<bigint>, lease: MemLease, count: number): void {
  for (let i = 0; i < count; i++) {
    if (lease.remainingMs() < LEASE_MS / 2) lease.renew()
    using guard = account.lock(lease.holderId, POLLS)
    guard.update((total) => total + 1n)
  }
}

if (workerData instanceof SharedArrayBuffer) depositor(workerData)
else host()
