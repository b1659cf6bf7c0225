// A fabric: an arena in shared memory, and the session leases of the parties that use it. It belongs to no party.
//
// Source: the arena behind a lease of grafos_sync, repaired. There one lease owns the arena, so it ends under those who use it, or an owner
// that renews keeps a dead user's lock; here each party has a lease of its own.

import { requireSharedBuffer } from '../argument-checks.js'
import { type FabricState, inspectFabric } from './fabric-inspect.js'
import { type FabricOptions, formatOf, placesOf } from './fabric-layout.js'
import { type FabricMemory, formatFabric, openFabric } from './fabric-memory.js'
import { type LeaseStatus, LeaseTable } from './lease-table.js'
import { REVOKED } from './lease-word.js'
import { clearMagic } from './primitive-block.js'
import { freeRangesAt, requireRangeAt } from './range-table.js'

/** One party's handle. Never shared between threads: each attaches its own. */
export class Fabric {
  /** The shared words, for the primitives of this family; no part of the interface. */
  readonly memory: FabricMemory
  /** The leases, for the primitives of this family; no part of the interface. */
  readonly leases: LeaseTable

  /** Use {@link Fabric.create} or {@link Fabric.attach}. */
  constructor(memory: FabricMemory, leases: LeaseTable) {
    this.memory = memory
    this.leases = leases
  }

  /** How many bytes a fabric takes: a multiple of 64. Pure. Throws BadArgumentError. */
  static byteLength(options: FabricOptions): number {
    return placesOf(formatOf(options)).totalBytes
  }

  /**
   * Formats a fabric. Needs the memory to itself, zeroed from `byteOffset` on. The clock's epoch is now.
   *
   * @param byteOffset a multiple of 64
   * @throws BadArgumentError, BadLayoutError; the memory is unchanged then
   */
  static create(buffer: SharedArrayBuffer, byteOffset: number, options: FabricOptions): Fabric {
    requireSharedBuffer('buffer', buffer)
    const memory = formatFabric(buffer, byteOffset, formatOf(options))
    return new Fabric(memory, new LeaseTable(memory))
  }

  /** Opens a formatted fabric, from any thread. Writes nothing. Throws BadArgumentError, and BadLayoutError where there is none. */
  static attach(buffer: SharedArrayBuffer, byteOffset: number): Fabric {
    requireSharedBuffer('buffer', buffer)
    const memory = openFabric(buffer, byteOffset)
    return new Fabric(memory, new LeaseTable(memory))
  }

  /** Bytes of the arena. */
  get arenaBytes(): number {
    return this.memory.format.arenaBytes
  }

  /** How many sessions there can be at a time. */
  get leaseCapacity(): number {
    return this.memory.format.leaseCapacity
  }

  /** The largest difference between two parties' clocks, in ms, that this fabric allows for. */
  get skewMsMax(): number {
    return this.memory.format.skewMsMax
  }

  /** The fabric clock of this party: ms since the epoch, an integer, never below 0. */
  now(): number {
    return this.memory.timeAt(Date.now())
  }

  /**
   * How a lease stands: `expired` when it is over by this party's clock and the skew, which ends it. `unknown` when its slot has a later lease.
   *
   * @throws BadArgumentError where `leaseId` is no id of this fabric
   */
  leaseStatus(leaseId: number): LeaseStatus {
    return this.leases.status(this.leases.requireId(leaseId))
  }

  /** Takes an active lease away: its holder's next check throws `Revoked`. Nothing if it is over. Throws BadArgumentError. */
  revoke(leaseId: number): void {
    this.leases.end(this.leases.requireId(leaseId), REVOKED)
  }

  /** Closes the slot of a lease for good, active or over. Nothing if the slot has a later lease. Throws BadArgumentError. */
  fence(leaseId: number): void {
    this.leases.fence(this.leases.requireId(leaseId))
  }

  /** No new leases; every active one is revoked, and whoever uses one gets `Disconnected`. */
  shutdown(): void {
    this.leases.shutdown()
  }

  /**
   * Gives back the bytes of a primitive that nobody uses any more, or whose creator died half-way. For a host that knows this.
   *
   * @param baseOffset of the primitive, in bytes of the arena
   * @throws BadLayoutError where there is none
   */
  freeRange(baseOffset: number): void {
    requireRangeAt(this.memory, baseOffset)
    // The magic before the range: nobody attaches to bytes that another may claim.
    clearMagic(this.memory, baseOffset)
    freeRangesAt(this.memory, baseOffset)
  }

  /** The leases and ranges as plain data, for invariants. Exact only while no party takes a step. */
  inspect(): FabricState {
    return inspectFabric(this.memory)
  }
}
