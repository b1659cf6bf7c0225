// One session: what its holder does with its own lease. Primitives ask `own()` before each change that depends on the lease.

import { FabricError } from './fabric-error.js'
import type { FabricMemory } from './fabric-memory.js'
import { expiryAfter, type LeaseTable } from './lease-table.js'
import { ACTIVE, activeStatus, EXPIRED, expiryOf, FENCED, generationOf, leaseWord, RELEASED, REVOKED, stateOf, statusOf, withState } from './lease-word.js'

export class Session {
  readonly memory: FabricMemory
  readonly leases: LeaseTable
  /** Lease index and generation, as words of the primitives hold them (lease-word.ts). */
  readonly reference: number
  readonly holderId: number
  /** How long a renewal is for unless told otherwise, in ms. */
  readonly leaseMs: number
  /** Guards handed out through this session that are still open. */
  openGuards = 0
  /** Index of the lease word in the fabric's 64-bit words. */
  readonly #wordIndex: number
  /** State and generation of the lease word while the lease is active. */
  readonly #activeStatus: number
  /** The fabric clock, as the last `own()` read it. */
  #ownedAtMs = 0

  constructor(memory: FabricMemory, leases: LeaseTable, reference: number, holderId: number, leaseMs: number) {
    this.memory = memory
    this.leases = leases
    this.reference = reference
    this.holderId = holderId
    this.leaseMs = leaseMs
    this.#wordIndex = leases.wordIndex(reference)
    this.#activeStatus = activeStatus(generationOf(reference))
  }

  /**
   * Throws unless the lease is ACTIVE in this session's generation and not over by the caller's clock: FabricError `LeaseExpired`, `Revoked`,
   * `Fenced` or `Disconnected`. Returns the lease word that it loaded. One load and one clock read.
   */
  own(): bigint {
    const { longs, pair } = this.memory
    const at = this.#wordIndex
    const word = Atomics.load(longs, at)
    const high = pair.high(word)
    if (statusOf(high) !== this.#activeStatus) throw this.#over(high)
    const expiryMs = expiryOf(pair.low(word), high)
    const nowMs = this.memory.timeAt(Date.now())
    if (nowMs >= expiryMs) throw this.#expire(word)
    this.#ownedAtMs = nowMs
    return word
  }

  /** Moves the expiry to `leaseMs` from now, never back. Throws as {@link own}. */
  renew(leaseMs: number): void {
    const { longs, pair } = this.memory
    const at = this.#wordIndex
    for (;;) {
      const word = this.own()
      const expiryMs = Math.max(expiryOf(pair.low(word), pair.high(word)), expiryAfter(this.#ownedAtMs, leaseMs))
      const renewed = leaseWord(pair, ACTIVE, generationOf(this.reference), expiryMs)
      // Against the word that own() loaded: whoever ended the lease since makes this fail.
      const seen = Atomics.compareExchange(longs, at, word, renewed)
      if (seen === word) return
    }
  }

  /** Gives the lease back. Throws as {@link own}. */
  release(): void {
    const { longs, pair } = this.memory
    const at = this.#wordIndex
    for (;;) {
      const word = this.own()
      const released = withState(pair, word, RELEASED)
      const seen = Atomics.compareExchange(longs, at, word, released)
      if (seen === word) return
    }
  }

  /** How long the lease still runs by the caller's clock, in ms: 0 when it is over. Changes nothing. */
  remainingMs(): number {
    const { longs, pair } = this.memory
    const at = this.#wordIndex
    const word = Atomics.load(longs, at)
    const high = pair.high(word)
    if (statusOf(high) !== this.#activeStatus) return 0
    const expiryMs = expiryOf(pair.low(word), high)
    const nowMs = this.memory.timeAt(Date.now())
    return Math.max(0, expiryMs - nowMs)
  }

  /** Ends the own lease, which is over by the clock; the error that says so. */
  #expire(word: bigint): FabricError {
    const { longs, pair } = this.memory
    const expired = withState(pair, word, EXPIRED)
    const seen = Atomics.compareExchange(longs, this.#wordIndex, word, expired)
    // Only the holder renews, and it is here: a failure means that the lease was ended in another way.
    return this.#over(pair.high(seen === word ? expired : seen))
  }

  /** The error for a lease word, given its high half, that is not ACTIVE in this generation. One load. */
  #over(high: number): FabricError {
    const leaseId = this.leases.idOf(this.reference)
    const closed = this.memory.isClosed()
    if (closed) return new FabricError('Disconnected', `expected an open fabric, got one that was shut down (lease ${leaseId})`, { leaseId })
    const state = generationOf(high) === generationOf(this.reference) ? stateOf(high) : undefined
    switch (state) {
      case REVOKED:
        return new FabricError('Revoked', `expected lease ${leaseId} to be active, got it revoked: whether to take a new one is the application's decision`, {
          leaseId,
        })
      case FENCED:
        return new FabricError('Fenced', `expected lease ${leaseId} to be active, got its slot closed for good`, { leaseId })
      case RELEASED:
        return new FabricError('LeaseExpired', `expected lease ${leaseId} to be active, got it released`, { leaseId })
      case EXPIRED:
        return new FabricError('LeaseExpired', `expected lease ${leaseId} to be active, got it timed out: renew earlier, or acquire a new one`, { leaseId })
      default:
        return new FabricError('LeaseExpired', `expected lease ${leaseId} to be active, got its slot in use by a later lease`, { leaseId })
    }
  }
}
