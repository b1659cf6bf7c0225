// The leases of a fabric, as anybody may look at them: taking a slot, judging whether another's lease has ended, taking one away.
//
// What the holder itself does with its lease is in session.ts.
//
// Clocks. Two parties' clocks differ by at most `skewMsMax`. A party treats its own lease as over at its expiry, and another's as over at
// expiry + skewMsMax: when anyone else acts on an expiry, the holder's own clock already shows it.
//
// Ordering. A lease ends only through a compare-and-swap of its word away from ACTIVE, never by a look at the clock alone: a holder that has
// passed its check and renews, and another that judges it over, swap against the same loaded word, and one of them fails. A lease that ended
// never becomes ACTIVE again with that generation.

import { BadArgumentError, CorruptStateError } from '../errors.js'
import { FabricError } from './fabric-error.js'
import { FIRST_LEASE_INDEX, HEADER_CLOSED_WORD } from './fabric-layout.js'
import type { FabricMemory } from './fabric-memory.js'
import {
  ACTIVE,
  EXPIRED,
  EXPIRY_MS_MAX,
  expiryOf,
  FENCED,
  GENERATION_MAX,
  generationOf,
  indexOf,
  type LeaseStateBits,
  leaseIdOf,
  leaseWord,
  RELEASED,
  REVOKED,
  referenceOfId,
  referenceTo,
  stateOf,
  withState,
} from './lease-word.js'

export type LeaseStatus = 'active' | 'expired' | 'revoked' | 'released' | 'fenced' | 'unknown'

export class LeaseTable {
  protected readonly memory: FabricMemory

  constructor(memory: FabricMemory) {
    this.memory = memory
  }

  /** A fresh session for `leaseMs`: its reference. Throws FabricError `Disconnected`, `CapacityExceeded` or `Unsupported`. */
  acquire(leaseMs: number): number {
    const { memory } = this
    if (memory.isClosed()) throw closedError()
    for (let index = 0; index < memory.format.leaseCapacity; index++) {
      const reference = this.#tryAcquire(index, leaseMs)
      if (reference === undefined) continue
      // Loaded again: a shutdown that came between the first load and the compare-and-swap may have looked at this slot before.
      const closed = memory.isClosed()
      if (!closed) return reference
      this.end(reference, REVOKED)
      throw closedError()
    }
    throw new FabricError('CapacityExceeded', `expected one of the ${memory.format.leaseCapacity} lease slots to be free, got all of them in use`)
  }

