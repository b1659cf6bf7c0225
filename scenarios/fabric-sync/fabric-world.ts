// What the scenarios of the fabric share: a small fabric with one handle and one lease for each peer.
//
// Worlds are classes, and those of the scenarios extend them: one is made for each execution, and to copy an object and add to it costs as much
// as dozens of steps.

import { FabricWords } from '../../invariants/fabric-sync/fabric-words.js'
import { type FabricFormat, placesOf } from '../../primitives/fabric-sync/fabric-layout.js'
import type { FabricMemory } from '../../primitives/fabric-sync/fabric-memory.js'
import { LeaseTable } from '../../primitives/fabric-sync/lease-table.js'
import { Fabric, MemBuilder, MemLease } from '../../primitives/fabric-sync/public.js'
import type { Session } from '../../primitives/fabric-sync/session.js'

export interface FabricShape {
  readonly arenaBytes?: number
  /** Default: one slot for each peer, and one more. */
  readonly leaseCapacity?: number
  readonly rangeCapacity?: number
  readonly skewMsMax?: number
  /** One for each peer: how long its lease is for, in ms. It begins with the execution. */
  readonly leaseMs: readonly number[]
  /** Peers beyond those, which take leases of their own. */
  readonly latecomers?: number
  /** How parties look at their own leases. */
  readonly sessions?: typeof Session | undefined
}

/** A fresh fabric of this shape: the lease of its host, who makes the primitives before the peers begin. */
export function hostOf({ leaseMs, arenaBytes = 256, leaseCapacity = leaseMs.length + 1, rangeCapacity = 1, skewMsMax = 0 }: FabricShape): MemLease {
  const format: FabricFormat = { arenaBytes, leaseCapacity, rangeCapacity, skewMsMax }
  const buffer = new SharedArrayBuffer(placesOf(format).totalBytes)
  return new MemBuilder(Fabric.create(buffer, 0, format)).acquire()
}

/** What a variant may replace in any fabric. */
interface FabricPieces {
  readonly leases?: new (memory: FabricMemory) => LeaseTable
  readonly sessions?: typeof Session | undefined
}

/** A fabric for the peers of a scenario. Peer n has holder id n + 1. */
export class FabricWorld {
  readonly buffer: SharedArrayBuffer
  readonly words: FabricWords
  /** By peer: its handle of the fabric. All stand on the same views, in which nothing belongs to one party. */
  readonly fabrics: readonly Fabric[]
  /** By peer: its lease. A peer whose lease is over may take another. */
  readonly leases: MemLease[]
  /** How peers look at their own leases, where it is not as the fabric has it. */
  readonly sessions: typeof Session | undefined

  /** @param host who gives its lease back */
  constructor(host: MemLease, shape: FabricShape, { leases: leaseTable = LeaseTable, sessions }: FabricPieces = shape) {
    const { leaseMs, latecomers = 0 } = shape
    const { memory } = host.session
    host.release()
    const fabrics: Fabric[] = []
    while (fabrics.length < leaseMs.length + latecomers) fabrics.push(new Fabric(memory, new leaseTable(memory)))
    this.buffer = memory.words.buffer as SharedArrayBuffer
    this.words = new FabricWords(this.buffer, trueTimeMs)
    this.fabrics = fabrics
    this.leases = []
    this.sessions = sessions
    for (let peer = 0; peer < leaseMs.length; peer++) leaseAnew(this, peer, leaseMs[peer] as number)
  }
}

/** Where the invariants find the fabric. */
export const wordsOf = (world: FabricWorld): FabricWords => world.words

const trueTimeMs = (): number => Date.now()

/** A lease for the peer, in place of one that is over. */
export function leaseAnew(world: FabricWorld, peer: number, leaseMs: number): MemLease {
  const taken = new MemBuilder(world.fabrics[peer] as Fabric)
    .holderId(peer + 1)
    .leaseMs(leaseMs)
    .acquire()
  const lease = world.sessions === undefined ? taken : seenAs(world.sessions, taken)
  world.leases[peer] = lease
  return lease
}

/** The lease, whose holder looks at it as `sessions` does. */
function seenAs(sessions: typeof Session, { session }: MemLease): MemLease {
  return new MemLease(new sessions(session.memory, session.leases, session.reference, session.holderId, session.leaseMs))
}

/** A lease for so long, in ms, outlasts the execution: time does not go to its end. */
export const OUTLASTING_MS = 100_000

/** Where time may stop: when leases end. */
export const deadlines = (world: FabricWorld): readonly number[] => world.words.deadlines(OUTLASTING_MS / 2)

/** Names the fabric's words in reports. */
export function locate(world: FabricWorld, buffer: ArrayBufferLike, byteOffset: number): string | undefined {
  return buffer === world.buffer ? world.words.nameOf(byteOffset) : undefined
}
