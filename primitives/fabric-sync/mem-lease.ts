// A session lease as its holder sees it.

import { requireInteger } from '../argument-checks.js'
import { BadArgumentError } from '../errors.js'
import { FabricMem } from './fabric-mem.js'
import { LEASE_MS_MAX } from './lease-limits.js'
import type { Session } from './session.js'

/** A party takes part as long as its lease runs. It renews in time, or everything it holds may be taken over. No other call renews, also none that waits. */
export class MemLease {
  /** What the primitives of this family work with; no part of the interface. */
  readonly session: Session
  #released = false

  /** Use `MemBuilder`. */
  constructor(session: Session) {
    this.session = session
  }

  /** By which others may name this lease: an integer below 2^40, never used again within 65,533 leases of its slot. */
  get id(): number {
    return this.session.leases.idOf(this.session.reference)
  }

  /** Repeated in calls of primitives. */
  get holderId(): number {
    return this.session.holderId
  }

  /** Whether the lease is active and not over by the caller's clock. Changes nothing. */
  isActive(): boolean {
    return this.remainingMs() > 0
  }

  /** How long it still runs by the caller's clock, in ms; 0 when it is over. Changes nothing. */
  remainingMs(): number {
    return this.session.remainingMs()
  }

  /**
   * Moves the expiry to `leaseMs` from now, never back.
   *
   * @param leaseMs 1 to 2^31 - 1; default: what the lease was built with
   * @throws FabricError `LeaseExpired`, `Revoked`, `Fenced`, `Disconnected`; BadArgumentError
   */
  renew(leaseMs: number = this.session.leaseMs): void {
    requireInteger('leaseMs', leaseMs, 1, LEASE_MS_MAX)
    this.session.renew(leaseMs)
  }

  /** Gives the lease back. Throws BadArgumentError while a guard of it is open, and FabricError where the lease is over. */
  release(): void {
    const { openGuards } = this.session
    if (openGuards > 0) throw new BadArgumentError('lease', openGuards, 'without open guards when it is released: release or abandon them first')
    this.session.release()
    this.#released = true
  }

  /** The arena as words and bytes, under this lease. */
  mem(): FabricMem {
    return new FabricMem(this.session)
  }

  /** {@link release}, unless that was done; its errors propagate. */
  [Symbol.dispose](): void {
    if (!this.#released) this.release()
  }
}
