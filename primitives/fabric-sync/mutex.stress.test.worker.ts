// A worker of mutex.stress.test.ts: locks, looks at the value, adds one and publishes, until it is told to stop or is terminated.

import { parentPort, workerData } from 'node:worker_threads'
import { Fabric, FabricError, FabricMutex, type FabricMutexGuard, MemBuilder, type MemLease, struct, u32 } from './public.js'

export interface WorkerInput {
  readonly fabric: SharedArrayBuffer
  /** Words shared with the host and the other workers: see the constants below. */
  readonly control: SharedArrayBuffer
  readonly holderId: number
}

/** What a worker posts: `begun`, then counts when it has stopped. */
export type WorkerOutput = 'begun' | { readonly updates: number; readonly leases: number }

// Words of the control block.
export const STOP = 0
/** Values that were torn, fences that fell, errors of no expected kind. */
export const FAILURES = 1
/** Releases that returned. */
export const PUBLISHED = 2
export const CONTROL_BYTES = 12

export const MUTEX_BASE = 64
export const LEASE_MS = 40
const POLLS = 500

/** Four times the same number: a value that is not whole shows. */
export interface Counters {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
}

export const counters = struct<Counters>({ a: u32, b: u32, c: u32, d: u32 })

/** The number; undefined where the value is torn. */
export function countOf({ a, b, c, d }: Counters): number | undefined {
  return a === b && b === c && c === d ? a : undefined
}

export function countersOf(count: number): Counters {
  return { a: count, b: count, c: count, d: count }
}

class Traffic {
  readonly #fabric: Fabric
  readonly #control: Int32Array
  readonly #holderId: number
  #lease: MemLease
  #mutex: FabricMutex<Counters>
  /** The highest fence that this worker has held. */
  #fence = 0
  updates = 0
  leases = 1

  constructor(input: WorkerInput) {
    this.#fabric = Fabric.attach(input.fabric, 0)
    this.#control = new Int32Array(input.control)
    this.#holderId = input.holderId
    this.#lease = this.#acquire()
    this.#mutex = FabricMutex.attach(this.#lease, MUTEX_BASE, counters)
  }

  run(): void {
    while (Atomics.load(this.#control, STOP) === 0) {
      try {
        if (this.#lease.remainingMs() < LEASE_MS / 2) this.#lease.renew()
        this.#update(this.#mutex.lock(this.#holderId, POLLS))
      } catch (error) {
        this.#handle(error)
      }
    }
  }

  #update(guard: FabricMutexGuard<Counters>): void {
    const count = countOf(guard.value)
    if (count === undefined || guard.fence <= this.#fence) Atomics.add(this.#control, FAILURES, 1)
    this.#fence = guard.fence
    guard.set(countersOf((count ?? 0) + 1))
    guard.release()
    Atomics.add(this.#control, PUBLISHED, 1)
    this.updates += 1
  }

  /** A lease that is over is what a slow thread must expect; whatever else comes is a failure. */
  #handle(error: unknown): void {
    const kind = error instanceof FabricError ? error.kind : undefined
    if (kind === 'Timeout') return
    if (kind !== 'LeaseExpired' && kind !== 'Fenced') {
      Atomics.add(this.#control, FAILURES, 1)
      throw error
    }
    this.#lease = this.#acquire()
    this.#mutex = FabricMutex.attach(this.#lease, MUTEX_BASE, counters)
    this.leases += 1
  }

  #acquire(): MemLease {
    return new MemBuilder(this.#fabric).holderId(this.#holderId).leaseMs(LEASE_MS).acquire()
  }
}

if (parentPort !== null && (workerData as WorkerInput | null)?.fabric instanceof SharedArrayBuffer) {
  const traffic = new Traffic(workerData as WorkerInput)
  parentPort.postMessage('begun' satisfies WorkerOutput)
  traffic.run()
  parentPort.postMessage({ updates: traffic.updates, leases: traffic.leases } satisfies WorkerOutput)
}
