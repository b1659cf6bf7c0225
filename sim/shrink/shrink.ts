// Makes a failing execution smaller: fewer faults, fewer preemptions, fewer switches, fewer steps. Every edit is tried by an execution, and
// kept where that fails in the same way and is smaller. What is left is told from the trace of the smallest one, so each edit starts from
// what really happened.
//
// The passes: faults one by one; segments by halves, quarters, … (delta debugging: Zeller, Hildebrandt, "Simplifying and isolating
// failure-inducing input", 2002); two segments of one peer into one (Jalbert, Sen, "A trace simplification technique for effective
// debugging of concurrent programs", 2010); what was chosen; rounds of loops. Again until none makes it smaller.

import { detailedExecution } from '../detailed-execution.js'
import type { DiscoveredScenario } from '../discover.js'
import { type ExecutionOptions, execution } from '../execution.js'
import { FAULT_NAMES } from '../faults.js'
import { isHarnessFault } from '../harness-fault.js'
import { begin, rest } from '../heartbeat.js'
import type { Failure, Outcome } from '../outcome.js'
import { parseSeed, RandomStream, type Seed } from '../random-streams.js'
import { type Recording, RecordingError } from '../recording.js'
import { replayBy } from '../replay.js'
import { settleExecution, startExecution } from '../run-execution.js'
import { Replay } from '../strategies/replay.js'
import { TolerantReplay } from '../strategies/tolerant-replay.js'
import type { Trace } from '../trace.js'
import { UsageError } from '../usage-error.js'
import {
  firstSteps,
  joinedBefore,
  mutated,
  shortened,
  stepsOf,
  withFaultEarlier,
  withoutActor,
  withoutFault,
  withoutSegments,
  withoutSwitch,
  withSimplerAnswers,
} from './edits.js'
import { isEnvironment, type Schedule, type Segment } from './schedule.js'

export interface ShrinkOptions {
  /** The most executions that look for a smaller one; at least 1. Default 10,000. */
  readonly executionsMax?: number
  /** The most steps of all executions together. Default 10 million. */
  readonly stepsMax?: number
  readonly signal?: AbortSignal
}

/** What a campaign spends: mostly some hundred executions are enough. */
export const CAMPAIGN_LIMITS = { executionsMax: 2_000, stepsMax: 1_000_000 } as const
const EXECUTIONS_MAX_DEFAULT = 10_000
const STEPS_MAX_DEFAULT = 10_000_000
/** An edited schedule may go astray: so many times the steps of the one that was found, and some more. */
const STEPS_FACTOR = 2
const STEPS_MORE = 2_000
/** Edits drawn at random in a row that find nothing smaller, and the steps of all of them. */
const WANDER_MAX = 200
const WANDER_STEPS_MAX = 6_000
/** What it may take, beside all else, to say what a small execution cannot do without and from where on it must fail. */
const EXPLAINED_EXECUTIONS_MAX = 1_000
const EXPLAINED_STEPS_MAX = 100_000
/** Ways to go on that must all fail, before that is called baked in. */
const CONTINUATIONS = 50
/** Executions between two turns of the event loop. */
const TURN_EVERY = 256

/**
 * The smallest execution found that fails as the recorded one does, in full, with a recording of its own. `shrunk` says what it was made
 * from. The same on every machine, unless it is stopped by `signal`.
 *
 * Throws what {@link replay} throws, {@link RecordingError} for the recording of an execution that did not fail, and {@link UsageError} for
 * options that are not right.
 */
export async function shrink(recording: Recording, subject: DiscoveredScenario, options: ShrinkOptions = {}): Promise<Outcome> {
  const { executionsMax = EXECUTIONS_MAX_DEFAULT, stepsMax = STEPS_MAX_DEFAULT, signal } = options
  for (const [name, value] of Object.entries({ executionsMax, stepsMax })) {
    if (!(Number.isInteger(value) && value >= 1)) throw new UsageError(`expected ${name} to be an integer of at least 1, got ${value}`)
  }
  if (recording.failure === undefined || recording.failure.verdict === 'unknown')
    throw new RecordingError(
      `expected the recording of a failure, got one of an execution that ${recording.failure === undefined ? 'passed' : 'ran out of steps'}; there is nothing to make smaller`,
    )
  const strategy = new Replay(recording.choices)
  const found = await replayBy(strategy, recording, subject)
  const { trace } = execution
  const schedule = strategy.answered.schedule(trace)
  const preempted = found.trace.filter(({ preemption }) => preemption).map(({ step }) => step - 1)
  const first = { schedule, preemptedAfter: preempted, cost: costOf(trace, preempted.length, schedule) }
  const shrinker = new Shrinker(subject, found, first, { executionsMax, stepsMax, signal })
  begin({ kind: 'executing', scenario: recording.scenario, strategy: recording.strategy })
  try {
    return await shrinker.run()
  } finally {
    rest()
  }
}

interface Limits {
  readonly executionsMax: number
  readonly stepsMax: number
  readonly signal: AbortSignal | undefined
}

/** What a reader has to take in, the heaviest first. */
type Cost = readonly [faults: number, preemptions: number, switches: number, steps: number, answers: number]

