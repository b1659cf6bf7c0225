// Replays a recording, and refuses to drift.

import { plural } from './count.js'
import { detailedExecution } from './detailed-execution.js'
import type { DiscoveredScenario } from './discover.js'
import { execution } from './execution.js'
import { begin, rest } from './heartbeat.js'
import type { Outcome } from './outcome.js'
import { parseSeed } from './random-streams.js'
import { type Recording, RecordingError } from './recording.js'
import { DivergenceError, Replay } from './strategies/replay.js'

export interface ReplayOptions {
  /** Stop after so many steps. */
  readonly until?: number
}

/**
 * Runs the recorded execution again and checks it at every choice.
 *
 * Throws {@link RecordingError} if the recording is of another scenario, and {@link DivergenceError} at the first step at which the code does
 * something else than was recorded.
 */
export async function replay(recording: Recording, subject: DiscoveredScenario, options: ReplayOptions = {}): Promise<Outcome> {
  return replayBy(new Replay(recording.choices), recording, subject, options)
}

/** The same by a strategy that can be asked afterwards. */
export async function replayBy(strategy: Replay, recording: Recording, subject: DiscoveredScenario, options: ReplayOptions = {}): Promise<Outcome> {
  const { scenario } = subject
  if (recording.scenario !== scenario.name)
    throw new RecordingError(`expected a recording of the scenario "${scenario.name}", got one of "${recording.scenario}"`)
  const seed = parseSeed(recording.seed)
  if (seed === undefined) throw new RecordingError(`expected a recording with a seed, got "${recording.seed}"`)
  const stopsEarly = options.until !== undefined && options.until < recording.steps
  const executionOptions = { ...recording.options, stepsMax: stopsEarly ? (options.until as number) : recording.options.stepsMax }
  execution.load(scenario, executionOptions)
  begin({ kind: 'executing', scenario: scenario.name, strategy: recording.strategy })
  const outcome = await detailedExecution(subject, executionOptions, seed, strategy).finally(rest)
  if (stopsEarly) {
    // What seems stuck at the step where we stop went on in the recording.
    const isStopped = outcome.verdict === 'unknown' || (outcome.verdict === 'stuck' && outcome.failure?.step === options.until)
    return isStopped ? { ...outcome, verdict: 'unknown', failure: undefined } : outcome
  }
  checkEnd(recording, outcome, strategy.left)
  return { ...outcome, recording, shrunk: recording.shrunk }
}

/** The execution must end as recorded. */
function checkEnd(recording: Recording, outcome: Outcome, choicesLeft: number): void {
  const expected = recording.failure
  const got = outcome.failure
  const steps = outcome.trace.length
  if (expected?.name !== got?.name || expected?.verdict !== got?.verdict) {
    throw new DivergenceError(
      steps,
      expected === undefined ? 'an execution that passes' : `"${expected.name}": ${expected.message}`,
      got === undefined ? 'an execution that passes' : `"${got.name}": ${got.message}`,
    )
  }
  if (choicesLeft > 0) throw new DivergenceError(steps, plural(choicesLeft, 'more choice'), 'the end of the execution')
  if (outcome.traceHash !== recording.traceHash)
    throw new DivergenceError(steps, `a trace with hash ${recording.traceHash}`, `hash ${outcome.traceHash}: an operation had another result`)
}
