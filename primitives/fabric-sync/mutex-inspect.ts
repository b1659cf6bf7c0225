// A mutex's state as plain data, for invariants and reports.

import type { FabricMemory } from './fabric-memory.js'
import { generationOf, indexOf, NOBODY } from './lease-word.js'
import { cellOf, fenceOf, holderOf } from './mutex-word.js'
import type { Block } from './primitive-block.js'

export interface MutexState {
  readonly fence: number
  /** The published cell: 0 or 1. */
  readonly cell: number
  /** The lease of the holder; undefined when unlocked. */
  readonly holder: { readonly leaseIndex: number; readonly generation: number } | undefined
}

export function inspectMutex(memory: FabricMemory, block: Block): MutexState {
  const { longs, pair } = memory
  const word = Atomics.load(longs, block.mainIndex)
  const high = pair.high(word)
  const reference = holderOf(high)
  const holder = reference === NOBODY ? undefined : { leaseIndex: indexOf(reference), generation: generationOf(reference) }
  return { fence: fenceOf(pair.low(word), high), cell: cellOf(high), holder }
}
