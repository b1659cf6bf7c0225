// A barrier in the arena that breaks when a member dies, instead of letting the others wait for ever. Steps: barrier-steps.ts; words:
// barrier-word.ts.
//
//   +0   header and main word (primitive-block.ts); its parameter is numParties
//   +64  seat, 32 bits, x numParties

import { requireInteger } from '../argument-checks.js'
import { BadLayoutError } from '../errors.js'
import { type BarrierState, inspectBarrier } from './barrier-inspect.js'
import { BarrierSteps, notBroken } from './barrier-steps.js'
import { barrierWord, EMPTY_SEAT } from './barrier-word.js'
import type { FabricMemory } from './fabric-memory.js'
import { requirePolls } from './lease-limits.js'
import type { MemLease } from './mem-lease.js'
import { BARRIER, BLOCK_HEADER_BYTES, type Block, blockAt, claimBlock, openHeader, publishBlock, sessionOf } from './primitive-block.js'

const PARTIES_MAX = 255
const SEAT_BYTES = 4
/** Primitives take multiples of this many bytes. */
const LENGTH_ALIGNMENT = 8

/**
 * One party's handle. A phase is complete when `numParties` members have arrived in it. When the lease of a member ends, the phase breaks: the
 * others get FabricError `LeaseExpired`, one of them resets the barrier, a replacement takes the seat, and the same phase begins anew.
 *
 * Every call checks the caller's lease first and throws FabricError `LeaseExpired`, `Revoked`, `Fenced` or `Disconnected` where it is over.
 *
 * ```ts
 * import assert from 'node:assert'
 * import { Fabric, FabricBarrier, MemBuilder } from 'heddle/primitives/fabric-sync'
 *
 * const options = { arenaBytes: 4096 }
 * const fabric = Fabric.create(new SharedArrayBuffer(Fabric.byteLength(options)), 0, options)
 * const barrier = FabricBarrier.create(new MemBuilder(fabric).acquire(), 0, 1)
 *
 * assert(barrier.wait(100) === 1)
 * assert(barrier.wait(100) === 2)
 * ```
 */
export class FabricBarrier {
  readonly #steps: BarrierSteps

  /** Use {@link FabricBarrier.create} or {@link FabricBarrier.attach}. */
  constructor(steps: BarrierSteps) {
    this.#steps = steps
  }

  /** Bytes that a barrier of so many parties takes in the arena: a multiple of 8. Pure. Throws BadArgumentError. */
  static byteLength(numParties: number): number {
    requireInteger('numParties', numParties, 1, PARTIES_MAX)
    return BLOCK_HEADER_BYTES + Math.ceil((numParties * SEAT_BYTES) / LENGTH_ALIGNMENT) * LENGTH_ALIGNMENT
  }

  /**
   * Makes a barrier in phase 0 with empty seats. One party does this; the others attach.
   *
   * @param baseOffset in the arena, a multiple of 8
   * @param numParties members that a phase takes: 1 to 255
   * @throws BadLayoutError where the bytes are outside the arena, formatted or another primitive's; FabricError `CapacityExceeded` without a
   * free range word; BadArgumentError
   */
  static create(lease: MemLease, baseOffset: number, numParties: number): FabricBarrier {
    const session = sessionOf(lease)
    const { memory } = session
    const byteLength = FabricBarrier.byteLength(numParties)
    const block = claimBlock(session, baseOffset, byteLength)
    for (let seat = 0; seat < numParties; seat++) Atomics.store(memory.words, 2 * block.bodyIndex + seat, EMPTY_SEAT)
    publishBlock(memory, block, BARRIER, { codecBytes: 0, parameter: numParties }, barrierWord(memory.pair, 0, 0, 0))
    return new FabricBarrier(new BarrierSteps(session, block, numParties))
  }

  /** Opens a barrier that another party made. Writes nothing, takes no seat. Throws BadLayoutError where there is none, or it is half made. */
  static attach(lease: MemLease, baseOffset: number): FabricBarrier {
    const session = sessionOf(lease)
    const { block, numParties } = openBarrier(session.memory, baseOffset)
    return new FabricBarrier(new BarrierSteps(session, block, numParties))
  }

  /**
   * Makes the caller a member; nothing if it is one. The first `wait` does this too. Whoever takes a seat of a broken barrier resets it.
   *
   * @returns the number of the seat, from 0
   * @throws FabricError `CapacityExceeded` where all seats are taken by live members
   */
  join(): number {
    return this.#steps.join()
  }

  /** Gives the seat back; nothing if the caller has none. The phase is not complete until somebody else has taken it and arrived. */
  leave(): void {
    this.#steps.leave()
  }

  /**
   * Arrives, and blocks until all members have. The caller's leases are not renewed meanwhile: wait for less than they run, renew, and wait again.
   *
   * @param maxPolls how many times it may sleep, up to 1 ms each: 0 to 2^31 - 1
   * @returns the phase that begins, modulo 2^32: one more than the phase that the caller arrived in
   * @throws FabricError `LeaseExpired` where a member's lease has ended, with that `leaseId` where it is known: the phase broke, reset it and
   * wait again; `Timeout` where others are missing: the arrival is withdrawn; `CapacityExceeded` as {@link join}; BadArgumentError
   */
  wait(maxPolls: number): number {
    requirePolls(maxPolls)
    return this.#steps.wait(maxPolls)
  }

  /**
   * Begins the phase anew after a break: empties the seats of members whose leases have ended, counts nobody. The phase stays.
   *
   * @throws BadArgumentError where the barrier is not broken and all members are alive, as after another's reset
   */
  reset(): void {
    const done = this.#steps.tryReset()
    if (!done) throw notBroken(this.#steps.block)
  }

  /** The phase that members are in, modulo 2^32. */
  generation(): number {
    return this.#steps.phase()
  }

  /** The barrier as plain data, for invariants. Exact only while no party takes a step. */
  inspect(): BarrierState {
    return inspectBarrier(this.#steps.session.memory, this.#steps.block, this.#steps.numParties)
  }
}

/** Where a barrier lies, and its parties. Throws as {@link FabricBarrier.attach}. */
export function openBarrier(memory: FabricMemory, baseOffset: number): { readonly block: Block; readonly numParties: number } {
  const { parameter } = openHeader(memory, baseOffset, BARRIER)
  if (parameter < 1 || parameter > PARTIES_MAX)
    throw new BadLayoutError(`expected the header of a barrier at offset ${baseOffset}, got one of ${parameter} parties`)
  return { block: blockAt(memory, baseOffset, FabricBarrier.byteLength(parameter)), numParties: parameter }
}
