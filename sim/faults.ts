// The faults that may befall an execution, and how often each.

/** Names of the faults, as a scenario's `faults` has them. */
export const FAULT_NAMES = ['crashes', 'restarts', 'falseDeaths', 'powerFailures', 'diskErrors'] as const
export type FaultName = (typeof FAULT_NAMES)[number]

/** For each fault a figure of at least 0. */
export type FaultCounts = { readonly [Name in FaultName]: number }

/** Figures that change while executions run. Written out name by name: this is done for each execution. */
export class FaultTally implements FaultCounts {
  crashes = 0
  restarts = 0
  falseDeaths = 0
  powerFailures = 0
  diskErrors = 0

  set(counts: FaultCounts): void {
    this.crashes = counts.crashes
    this.restarts = counts.restarts
    this.falseDeaths = counts.falseDeaths
    this.powerFailures = counts.powerFailures
    this.diskErrors = counts.diskErrors
  }

  add(counts: FaultCounts): void {
    this.crashes += counts.crashes
    this.restarts += counts.restarts
    this.falseDeaths += counts.falseDeaths
    this.powerFailures += counts.powerFailures
    this.diskErrors += counts.diskErrors
  }
}

/** The figures that `from` has; 0 for the others. */
export function faultCounts(from: { readonly [Name in FaultName]?: number | undefined } = {}): FaultCounts {
  const { crashes = 0, restarts = 0, falseDeaths = 0, powerFailures = 0, diskErrors = 0 } = from
  return { crashes, restarts, falseDeaths, powerFailures, diskErrors }
}

export const NO_FAULTS: FaultCounts = faultCounts()
