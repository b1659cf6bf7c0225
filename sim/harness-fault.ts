// Faults of the harness: nothing is known about the subject, so they are never passes and never violations.

import { BlockingInsideStepError, OutsideWorldError } from './host.js'

/** An invariant, `setup`, `describe` or the like threw, or a run was not deterministic. */
export class HarnessFault extends Error {
  override readonly name: string = 'HarnessFault'
}

/** Whether `error` must end the campaign rather than count as something that a peer threw. */
export function isHarnessFault(error: unknown): error is Error {
  return error instanceof HarnessFault || error instanceof OutsideWorldError || error instanceof BlockingInsideStepError
}

/** Runs code of the scenario that must not throw; what it throws becomes a {@link HarnessFault} that names `what`. */
export function mustNotThrow<T>(scenario: string, what: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (isHarnessFault(error)) throw error
    throw new HarnessFault(`scenario "${scenario}": ${what} threw ${describeError(error)}`, { cause: error })
  }
}

export function describeError(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`
  try {
    return String(error)
  } catch {
    return Object.prototype.toString.call(error)
  }
}
