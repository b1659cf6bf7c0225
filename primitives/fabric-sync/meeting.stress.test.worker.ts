// A worker of meeting.stress.test.ts. Three kinds: a `member` goes through the phases of a barrier until it is told to stop or is terminated; a
// `sender` sends to a watch; a `receiver` looks at what comes.

import { parentPort, workerData } from 'node:worker_threads'
import { Fabric, FabricBarrier, FabricError, FabricOnce, MemBuilder, type MemLease, struct, u32, WatchReceiver, watch } from './public.js'

export interface WorkerInput {
  readonly kind: 'member' | 'sender' | 'receiver'
  readonly fabric: SharedArrayBuffer
  /** Words shared with the host and the other workers: see the constants below. */
  readonly control: SharedArrayBuffer
  readonly holderId: number
}

/** What a worker posts: `begun`, then counts when it has stopped. */
export type WorkerOutput = 'begun' | { readonly done: number; readonly breaks: number }

// Words of the control block.
export const STOP = 0
/** What should not have been. */
export const FAILURES = 1
/** Phases that a member has left, over all members. */
export const LEFT = 2
export const CONTROL_BYTES = 12

export const BARRIER_BASE = 0
export const ONCE_BASE = 512
export const WATCH_BASE = 1024
export const PARTIES = 3
/** How long a dead member keeps the others waiting. */
const LEASE_MS = 40
/** Longer: the channel does not open again when a machine with much to do did not run the sender for so long. */
const SENDER_LEASE_MS = 400
const POLLS = 200

/** Four times the same number: a value that is not whole shows. */
export interface Numbers {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
}
export const numbers = struct<Numbers>({ a: u32, b: u32, c: u32, d: u32 })

export function numbersOf(number: number): Numbers {
  return { a: number, b: number, c: number, d: number }
}

/** The number; undefined where the value is torn. */
export function numberOf({ a, b, c, d }: Numbers): number | undefined {
  return a === b && b === c && c === d ? a : undefined
}

class Party {
  readonly fabric: Fabric
  readonly control: Int32Array
  readonly holderId: number
  readonly leaseMs: number
  lease: MemLease
  done = 0
  breaks = 0

  constructor(input: WorkerInput) {
    this.fabric = Fabric.attach(input.fabric, 0)
    this.control = new Int32Array(input.control)
    this.holderId = input.holderId
    this.leaseMs = input.kind === 'sender' ? SENDER_LEASE_MS : LEASE_MS
    this.lease = this.acquire()
  }

  acquire(): MemLease {
    return new MemBuilder(this.fabric).holderId(this.holderId).leaseMs(this.leaseMs).acquire()
  }

  renew(): void {
    if (this.lease.remainingMs() < this.leaseMs / 2) this.lease.renew()
  }

  stopped(): boolean {
    return Atomics.load(this.control, STOP) === 1
  }

  fail(): void {
    Atomics.add(this.control, FAILURES, 1)
  }

  /** The kind of a FabricError whose kind is among these; any other error is a failure. */
  kindOf(error: unknown, ...kinds: readonly string[]): string {
    if (error instanceof FabricError && kinds.includes(error.kind)) return error.kind
    this.fail()
    throw error
  }
}

/** Goes through phases; where one breaks, resets it. A member that comes late finds all seats taken until it does not. */
function member(party: Party): void {
  let barrier = FabricBarrier.attach(party.lease, BARRIER_BASE)
  const once = FabricOnce.attach(party.lease, ONCE_BASE, numbers)
  const value = once.getOrInit(party.holderId, () => numbersOf(party.holderId), POLLS)
  if (numberOf(value) === undefined) party.fail()
  while (!party.stopped()) {
    try {
      party.renew()
      barrier.join()
      const before = barrier.generation()
      const phase = barrier.wait(POLLS)
      // From its seat on, every phase takes this member too.
      if (phase !== before + 1) party.fail()
      Atomics.add(party.control, LEFT, 1)
      party.done += 1
    } catch (error) {
      const kind = party.kindOf(error, 'LeaseExpired', 'Timeout', 'CapacityExceeded')
      if (kind !== 'LeaseExpired') continue
      party.breaks += 1
      if (party.lease.isActive()) resetIfBroken(barrier, party)
      else {
        party.lease = party.acquire()
        barrier = FabricBarrier.attach(party.lease, BARRIER_BASE)
      }
    }
  }
}

function resetIfBroken(barrier: FabricBarrier, party: Party): void {
  try {
    barrier.reset()
  } catch (error) {
    // Another was faster.
    if (error instanceof Error && 'code' in error && error.code === 'BAD_ARGUMENT') return
    party.kindOf(error, 'LeaseExpired')
  }
}

function sender(party: Party): void {
  const { sender } = watch(party.lease, WATCH_BASE, numbers, numbersOf(0), { cells: 2 })
  parentPort?.postMessage('begun' satisfies WorkerOutput)
  try {
    for (let number = 1; !party.stopped(); number++) {
      party.renew()
      sender.send(numbersOf(number))
      party.done = number
    }
    sender.close()
  } catch (error) {
    // A thread that was not run for so long: the receivers have closed the channel.
    party.kindOf(error, 'LeaseExpired', 'Disconnected')
  }
}

function receiver(party: Party): void {
  let receiver = WatchReceiver.attach(party.lease, WATCH_BASE, numbers)
  for (let last = 0; ; ) {
    try {
      party.renew()
      const number = numberOf(receiver.recv(POLLS))
      // The value sent as version n is n.
      if (number === undefined || number < last || number !== receiver.lastSeen) party.fail()
      last = number ?? last
      party.done += 1
    } catch (error) {
      const kind = party.kindOf(error, 'Disconnected', 'Timeout', 'IoError', 'LeaseExpired')
      if (kind === 'Disconnected') return
      party.breaks += 1
      if (kind !== 'LeaseExpired') continue
      party.lease = party.acquire()
      receiver = WatchReceiver.attach(party.lease, WATCH_BASE, numbers)
    }
  }
}

if (parentPort !== null && (workerData as WorkerInput | null)?.fabric instanceof SharedArrayBuffer) {
  const { kind } = workerData as WorkerInput
  const party = new Party(workerData as WorkerInput)
  if (kind === 'sender') sender(party)
  else {
    parentPort.postMessage('begun' satisfies WorkerOutput)
    if (kind === 'member') member(party)
    else receiver(party)
  }
  parentPort.postMessage({ done: party.done, breaks: party.breaks } satisfies WorkerOutput)
}
