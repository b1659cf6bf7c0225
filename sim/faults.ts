// The faults that may befall an execution, and how often each.

/** Names of the faults, as a scenario's `faults` has them. */
export const FAULT_NAMES = ['crashes', 'restarts', 'falseDeaths', 'powerFailures', 'diskErrors'] as const
export type FaultName = (typeof FAULT_NAMES)[number]

/** For each fault a figure of at least 0. */
export type FaultCounts = { readonly [Name in FaultName]: number }

/** The figures that `from` has; 0 for the others. */
export function faultCounts(from: { readonly [Name in FaultName]?: number | undefined } = {}): { -readonly [Name in FaultName]: number } {
  const { crashes = 0, restarts = 0, falseDeaths = 0, powerFailures = 0, diskErrors = 0 } = from
  return { crashes, restarts, falseDeaths, powerFailures, diskErrors }
}
