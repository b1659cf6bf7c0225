// A strategy is two questions: which actor goes next, and which of n values a choice has. One file for each strategy.

import type { Actor } from '../actor.js'
import type { FaultCounts } from '../faults.js'
import type { RandomStream, StreamName } from '../random-streams.js'
import type { Trace } from '../trace.js'

/** What a strategy may look at. It never learns which code the peers run. */
export interface Run {
  /** Peers and recoveries that can take a step; valid up to {@link readyCount}. In no particular, but a determined order. */
  readonly ready: readonly Actor[]
  readonly readyCount: number
  /** Ready peers and enabled actors of the environment, together. */
  readonly enabledCount: number
  /** Peers and recoveries that wait for a notification, a moment or a promise. */
  readonly blockedCount: number
  /** Whether there are deadlines, to which time can be sent. */
  readonly expires: boolean
  /** The environment's actors that can act: clock, crasher, restarter, accuser, disk and power. */
  readonly enabledEnvironment: readonly Actor[]
  /** Rises whenever the enabled actors change, and where a lead ends early for another reason. */
  readonly enabledVersion: number
  /** The actor that took the last step. */
  readonly current: Actor
  readonly trace: Trace
  /** Steps that actors of the environment have begun, the one under way included. */
  readonly environmentSteps: number
  /** Steps that an execution of this scenario is expected to take, at least 1. Equal for all executions of a campaign. */
  readonly lengthEstimate: number
  /** How often each fault may still befall this execution. */
  readonly faultsLeft: FaultCounts
  /** Ends the campaign with a fault: no step follows. */
  stop(fault: Error): Error
  /** The named stream of this execution. */
  stream(name: StreamName): RandomStream
}

/** The longest lead. An execution may overrun its step limit by so many steps. */
export const LEAD_MAX = 32

export interface Strategy {
  readonly name: string
  /** A new execution begins; nothing has been picked. */
  begin(run: Run): void
  /**
   * The actor that goes next, one of `ready` or `enabledEnvironment`. Asked only where at least two are enabled, so that no random
   * number is spent, and nothing recorded, where there is no choice.
   */
  pick(run: Run): Actor
  /**
   * How many steps the actor that `pick` gave may take before `pick` is asked again: 1 to {@link LEAD_MAX}. The scheduler asks
   * earlier when other actors become enabled.
   */
  readonly lead: number
  /**
   * True where `pick`, while only peers are enabled, does nothing but draw one of `ready` from the stream `schedule`. The scheduler then
   * draws itself. Must not change within an execution.
   */
  readonly uniform?: boolean
  /** An integer from 0 to `bound - 1`; `bound` is at least 2. `label` says what is chosen, `stream` where chance would come from. */
  choose(run: Run, bound: number, label: string, stream: StreamName): number
}
