// Asks a fabric for a lease.

import { requireInteger } from '../argument-checks.js'
import { BadArgumentError } from '../errors.js'
import { Fabric } from './fabric.js'
import { FabricError } from './fabric-error.js'
import { ARENA_BYTES_MAX } from './fabric-layout.js'
import { HOLDER_ID_DEFAULT, HOLDER_ID_MAX, LEASE_MS_DEFAULT, LEASE_MS_MAX } from './lease-limits.js'
import { MemLease } from './mem-lease.js'
import { Session } from './session.js'

/**
 * Builds session leases of one fabric.
 *
 * ```ts
 * import { Fabric, MemBuilder } from 'heddle/primitives/fabric-sync'
 *
 * const options = { arenaBytes: 4096 }
 * const fabric = Fabric.create(new SharedArrayBuffer(Fabric.byteLength(options)), 0, options)
 * const lease = new MemBuilder(fabric).leaseMs(5000).holderId(7).acquire()
 * lease.release()
 * ```
 */
export class MemBuilder {
  readonly #fabric: Fabric
  #minBytes = 0
  #leaseMs = LEASE_MS_DEFAULT
  #holderId = HOLDER_ID_DEFAULT

  constructor(fabric: Fabric) {
    if (!(fabric instanceof Fabric)) throw new BadArgumentError('fabric', fabric, 'a Fabric')
    this.#fabric = fabric
  }

  /** The least size of the arena, in bytes: 0 (the default) to 2^30. `acquire` throws `CapacityExceeded` where the arena is smaller. */
  minBytes(n: number): this {
    requireInteger('minBytes', n, 0, ARENA_BYTES_MAX)
    this.#minBytes = n
    return this
  }

  /** How long the lease and each of its renewals is for, in ms: 1 to 2^31 - 1, default 10,000. */
  leaseMs(ms: number): this {
    requireInteger('leaseMs', ms, 1, LEASE_MS_MAX)
    this.#leaseMs = ms
    return this
  }

  /** The caller's id, which calls of primitives must repeat: 1 (the default) to 65,535. */
  holderId(id: number): this {
    requireInteger('holderId', id, 1, HOLDER_ID_MAX)
    this.#holderId = id
    return this
  }

  /** A fresh session lease. Throws FabricError `CapacityExceeded` (arena too small, no lease slot) or `Disconnected`. */
  acquire(): MemLease {
    const { memory, leases } = this.#fabric
    const { arenaBytes } = memory.format
    if (this.#minBytes > arenaBytes)
      throw new FabricError('CapacityExceeded', `expected an arena of at least ${this.#minBytes} bytes, got one of ${arenaBytes}`)
    const reference = leases.acquire(this.#leaseMs)
    return new MemLease(new Session(memory, leases, reference, this.#holderId, this.#leaseMs))
  }

  /**
   * A fresh session lease of the caller's own, if the lease `leaseId` of another party is active.
   *
   * @throws FabricError `LeaseExpired`, `Revoked` or `Fenced` where it is not, and as {@link acquire}; BadArgumentError
   */
  attach(leaseId: number): MemLease {
    const status = this.#fabric.leaseStatus(leaseId)
    if (status === 'active') return this.acquire()
    const kind = status === 'revoked' ? 'Revoked' : status === 'fenced' ? 'Fenced' : 'LeaseExpired'
    throw new FabricError(kind, `expected lease ${leaseId} to be active, got it ${status}`, { leaseId })
  }
}
