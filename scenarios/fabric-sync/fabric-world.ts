// What the scenarios of the fabric share: a small fabric with one handle and one lease for each peer.

import { FabricWords } from '../../invariants/fabric-sync/fabric-words.js'
import { type FabricFormat, placesOf } from '../../primitives/fabric-sync/fabric-layout.js'
import type { FabricMemory } from '../../primitives/fabric-sync/fabric-memory.js'
import { openFabric } from '../../primitives/fabric-sync/fabric-memory.js'
import { LeaseTable } from '../../primitives/fabric-sync/lease-table.js'
import { Fabric, MemBuilder, MemLease } from '../../primitives/fabric-sync/public.js'
import { Session } from '../../primitives/fabric-sync/session.js'

export interface FabricWorld {
  readonly buffer: SharedArrayBuffer
  readonly words: FabricWords
  /** By peer: its handle of the fabric. */
  readonly fabrics: readonly Fabric[]
  /** By peer: its lease. A peer whose lease is over may take another. */
  readonly leases: MemLease[]
  /** How peers look at their own leases. */
  readonly sessions: typeof Session
}

/** Where the invariants find the fabric. */
export const wordsOf = (world: FabricWorld): FabricWords => world.words

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
  readonly leaseTable?: new (memory: FabricMemory) => LeaseTable
  /** How parties look at their own leases. */
  readonly sessions?: typeof Session | undefined
  /** Makes the primitives, before the peers begin. The host's lease is released afterwards. */
  readonly prepare?: (host: MemLease) => void
}

/** A fabric for the peers of a scenario. Peer n has holder id n + 1. */
export function fabricWorld(shape: FabricShape): FabricWorld {
  const { leaseMs, latecomers = 0, arenaBytes = 256, leaseCapacity = leaseMs.length + 1, rangeCapacity = 1, skewMsMax = 0, leaseTable = LeaseTable } = shape
  const { sessions = Session } = shape
  const format: FabricFormat = { arenaBytes, leaseCapacity, rangeCapacity, skewMsMax }
  const buffer = new SharedArrayBuffer(placesOf(format).totalBytes)
  const host = new MemBuilder(Fabric.create(buffer, 0, format)).acquire()
  shape.prepare?.(host)
  host.release()
  const fabrics = Array.from({ length: leaseMs.length + latecomers }, () => {
    const memory = openFabric(buffer, 0)
    return new Fabric(memory, new leaseTable(memory))
  })
  const leases = leaseMs.map((ms, peer) => leaseFor(fabrics[peer] as Fabric, peer, ms, sessions))
  return { buffer, words: new FabricWords(buffer, () => Date.now()), fabrics, leases, sessions }
}

/** A lease for the peer, whose holder looks at it as `sessions` does. */
function leaseFor(fabric: Fabric, peer: number, leaseMs: number, sessions: typeof Session): MemLease {
  const { session } = new MemBuilder(fabric)
    .holderId(peer + 1)
    .leaseMs(leaseMs)
    .acquire()
  return new MemLease(new sessions(session.memory, session.leases, session.reference, session.holderId, session.leaseMs))
}

/** A lease for the peer in place of one that is over. */
export function leaseAnew(world: FabricWorld, peer: number, leaseMs: number): MemLease {
  const lease = leaseFor(world.fabrics[peer] as Fabric, peer, leaseMs, world.sessions)
  world.leases[peer] = lease
  return lease
}

/** A lease for so long, in ms, outlasts the execution: time does not go to its end. */
export const OUTLASTING_MS = 100_000

/** Where time may stop: when leases end. */
export const deadlines = (world: FabricWorld): readonly number[] => world.words.deadlines(OUTLASTING_MS / 2)

/** Names the fabric's words in reports. */
export function locate(world: FabricWorld, buffer: ArrayBufferLike, byteOffset: number): string | undefined {
  return buffer === world.buffer ? world.words.nameOf(byteOffset) : undefined
}
