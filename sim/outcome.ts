// What a run ends in: a value, from which every text, table and exit code is made.

import type { HistoryEvent } from './invariant.js'
import type { Recording } from './recording.js'

/** `passed` is the only pass: running out of steps is `unknown`. */
export type Verdict = 'passed' | 'violated' | 'deadlock' | 'stuck' | 'diverged' | 'unknown'

/** A place in the user's own files, 1-based as editors show it. */
export interface Position {
  /** Path relative to the working folder where possible. */
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One step of an execution, as a report shows it. */
export interface TraceStep {
  /** 1-based. */
  readonly step: number
  /** The actor's name: `guest`, or `guest 1` where there are several of the kind; `clock`, `crasher`, … */
  readonly actor: string
  /** Index of the actor's lane in a table; peers by id, recoveries after them; the environment's actors have -1. */
  readonly lane: number
  /** `load`, `store`, `compareExchange`, `wait`, `wake`, `clock read`, `step`, `crash`, `advance`, … */
  readonly operation: string
  /** What it touched, as the source says it with the index evaluated: `this.words[2]`; empty where nothing. */
  readonly location: string
  /** Tells locations of shared memory apart, within one execution; undefined where the operation touches none. */
  readonly cell: string | undefined
  /** The operands as text: `0 → 1` for a compareExchange, the stored value for a store; empty for a load. */
  readonly operands: string
  /** The value the operation returned, as text; empty where there is none. */
  readonly result: string
  readonly position: Position | undefined
  /** The calls that led to the operation, innermost first, in the user's own positions. */
  readonly stack: readonly { readonly name: string; readonly position: Position }[]
  /** Whether the actor had been picked although the one before could have gone on, and was not waiting. */
  readonly preemption: boolean
  /** What the peer reported between this step and its next one. */
  readonly events: readonly HistoryEvent[]
  /** `describe(world)` after this step; undefined where the scenario has none. */
  readonly state: Readonly<Record<string, unknown>> | undefined
}

/** Why a run did not pass. */
export interface Failure {
  readonly verdict: Exclude<Verdict, 'passed'>
  /** The invariant that broke; `peer threw`, `deadlock`, `stuck`, `step limit` otherwise. */
  readonly name: string
  /** One sentence. */
  readonly message: string
  /** Steps completed when it was seen. */
  readonly step: number
  /** Stack of a peer that threw, in the user's own positions. */
  readonly stack: string | undefined
}

/** Figures of one execution. */
export interface ExecutionStatistics {
  readonly steps: number
  readonly switches: number
  readonly preemptions: number
  readonly crashes: number
  readonly powerFailures: number
  readonly peers: number
}

/** A peer's wall clock that does not show true time. */
export interface SkewedClock {
  /** The actor's name, as lanes have it. */
  readonly actor: string
  /** Which life of the peer had it. */
  readonly incarnation: number
  readonly aheadMs: number
}

/** What an execution was made from, by taking away from a failing one what it does not need in order to fail. */
export interface Shrunk {
  /** Figures of the execution that was found. */
  readonly from: ExecutionStatistics
  /** Executions in which something smaller was looked for. */
  readonly executions: number
  /**
   * Numbers of the steps, from 1, with which a fault befalls or somebody is preempted, and without which it does not fail so: the fault left
   * out, or the one who was interrupted going on.
   */
  readonly necessary: readonly number[]
  /**
   * Number of the step, from 1, after which it fails so whoever goes, as far as random continuations without further faults tell; 0: from the start.
   * Undefined where that is said of no step before the last.
   */
  readonly bakedInAt?: number | undefined
  /** Whether nothing was left to try; otherwise the budget was used up. */
  readonly complete: boolean
}

/** One execution, in full. */
export interface Outcome {
  readonly verdict: Verdict
  readonly scenario: string
  /** The scenario's file, relative to the working folder where possible. */
  readonly file: string
  readonly seed: string
  readonly failure: Failure | undefined
  readonly recording: Recording
  readonly trace: readonly TraceStep[]
  readonly history: readonly HistoryEvent[]
  /** Hex, 16 digits. */
  readonly traceHash: string
  /** Names of the lanes: the actors that took steps, by lane index. */
  readonly lanes: readonly string[]
  /** The wall clocks that were ahead, in the order in which their peers began; none where the scenario says nothing of `clockSkewMsMax`. */
  readonly skewedClocks: readonly SkewedClock[]
  readonly statistics: ExecutionStatistics
  /** Undefined where the execution is as it was found. */
  readonly shrunk?: Shrunk | undefined
}

/** Atomic operations that ran inside one step of another, because the code around them cannot be stepped. */
export interface InsideOneStep {
  readonly position: Position | undefined
  /** For example `callback of Array.map`, `constructor of Pool`. */
  readonly reason: string
  /** How many were seen in the sampled executions. */
  readonly operations: number
}

/** A variable of a module, or what it holds, that a function changes: it survives from one execution to the next. */
export interface StatefulPlace {
  readonly name: string
  readonly position: Position
}

/** What a campaign over one scenario found. */
export interface CampaignResult {
  readonly scenario: string
  readonly about: string | undefined
  readonly file: string
  readonly strategy: string
  readonly seed: string
  readonly knownBad: boolean
  /**
   * `passed`: a good subject without failure, or a known-bad one that was found. `failed`: a failure in a good subject.
   * `missed`: a known-bad subject that was not found, or in which something else broke. `fault`: a fault of the harness
   * (non-determinism, vacuous scenario, invariant that throws). `unknown`: executions ran out of steps.
   */
  readonly status: 'passed' | 'failed' | 'missed' | 'fault' | 'unknown'
  /** The first failing execution, in full; made smaller unless that was not wanted. */
  readonly failure: Outcome | undefined
  /** Why the status is `missed`, `fault` or `unknown`: whole sentences. */
  readonly remarks: readonly string[]
  readonly insideOneStep: readonly InsideOneStep[]
  /** Module-level state in the code under test. Right for a cache whose content is always the same. */
  readonly stateful: readonly StatefulPlace[]
  readonly executions: number
  readonly steps: number
  /** Executions that differ in what some peer did or saw; exact up to a million, then a lower bound. */
  readonly distinct: number
  readonly unknown: number
  /** Of these executions; those that make the failure smaller come on top. */
  readonly elapsedMs: number
  /** Index of the first failing execution, from 0. */
  readonly firstFailureAt: number | undefined
}

/** What is known while a campaign runs. */
export interface CampaignProgress {
  readonly scenario: string
  readonly strategy: string
  readonly executions: number
  readonly steps: number
  readonly distinct: number
  readonly elapsedMs: number
}
