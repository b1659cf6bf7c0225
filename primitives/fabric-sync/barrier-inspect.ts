// A barrier's state as plain data, for invariants and reports.

import { countOf, EMPTY_SEAT, epochOf, isBroken, phaseOf, referenceInSeat } from './barrier-word.js'
import type { FabricMemory } from './fabric-memory.js'
import { generationOf, indexOf } from './lease-word.js'
import type { Block } from './primitive-block.js'

export interface BarrierState {
  /** Phases that were completed, modulo 2^32. */
  readonly phase: number
  /** How often it was reset, modulo 2^23. */
  readonly epoch: number
  /** Members that have arrived in this phase and epoch. */
  readonly count: number
  readonly broken: boolean
  /** By seat: the lease of the member; undefined where the seat is empty. */
  readonly seats: readonly ({ readonly leaseIndex: number; readonly generation: number } | undefined)[]
}

export function inspectBarrier(memory: FabricMemory, block: Block, numParties: number): BarrierState {
  const { words, longs, pair } = memory
  const word = Atomics.load(longs, block.mainIndex)
  const high = pair.high(word)
  const seats = Array.from({ length: numParties }, (_, seat) => {
    const member = Atomics.load(words, 2 * block.bodyIndex + seat)
    if (member === EMPTY_SEAT) return undefined
    const reference = referenceInSeat(member)
    return { leaseIndex: indexOf(reference), generation: generationOf(reference) }
  })
  return { phase: phaseOf(pair.low(word)), epoch: epochOf(high), count: countOf(high), broken: isBroken(high), seats }
}
