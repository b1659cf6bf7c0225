// What `import … from 'heddle'` gives.

export { type CheckOptions, type CheckResult, check } from './check.js'
export type { History, HistoryEvent, Invariant } from './invariant.js'
export type { CampaignResult, ExecutionStatistics, Failure, InsideOneStep, Outcome, Position, TraceStep, Verdict } from './outcome.js'
export type { Recording } from './recording.js'
export { type DeadPeer, type Faults, type KnownBad, type PeerHandle, type Scenario, type ScenarioDefinition, ScenarioError, scenario } from './scenario.js'
