// What `import … from 'heddle'` gives.

export { type CheckOptions, type CheckResult, check } from './check.js'
export { type CrashSweepOptions, type CrashSweepResult, crashSweep } from './crash-sweep.js'
export { type DiscoveredScenario, type DiscoverOptions, discover } from './discover.js'
export type { FileView } from './disk/disk.js'
export type { DiskFault } from './disk/file-operation.js'
export type { History, HistoryEvent, Invariant } from './invariant.js'
export type { CampaignResult, ExecutionStatistics, Failure, InsideOneStep, Outcome, Position, Shrunk, TraceStep, Verdict } from './outcome.js'
export { type PowerSweepOptions, type PowerSweepResult, powerSweep } from './power-sweep.js'
export type { Recording } from './recording.js'
export {
  type DeadPeer,
  type Faults,
  type KnownBad,
  type Machine,
  type PeerHandle,
  type Scenario,
  type ScenarioDefinition,
  ScenarioError,
  scenario,
} from './scenario.js'
export { type ShrinkOptions, shrink } from './shrink/shrink.js'
export { type DiskView, virtualDisk } from './virtual-disk.js'