/** A schedule that fails as it should. */
interface Attempt {
  readonly schedule: Schedule
  /** Steps before each preemption. */
  readonly preemptedAfter: readonly number[]
  readonly cost: Cost
}

class Shrinker {
  readonly #subject: DiscoveredScenario
  readonly #found: Outcome
  readonly #failure: Failure
  #limits: Limits
  readonly #options: ExecutionOptions
  readonly #seed: Seed
  readonly #random: RandomStream
  #best: Attempt
  #executions = 0
  #steps = 0

  constructor(subject: DiscoveredScenario, found: Outcome, first: Attempt, limits: Limits) {
    this.#subject = subject
    this.#found = found
    this.#failure = found.failure as Failure
    this.#best = first
    this.#limits = limits
    const { options, seed } = found.recording
    this.#options = { ...options, stepsMax: Math.min(options.stepsMax, STEPS_FACTOR * found.recording.steps + STEPS_MORE) }
    this.#seed = parseSeed(seed) as Seed
    this.#random = new RandomStream(this.#seed, 'schedule')
  }

  async run(): Promise<Outcome> {
    execution.load(this.#subject.scenario, this.#options)
    let before: Attempt
    do {
      before = this.#best
      await this.#dropFaults()
      await this.#dropSegments()
      await this.#joinSegments()
      await this.#moveFaults()
      await this.#simplifyAnswers()
      await this.#shortenSegments()
      await this.#wander()
    } while (this.#best !== before && !this.#spent())
    const complete = !this.#spent()
    const executions = this.#executions + (this.#found.recording.shrunk?.executions ?? 0)
    const { signal } = this.#limits
    this.#limits = { executionsMax: this.#executions + EXPLAINED_EXECUTIONS_MAX, stepsMax: this.#steps + EXPLAINED_STEPS_MAX, signal }
    const necessary = await this.#necessary()
    const bakedInAt = await this.#bakedInAt(Math.max(0, ...necessary))
    const { recording, statistics } = this.#found
    execution.load(this.#subject.scenario, recording.options)
    const outcome = await detailedExecution(this.#subject, recording.options, this.#seed, new TolerantReplay(this.#best.schedule))
    const from = recording.shrunk?.from ?? statistics
    const shrunk = { from, executions, necessary, ...(bakedInAt === undefined ? {} : { bakedInAt }), complete }
    return { ...outcome, shrunk, recording: { ...outcome.recording, strategy: recording.strategy, shrunk } }
  }

  #spent(): boolean {
    const { executionsMax, stepsMax, signal } = this.#limits
    return this.#executions >= executionsMax || this.#steps >= stepsMax || signal?.aborted === true
  }

  /** Tries a schedule, and keeps it if it fails so and is smaller. */
  async #improves(schedule: Schedule): Promise<boolean> {
    const attempt = await this.#attempt(schedule)
    if (attempt === undefined || !isLess(attempt.cost, this.#best.cost)) return false
    this.#best = attempt
    return true
  }

  /** Tries a schedule; undefined if it does not fail so, or if there is nothing left to try it with. */
  async #attempt(schedule: Schedule, strategy = new TolerantReplay(schedule)): Promise<Attempt | undefined> {
    if (this.#spent()) return undefined
    if (++this.#executions % TURN_EVERY === 0) await new Promise((resolve) => setImmediate(resolve))
    try {
      if (startExecution(this.#seed, strategy) === 'microtasks') await settleExecution()
    } catch (fault) {
      // Code of the scenario met what it never meets in executions that count.
      if (!isHarnessFault(fault)) throw fault
      return undefined
    }
    const { failure, trace } = execution
    this.#steps += trace.steps
    if (failure === undefined || !isSame(failure, this.#failure)) return undefined
    const taken = strategy.answered.schedule(trace)
    const preemptedAfter = [...strategy.preemptedAfter]
    return { schedule: taken, preemptedAfter, cost: costOf(trace, preemptedAfter.length, taken) }
  }

  get #segments(): Schedule['segments'] {
    return this.#best.schedule.segments
  }

  async #dropFaults(): Promise<void> {
    for (const actor of new Set(this.#segments.map((segment) => segment.actor))) {
      if (isEnvironment(actor)) await this.#improves(withoutActor(this.#best.schedule, actor))
    }
    for (let index = this.#segments.length - 1; index >= 0 && !this.#spent(); index--) {
      const segment = this.#segments[index]
      if (segment !== undefined && isEnvironment(segment.actor)) await this.#improves(withoutFault(this.#best.schedule, index))
    }
  }

  async #dropSegments(): Promise<void> {
    for (let size = this.#segments.length >> 1; size >= 1 && !this.#spent(); size >>= 1) {
      for (let end = this.#segments.length; end > 0 && !this.#spent(); end = Math.min(end - size, this.#segments.length)) {
        await this.#improves(withoutSegments(this.#best.schedule, Math.max(0, end - size), end))
      }
    }
  }

  async #joinSegments(): Promise<void> {
    for (let index = this.#segments.length - 1; index > 0 && !this.#spent(); index--) {
      const joined = index < this.#segments.length ? joinedBefore(this.#best.schedule, index) : undefined
      if (joined !== undefined) await this.#improves(joined)
    }
  }

  /** A fault that strikes earlier may need nobody to be preempted for it. */
  async #moveFaults(): Promise<void> {
    for (let index = this.#segments.length - 1; index > 0 && !this.#spent(); index--) {
      const segment = this.#segments[index]
      if (segment === undefined || !isEnvironment(segment.actor)) continue
      for (const earlier of withFaultEarlier(this.#best.schedule, index)) if (await this.#improves(earlier)) break
    }
  }

  async #simplifyAnswers(): Promise<void> {
    for (let improved = true; improved; ) {
      improved = false
      for (const simpler of withSimplerAnswers(this.#best.schedule)) {
        improved = await this.#improves(simpler)
        if (improved || this.#spent()) break
      }
    }
  }

  /** Rounds of a loop in which somebody waits can be left out. */
  async #shortenSegments(): Promise<void> {
    for (let index = this.#segments.length - 1; index >= 0 && !this.#spent(); index--) {
      if (index >= this.#segments.length || isEnvironment(this.#segments[index]?.actor ?? 0)) continue
      for (let steps = stepsOf(this.#best.schedule, index) >> 1; steps >= 1; steps >>= 1) {
        if (index < this.#segments.length && stepsOf(this.#best.schedule, index) > steps) await this.#improves(shortened(this.#best.schedule, index, steps))
      }
    }
  }

  /** Looks around for a smaller one that no single edit leads to: what is left out often needs others to end elsewhere. */
  async #wander(): Promise<void> {
    const stepsMax = this.#steps + WANDER_STEPS_MAX
    for (let i = 0; i < WANDER_MAX && this.#steps < stepsMax && this.#segments.length > 1; i++) {
      if (await this.#improves(mutated(this.#best.schedule, (bound) => this.#random.draw(bound)))) return
    }
  }

  /** The faults and preemptions without which it does not fail so, as numbers of steps. */
  async #necessary(): Promise<number[]> {
    const { schedule } = this.#best
    const preemptedAfter = new Set(this.#best.preemptedAfter)
    const taken = new Map<number, number>()
    const necessary: number[] = []
    let steps = 0
    for (const [index, { actor, until }] of schedule.segments.entries()) {
      if ((isEnvironment(actor) || preemptedAfter.has(steps)) && (await this.#needs(schedule, index))) necessary.push(steps + 1)
      steps += until - (taken.get(actor) ?? 0)
      taken.set(actor, until)
    }
    return necessary
  }

  /** Whether it does not fail so any more without the fault at `index`, or where the one goes on who was interrupted there. */
  async #needs(schedule: Schedule, index: number): Promise<boolean> {
    if (this.#spent()) return false
    const without = isEnvironment((schedule.segments[index] as Segment).actor) ? withoutFault(schedule, index) : withoutSwitch(schedule, index)
    return (await this.#attempt(without)) === undefined
  }

  /**
   * The fewest steps, at least `stepsMin`, after which every continuation that is tried fails so: those that go on from more of them are
   * among these.
   */
  async #bakedInAt(stepsMin: number): Promise<number | undefined> {
    const steps = this.#best.schedule.segments.reduce((sum, _, index) => sum + stepsOf(this.#best.schedule, index), 0)
    let low = stepsMin
    let high = steps
    while (low < high) {
      const middle = (low + high) >> 1
      if (await this.#alwaysFails(firstSteps(this.#best.schedule, middle))) high = middle
      else low = middle + 1
    }
    return low < steps && !this.#spent() ? low : undefined
  }

  async #alwaysFails(beginning: Schedule): Promise<boolean> {
    for (let i = 0; i < CONTINUATIONS; i++) {
      if ((await this.#attempt(beginning, new TolerantReplay(beginning, (bound) => this.#random.draw(bound)))) === undefined) return false
    }
    return true
  }
}

/** Whether two executions failed in the same way: the same thing broke, or something of the same class was thrown. */
function isSame(one: Failure, other: Failure): boolean {
  return one.verdict === other.verdict && one.name === other.name && thrownClass(one) === thrownClass(other)
}

function thrownClass({ name, message }: Failure): string | undefined {
  return name === 'peer threw' || name === 'setup threw' ? /threw ([\w$.]+)/.exec(message)?.[1] : undefined
}

function costOf(trace: Trace, preemptions: number, { segments, answers }: Schedule): Cost {
  const { befallen } = execution.environment
  let faults = 0
  for (const name of FAULT_NAMES) faults += befallen[name]
  let asked = 0
  for (const { answers: chosen } of [...segments, { answers }]) for (const { value } of chosen) asked += value === 0 ? 1 : 2
  let switches = 0
  for (let step = 1; step < trace.steps; step++) if (trace.actorAt(step) !== trace.actorAt(step - 1)) switches++
  return [faults, preemptions, switches, trace.steps, asked]
}

function isLess(one: Cost, other: Cost): boolean {
  const at = one.findIndex((figure, i) => figure !== other[i])
  return at >= 0 && (one[at] as number) < (other[at] as number)
}
