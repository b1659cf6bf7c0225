// A fabric's state as plain data, for invariants and reports.

import { FIRST_LEASE_INDEX } from './fabric-layout.js'
import type { FabricMemory } from './fabric-memory.js'
import { expiryOf, generationOf, stateOf } from './lease-word.js'

export interface LeaseState {
  readonly index: number
  readonly state: 'free' | 'active' | 'expired' | 'revoked' | 'released' | 'fenced' | 'corrupt'
  readonly generation: number
  /** In ms since the fabric's epoch. */
  readonly expiryMs: number
}

/** A claimed range, in bytes of the arena. */
export interface RangeState {
  readonly baseOffset: number
  readonly byteLength: number
}

export interface FabricState {
  readonly closed: boolean
  /** `Date.now()` of the creator. */
  readonly epochMs: number
  /** Every slot, by index. */
  readonly leases: readonly LeaseState[]
  /** Every claimed range, in the order of their words. */
  readonly ranges: readonly RangeState[]
}

const STATES: readonly LeaseState['state'][] = ['free', 'active', 'expired', 'revoked', 'released', 'fenced']

export function inspectFabric(memory: FabricMemory): FabricState {
  const { longs, pair, firstRangeIndex, format, epochMs } = memory
  const leases: LeaseState[] = []
  for (let index = 0; index < format.leaseCapacity; index++) {
    const word = Atomics.load(longs, FIRST_LEASE_INDEX + index)
    const high = pair.high(word)
    leases.push({ index, state: STATES[stateOf(high)] ?? 'corrupt', generation: generationOf(high), expiryMs: expiryOf(pair.low(word), high) })
  }
  const ranges: RangeState[] = []
  for (let at = 0; at < format.rangeCapacity; at++) {
    const range = Atomics.load(longs, firstRangeIndex + at)
    if (range !== 0n) ranges.push({ baseOffset: pair.low(range), byteLength: pair.high(range) })
  }
  return { closed: memory.isClosed(), epochMs, leases, ranges }
}
