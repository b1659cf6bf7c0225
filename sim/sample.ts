// What the executions of a campaign that were looked at closely say about the scenario as a whole: whether peers met at all, and what
// ran inside one step.

import { mapStack } from './instrument/positions.js'
import type { InsideOneStep, Outcome, Position } from './outcome.js'
import type { Scenario } from './scenario.js'

/** Places told apart; a scenario with more has other troubles. */
const PLACES_MAX = 200

export class Sample {
  /** Steps of peers that were seen. */
  steps = 0
  /** Whether two peers touched the same location. */
  shared = false
  readonly #kindCount: number
  /** The one lane that touched a location so far. */
  readonly #laneOf = new Map<string, number>()
  readonly #inside = new Map<string, { position: Position | undefined; reason: string; operations: number }>()

  constructor(scenario: Scenario) {
    this.#kindCount = scenario.kinds.length
  }

  get insideOneSteps(): InsideOneStep[] {
    return [...this.#inside.values()]
  }

  take(outcome: Outcome): void {
    this.#laneOf.clear()
    for (const step of outcome.trace) {
      if (step.lane < 0) continue
      this.steps++
      if (step.cell === undefined || this.shared || this.#kindCount === 1) continue
      const lane = this.#laneOf.get(step.cell)
      if (lane === undefined) this.#laneOf.set(step.cell, step.lane)
      else if (lane !== step.lane) this.shared = true
    }
  }

  /** An atomic operation runs now in code that cannot be stepped. */
  insideOneStep(operation: string): void {
    const stack = new Error().stack ?? ''
    const [frame] = mapStack(stack).frames
    const reason = `${operation} in ${reasonOf(stack, frame?.name ?? '')}`
    const key = `${frame?.file}:${frame?.line}:${reason}`
    const seen = this.#inside.get(key)
    if (seen !== undefined) seen.operations++
    else if (this.#inside.size < PLACES_MAX)
      this.#inside.set(key, { position: frame === undefined ? undefined : { file: frame.file, line: frame.line, column: frame.column }, reason, operations: 1 })
  }
}

/** Why the code of this stack could not be stepped: a native function on it, or the kind of function that is innermost. */
function reasonOf(stack: string, innermost: string): string {
  // From the first twin on the code can be stepped; what resumes twins is native as well.
  const unstepped = stack.split(/\n\s+at [^\n]*\$stepped/, 1)[0] as string
  const native = /^\s+at (?:new )?([\w.$]+) \(<anonymous>\)$/m.exec(unstepped)?.[1]
  if (native !== undefined) return `a callback of ${native}`
  const field = /^\s+at [^\n]*<instance_members_initializer>[^\n]*\n\s+at new ([\w.$]+)/m.exec(unstepped)?.[1]
  if (field !== undefined && innermost.endsWith('<instance_members_initializer>')) return `a field initialiser of ${field}`
  if (innermost.startsWith('new ')) return constructors(unstepped, innermost.slice('new '.length))
  return innermost === '' ? 'code that cannot be stepped' : innermost
}

/** The constructor that runs, and the one that cannot be stepped: that of a class derived from it, or one that uses it. */
function constructors(stack: string, name: string): string {
  const [, outermost = name] = /\n\s+at new ([\w.$]+) [^\n]*(?:\n(?!\s+at new )|$)/.exec(stack) ?? []
  return outermost === name ? `the constructor of ${name}` : `the constructor of ${name}, inside that of ${outermost}`
}
