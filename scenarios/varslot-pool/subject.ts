// The pools that a scenario is made for: the good one, and the known-bad variants that it must find.

import type { Invariant, KnownBad } from 'heddle'
import { VarSlotPool } from 'heddle/primitives/varslot-pool'
import type { SlotPoolClass } from '../known-bad/varslot-pool/slot-pool.js'

export interface Subject {
  readonly pool: SlotPoolClass
  /** The variant's name, and what tells two uses of it apart; undefined for the good pool. */
  readonly name?: string
  readonly knownBad?: KnownBad
  /** Invariants that are left out, because they would break before the one that is to be shown. */
  readonly without?: readonly string[]
}

export const good: Subject = { pool: VarSlotPool }

/** The scenario's name for this subject. */
export function nameFor(scenario: string, subject: Subject): string {
  return subject.name === undefined ? scenario : `${scenario} / ${subject.name}`
}

/** The fields of a scenario that depend on the subject. */
export function judgedBy<World>(subject: Subject, invariants: readonly Invariant<World>[], sometimes: readonly string[]) {
  const without = subject.without ?? []
  return {
    invariants: invariants.filter((invariant) => !without.includes(invariant.name)),
    ...(subject.knownBad === undefined ? { sometimes } : { knownBad: subject.knownBad }),
  }
}