  /** Takes one slot, if nobody has it: the reference. Undefined if somebody has, or another was faster. */
  #tryAcquire(index: number, leaseMs: number): number | undefined {
    const { longs, pair } = this.memory
    const at = FIRST_LEASE_INDEX + index
    let word = Atomics.load(longs, at)
    let high = pair.high(word)
    if (stateOf(high) === FENCED) return undefined
    if (stateOf(high) === ACTIVE) {
      const over = this.ended(referenceTo(index, generationOf(high)))
      if (!over) return undefined
      word = Atomics.load(longs, at)
      high = pair.high(word)
      if (stateOf(high) === FENCED || stateOf(high) === ACTIVE) return undefined
    }
    const generation = generationOf(high) + 1
    if (generation >= GENERATION_MAX) {
      const fenced = leaseWord(pair, FENCED, GENERATION_MAX, 0)
      Atomics.compareExchange(longs, at, word, fenced)
      return undefined
    }
    const nowMs = this.memory.timeAt(Date.now())
    const taken = leaseWord(pair, ACTIVE, generation, expiryAfter(nowMs, leaseMs))
    const seen = Atomics.compareExchange(longs, at, word, taken)
    return seen === word ? referenceTo(index, generation) : undefined
  }

  /**
   * Whether the lease of another session has ended; if it is over by the caller's clock and the margin, ends it (G1 to G3). The answer true is
   * final; after false the holder may go on.
   */
  ended(reference: number): boolean {
    const { longs, pair, format } = this.memory
    const at = this.wordIndex(reference)
    for (;;) {
      const word = Atomics.load(longs, at) // G1
      const high = pair.high(word)
      if (generationOf(high) !== generationOf(reference) || stateOf(high) !== ACTIVE) return true
      const nowMs = this.memory.timeAt(Date.now()) // G2
      if (nowMs < expiryOf(pair.low(word), high) + format.skewMsMax) return false
      const expired = withState(pair, word, EXPIRED)
      const seen = Atomics.compareExchange(longs, at, word, expired) // G3
      if (seen === word) return true
      // Renewed, released or taken away since: look again.
    }
  }

  /** The lease word of a session, and whether it is ACTIVE in the session's generation. One load. */
  load(reference: number): bigint {
    const at = this.wordIndex(reference)
    const word = Atomics.load(this.memory.longs, at)
    return word
  }

  /** Moves an ACTIVE lease to `state`. Nothing if it is not ACTIVE in that generation. */
  end(reference: number, state: LeaseStateBits): void {
    const { longs, pair } = this.memory
    const at = this.wordIndex(reference)
    for (;;) {
      const word = Atomics.load(longs, at)
      const high = pair.high(word)
      if (generationOf(high) !== generationOf(reference) || stateOf(high) !== ACTIVE) return
      const ended = withState(pair, word, state)
      const seen = Atomics.compareExchange(longs, at, word, ended)
      if (seen === word) return
    }
  }

  /** Closes the slot of a session for good, whatever its state. Nothing if the slot has another generation. */
  fence(reference: number): void {
    const { longs, pair } = this.memory
    const at = this.wordIndex(reference)
    for (;;) {
      const word = Atomics.load(longs, at)
      const high = pair.high(word)
      if (generationOf(high) !== generationOf(reference) || stateOf(high) === FENCED) return
      const fenced = withState(pair, word, FENCED)
      const seen = Atomics.compareExchange(longs, at, word, fenced)
      if (seen === word) return
    }
  }

  /** No new leases, and every ACTIVE one is revoked. */
  shutdown(): void {
    const { words, longs, pair, format } = this.memory
    Atomics.store(words, HEADER_CLOSED_WORD, 1)
    for (let index = 0; index < format.leaseCapacity; index++) {
      const at = FIRST_LEASE_INDEX + index
      const word = Atomics.load(longs, at)
      const high = pair.high(word)
      if (stateOf(high) === ACTIVE) this.end(referenceTo(index, generationOf(high)), REVOKED)
    }
  }

  /** How the lease stands. One that is over by the clock is ended first. */
  status(reference: number): LeaseStatus {
    const over = this.ended(reference)
    if (!over) return 'active'
    const word = this.load(reference)
    const high = this.memory.pair.high(word)
    if (generationOf(high) !== generationOf(reference)) return 'unknown'
    switch (stateOf(high)) {
      case EXPIRED:
        return 'expired'
      case REVOKED:
        return 'revoked'
      case RELEASED:
        return 'released'
      case FENCED:
        return 'fenced'
      default:
        throw new CorruptStateError(`expected a lease state from 2 to 5 after its end, got lease word ${word}`)
    }
  }

  /** The reference behind a lease id. Throws BadArgumentError where it is no id of this fabric. */
  requireId(leaseId: number): number {
    const { epochMs, format } = this.memory
    const reference = referenceOfId(epochMs, leaseId)
    if (reference === undefined || indexOf(reference) >= format.leaseCapacity)
      throw new BadArgumentError('leaseId', leaseId, 'the id of a lease of this fabric')
    return reference
  }

  /** The id by which parties tell each other about a lease. */
  idOf(reference: number): number {
    return leaseIdOf(this.memory.epochMs, reference)
  }

  /** Index of a session's lease word in the fabric's 64-bit words. */
  wordIndex(reference: number): number {
    const index = indexOf(reference)
    if (index >= this.memory.format.leaseCapacity) {
      throw new CorruptStateError(`expected a lease index below ${this.memory.format.leaseCapacity} in a shared word, got ${index}`)
    }
    return FIRST_LEASE_INDEX + index
  }
}

/** The expiry of a lease that begins at `nowMs`. Throws where a lease word could not hold it. */
export function expiryAfter(nowMs: number, leaseMs: number): number {
  const expiryMs = nowMs + leaseMs
  if (expiryMs <= EXPIRY_MS_MAX) return expiryMs
  throw new FabricError('Unsupported', `expected the lease to end within ${EXPIRY_MS_MAX} ms of the fabric's epoch, got ${expiryMs}: make a new fabric`)
}

function closedError(): FabricError {
  return new FabricError('Disconnected', 'expected an open fabric, got one that was shut down')
}
