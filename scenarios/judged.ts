// How the subjects of a family's scenarios are named and judged: the good primitive, and the known-bad variants that it must find.

import type { Invariant, KnownBad } from 'heddle'

export interface Judged {
  /** The variant's name, and what tells two uses of it apart; undefined for the good one. */
  readonly name?: string
  readonly knownBad?: KnownBad
  /** Invariants that are left out, because they would break before the one that is to be shown. */
  readonly without?: readonly string[]
}

/** The scenario's name for this subject. */
export function nameFor(scenario: string, subject: Judged): string {
  return subject.name === undefined ? scenario : `${scenario} / ${subject.name}`
}

/** The fields of a scenario that depend on the subject. */
export function judgedBy<World>(subject: Judged, invariants: readonly Invariant<World>[], sometimes: readonly string[]) {
  const without = subject.without ?? []
  return {
    invariants: invariants.filter((invariant) => !without.includes(invariant.name)),
    ...(subject.knownBad === undefined ? { sometimes } : { knownBad: subject.knownBad }),
  }
}
