// What the commands need of the engine. Loaded only when a command runs: `--help` need not wait for a compiler to load.

import type { CampaignProgress, CampaignResult, Outcome } from '../sim/outcome.js'
import type { Recording } from '../sim/recording.js'
import type { Scenario } from '../sim/scenario.js'

export interface DiscoveredScenario {
  readonly scenario: Scenario
  /** Absolute. */
  readonly file: string
  readonly packages: readonly string[]
}

export interface CampaignOptions {
  readonly seed: string
  readonly strategy: 'random' | 'pct'
  readonly runs?: number
  readonly timeMs?: number
  readonly depth?: number
  readonly crashes?: number
  readonly stepsMax?: number
  readonly keepGoing?: boolean
  readonly shrink?: boolean
  onProgress?(progress: CampaignProgress): void
  readonly signal?: AbortSignal
}

export interface Engine {
  discover(paths: readonly string[], options: { packages?: readonly string[] }): Promise<DiscoveredScenario[]>
  campaign(subject: DiscoveredScenario, options: CampaignOptions): Promise<CampaignResult>
  shrink(recording: Recording, subject: DiscoveredScenario, options: { executionsMax?: number; signal?: AbortSignal }): Promise<Outcome>
  replay(recording: Recording, subject: DiscoveredScenario, options: { until?: number }): Promise<Outcome>
  parseRecording(text: string): Recording
  recordingToken(recording: Recording): string
  recordingFile(recording: Recording): string
}

/** What replay throws where the code no longer does what was recorded. */
export interface Divergence extends Error {
  /** Steps that went as recorded. */
  readonly step: number
  readonly expected: string
  readonly got: string
  /** `file:line` in the user's source, where it is known. */
  readonly place: string | undefined
}

// Errors are told apart by name, so that the engine need not be loaded to tell a misspelt option.

export function isDivergence(error: unknown): error is Divergence {
  return error instanceof Error && error.name === 'DivergenceError'
}

/** Errors that a user can do something about: their message is a sentence, and no stack helps. */
export function isUserError(error: unknown): error is Error {
  return error instanceof Error && USER_ERRORS.has(error.name)
}

/** The scenario made a run impossible or meaningless: neither a failure of the subject nor an error in Heddle. */
export function isHarnessFault(error: unknown): error is Error {
  return error instanceof Error && HARNESS_FAULTS.has(error.name)
}

/** The engine itself. */
export async function loadEngine(): Promise<Engine> {
  const [{ discover }, { campaign }, { replay }, { shrink }, recording] = await Promise.all([
    import('../sim/discover.js'),
    import('../sim/campaign.js'),
    import('../sim/replay.js'),
    import('../sim/shrink/shrink.js'),
    import('../sim/recording.js'),
  ])
  const { parseRecording, recordingToken, recordingFile } = recording
  return { discover, campaign, replay, shrink, parseRecording, recordingToken, recordingFile }
}

const USER_ERRORS: ReadonlySet<string> = new Set(['UsageError', 'LoadError', 'RecordingError', 'ScenarioError'])
const HARNESS_FAULTS: ReadonlySet<string> = new Set(['HarnessFault', 'OutsideWorldError', 'BlockingInsideStepError', 'NonDeterminismError'])
