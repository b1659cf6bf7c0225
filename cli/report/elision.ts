// Which steps of a long trace a report shows: those that a reader needs to see what went wrong.

import type { Outcome, TraceStep } from '../../sim/outcome.js'
import { marks, showsNecessary } from './lane-rows.js'
import { isEnvironment, isFault } from './operation.js'

/**
 * The indices of at most `stepsMax` steps of the trace, ascending. In this order of preference: the last one, steps around those that the failure
 * cannot do without, more of the last ones, the first ones, faults, steps that change what the last steps touched, steps around preemptions (the later
 * the better), steps that read it.
 */
export function chooseSteps(outcome: Outcome, stepsMax: number): number[] {
  if (outcome.trace.length <= stepsMax) return outcome.trace.map((_, index) => index)
  const trace = outcome.verdict === 'stuck' ? untilSpinning(outcome.trace) : outcome.trace
  const chosen = new Set<number>()
  const marked = marks(outcome)
  const first = showsNecessary(outcome) ? around(trace, marked) : []
  for (const index of [trace.length - 1, ...first, ...byInterest(trace, marked, stepsMax)]) {
    if (chosen.size >= stepsMax) break
    if (index >= 0 && index < trace.length) chosen.add(index)
  }
  fillHolesOfOne(chosen, trace.length)
  return [...chosen].sort((a, b) => a - b)
}

function* byInterest(trace: readonly TraceStep[], marked: ReadonlySet<number>, stepsMax: number): Generator<number> {
  const end = trace.length - 1
  const tail = Math.min(TAIL, Math.ceil(stepsMax / 2))
  for (let index = end; index > end - tail; index--) yield index
  for (let index = 0; index < Math.min(HEAD, Math.floor(stepsMax / 8)); index++) yield index
  for (let index = end; index >= 0; index--) {
    const step = trace[index] as TraceStep
    if (step.events.some(isFault) || isEnvironment(step)) yield index
  }
  const touched = lastLocations(trace)
  for (let index = end; index >= 0; index--) {
    const step = trace[index] as TraceStep
    if (touched.has(step.location) && changes(step)) yield index
  }
  yield* around(trace, marked)
  for (let index = end; index >= 0; index--) {
    if (touched.has((trace[index] as TraceStep).location)) yield index
  }
}

/** The marked steps with those before and after, the later the better. */
function* around(trace: readonly TraceStep[], marked: ReadonlySet<number>): Generator<number> {
  for (let index = trace.length - 1; index >= 0; index--) {
    if (!marked.has((trace[index] as TraceStep).step)) continue
    yield index
    yield index - 1
    yield index + 1
  }
}

/** Up to the steps that are only repeated from then on. */
function untilSpinning(trace: readonly TraceStep[]): readonly TraceStep[] {
  const lastChange = trace.findLastIndex((step) => isEnvironment(step) || changes(step))
  return trace.slice(0, lastChange + 1 + SPINS_SHOWN)
}

/** What the failing step touched, and what each other lane touched last. */
function lastLocations(trace: readonly TraceStep[]): Set<string> {
  const locations = new Set<string>()
  const lanes = new Set<number>()
  for (let index = trace.length - 1; index >= 0; index--) {
    const step = trace[index] as TraceStep
    if (lanes.has(step.lane)) continue
    lanes.add(step.lane)
    if (step.location !== '') locations.add(step.location)
  }
  return locations
}

function changes(step: TraceStep): boolean {
  if (step.operation === 'compareExchange') return step.operands.startsWith(`${step.result} → `)
  return !ONLY_LOOKING.has(step.operation)
}

/** An elision takes a line too, so a hole of one step is better filled. */
function fillHolesOfOne(chosen: Set<number>, length: number): void {
  for (let index = 1; index < length - 1; index++) {
    if (!chosen.has(index) && chosen.has(index - 1) && chosen.has(index + 1)) chosen.add(index)
  }
}

/** Operations that change no shared memory. */
const ONLY_LOOKING: ReadonlySet<string> = new Set(['load', 'wait', 'waitAsync', 'wake', 'notify', 'clock read', 'sleep', 'step', 'task'])
/** The last and the first steps are always shown, where there is room. */
const TAIL = 12
const HEAD = 3
/** Steps that are shown of those that change nothing for ever. */
const SPINS_SHOWN = 4
