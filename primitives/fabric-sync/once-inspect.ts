// A once's state as plain data, for invariants and reports.

import type { FabricMemory } from './fabric-memory.js'
import { generationOf, indexOf, NOBODY, referenceOf } from './lease-word.js'
import { attemptOf, stateOf } from './once-word.js'
import type { Block } from './primitive-block.js'

export interface OnceState {
  readonly state: 'empty' | 'running' | 'done' | 'corrupt'
  /** How often initialisation was begun. */
  readonly attempt: number
  /** The lease of who runs the initialiser, or ran it; undefined when empty. */
  readonly runner: { readonly leaseIndex: number; readonly generation: number } | undefined
}

const STATES: readonly OnceState['state'][] = ['empty', 'running', 'done']

export function inspectOnce(memory: FabricMemory, block: Block): OnceState {
  const { longs, pair } = memory
  const word = Atomics.load(longs, block.mainIndex)
  const high = pair.high(word)
  const reference = referenceOf(high)
  const runner = reference === NOBODY ? undefined : { leaseIndex: indexOf(reference), generation: generationOf(reference) }
  return { state: STATES[stateOf(high)] ?? 'corrupt', attempt: attemptOf(pair.low(word)), runner }
}
