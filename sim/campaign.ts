// A campaign: executions of one scenario under one strategy, until something fails or the budget is used up.

import { count, plural } from './count.js'
import { detailedExecution } from './detailed-execution.js'
import type { DiscoveredScenario } from './discover.js'
import { DistinctSet } from './distinct-set.js'
import { type ExecutionOptions, execution } from './execution.js'
import { FaultTally, faultCounts } from './faults.js'
import { HarnessFault, isHarnessFault } from './harness-fault.js'
import { begin, rest } from './heartbeat.js'
import { inlineMoreFor } from './inlining.js'
import { displayPath } from './instrument/load-error.js'
import { mapStack } from './instrument/positions.js'
import type { CampaignProgress, CampaignResult, Failure, Outcome } from './outcome.js'
import { ExecutionSeeds, formatSeed, parseSeed, type Seed } from './random-streams.js'
import { settleExecution, startExecution } from './run-execution.js'
import { Sample } from './sample.js'
import type { KnownBad, Scenario } from './scenario.js'
import { CAMPAIGN_LIMITS, shrink } from './shrink/shrink.js'
import { Pct } from './strategies/pct.js'
import { RandomWalk } from './strategies/random.js'
import { DivergenceError } from './strategies/replay.js'
import type { Strategy } from './strategies/strategy.js'
import { behaviourOf, STEPS_MAX } from './trace.js'
import { UsageError } from './usage-error.js'

export type StrategyName = 'random' | 'pct'

export interface CampaignOptions {
  /** 1 to 12 hexadecimal digits. */
  readonly seed: string
  readonly strategy: StrategyName
  /** The most executions; at least 1. Without `runs` and `timeMs`: 10,000. */
  readonly runs?: number
  /** The most time, in ms. */
  readonly timeMs?: number
  /** Depth of PCT: ordering constraints that suffice for the bug. Default 3. */
  readonly depth?: number
  /** Expected steps of an execution. Default: the longest of a few executions at the start, which are the same for every seed. */
  readonly length?: number
  /** Crashes per execution, instead of the scenario's own figure. */
  readonly crashes?: number
  /** Step limit of an execution, instead of the scenario's own. */
  readonly stepsMax?: number
  /** Go on after a failure; the first one is reported. */
  readonly keepGoing?: boolean
  /** Whether that one is made smaller: see {@link shrink}. Default true. One of more than 20,000 steps is left as it was found. */
  readonly shrink?: boolean
  onProgress?(progress: CampaignProgress): void
  readonly signal?: AbortSignal
}

const RUNS_DEFAULT = 10_000
/** Longer executions are looked at step by step only where they fail, or come first: each of their steps costs some tens of µs. */
const DETAIL_STEPS_MAX = 5_000
const DEPTH_DEFAULT = 3
const STEPS_MAX_DEFAULT = 20_000
const DISTINCT_MAX = 1_000_000
/** Time between two looks at the clock, the signal and the event loop. */
const SLICE_MS = 50
/** Executions whose length is measured, with seeds that are the same for every campaign. */
const PROFILE_SEEDS: readonly Seed[] = [1, 2, 3, 4, 5, 6, 7, 8]
/** Executions after which a fault that never befell is no accident. */
const FAULTS_EXPECTED_AFTER = 200
/** Executions, and their steps, that are looked at before peers are said never to meet. */
const LOOKS_MAX = 200
const LOOK_STEPS_MAX = 200_000
const SUSPECTS_MAX = 5
/** Of longer executions too few can be tried. */
const SHRINK_STEPS_MAX = 20_000

/** Runs a campaign. Faults of the harness end it with the status `fault`; it throws only for options that are not right. */
export async function campaign(subject: DiscoveredScenario, options: CampaignOptions): Promise<CampaignResult> {
  return new Campaign(subject, options).run()
}

/** Where executions end: the options of the scenario, overruled by those of the campaign. */
export function executionOptions(scenario: Scenario, options: Pick<CampaignOptions, 'crashes' | 'stepsMax'>, lengthEstimate: number): ExecutionOptions {
  const faults = scenario.faults ?? {}
  return {
    ...faultCounts(faults),
    crashes: options.crashes ?? faults.crashes ?? 0,
    stepsMax: Math.min(STEPS_MAX, options.stepsMax ?? scenario.stepsMax ?? STEPS_MAX_DEFAULT),
    lengthEstimate,
  }
}

const INTEGER_OPTIONS = [
  ['runs', 1],
  ['depth', 1],
  ['length', 1],
  ['crashes', 0],
  ['stepsMax', 1],
] as const

class Campaign {
  readonly #subject: DiscoveredScenario
  readonly #scenario: Scenario
  readonly #options: CampaignOptions
  readonly #strategy: Strategy
  readonly #seed: Seed
  readonly #distinct = new DistinctSet(DISTINCT_MAX)
  readonly #sample: Sample
  readonly #started = performance.now()
  #executionOptions!: ExecutionOptions
  #executions = 0
  #steps = 0
  #unknown = 0
  /** How often each befell an execution. */
  readonly #faults = new FaultTally()
  #firstFailureAt: number | undefined
  #failure: Outcome | undefined
  #fault: Error | undefined
  #stopped = false
  /** Undefined while it looks for failures. */
  #exploredMs: number | undefined

  constructor(subject: DiscoveredScenario, options: CampaignOptions) {
    const seed = parseSeed(options.seed)
    if (seed === undefined) throw new UsageError(`expected a seed of 1 to 12 hexadecimal digits, got ${JSON.stringify(options.seed)}`)
    for (const [name, least] of INTEGER_OPTIONS) {
      const value = options[name]
      if (value !== undefined && !(Number.isInteger(value) && value >= least))
        throw new UsageError(`expected ${name} to be an integer of at least ${least}, got ${value}`)
    }
    if (options.timeMs !== undefined && !(options.timeMs >= 0)) throw new UsageError(`expected timeMs to be a number of at least 0, got ${options.timeMs}`)
    this.#seed = seed
    this.#subject = subject
    this.#scenario = subject.scenario
    this.#options = options
    this.#strategy = strategyOf(options)
    this.#sample = new Sample(this.#scenario)
    inlineMoreFor(options.runs, options.timeMs)
  }

  async run(): Promise<CampaignResult> {
    begin({ kind: 'executing', scenario: this.#scenario.name, strategy: this.#strategy.name })
    try {
      await this.#profile()
      await this.#explore()
      this.#exploredMs = this.#elapsedMs()
      await this.#shrink()
    } catch (error) {
      if (!isHarnessFault(error)) throw error
      this.#fault = await withStack(error)
    } finally {
      rest()
    }
    return this.#result()
  }

  /**
   * Finds out how long executions are: first without power failures and errors of the disk, which would end them before they are any length;
   * then with those; then with crashes too, that befall within the length so far, and what recovers from them.
   */
  async #profile(): Promise<void> {
    const asked = executionOptions(this.#scenario, this.#options, 1)
    const withoutCrashes = { ...asked, crashes: 0 }
    const first = asked.powerFailures + asked.diskErrors === 0 ? [] : [{ ...withoutCrashes, powerFailures: 0, diskErrors: 0 }]
    let length = this.#options.length ?? 1
    for (const options of this.#options.length === undefined ? [...first, withoutCrashes, asked] : []) {
      execution.load(this.#scenario, { ...options, lengthEstimate: length })
      length = Math.max(length, await longestOf(PROFILE_SEEDS))
    }
    this.#executionOptions = { ...asked, lengthEstimate: length }
    execution.load(this.#scenario, this.#executionOptions)
  }

  async #explore(): Promise<void> {
    const seeds = new ExecutionSeeds(this.#seed)
    const runs = this.#options.runs ?? (this.#options.timeMs === undefined ? RUNS_DEFAULT : Number.POSITIVE_INFINITY)
    let sliceEnds = performance.now() + SLICE_MS
    while (this.#executions < runs && !this.#stopped) {
      const seed = seeds.next()
      if (startExecution(seed, this.#strategy) === 'microtasks') await settleExecution()
      const at = this.#count()
      if (execution.failure !== undefined) await this.#failed(seed, at, execution.failure)
      // At 0, 1, 3, 7, 15, …: twice as seldom each time.
      else if ((at & (at + 1)) === 0) await (at === 0 || execution.trace.steps <= DETAIL_STEPS_MAX ? this.#lookClosely(seed) : this.#runAgain(seed))
      if (((at & 31) === 0 || execution.trace.steps > DETAIL_STEPS_MAX) && performance.now() >= sliceEnds) {
        if (await this.#sliceIsOver()) break
        sliceEnds = performance.now() + SLICE_MS
      }
    }
    await this.#lookForMeetings()
  }

  /** Peers may meet seldom: before a scenario is called vacuous, more of its executions are looked at. */
  async #lookForMeetings(): Promise<void> {
    const seeds = new ExecutionSeeds(this.#seed)
    const looks = Math.min(LOOKS_MAX, this.#executions)
    let steps = 0
    for (let i = 0; i < looks && steps < LOOK_STEPS_MAX && this.#failure === undefined && this.#scenario.kinds.length > 1 && !this.#sample.shared; i++) {
      const outcome = await detailedExecution(this.#subject, this.#executionOptions, seeds.next(), this.#strategy)
      this.#sample.take(outcome)
      steps += outcome.trace.length
    }
  }

  /** Takes the execution that ended into the figures; returns its number, from 0. */
  #count(): number {
    this.#steps += execution.trace.steps
    this.#faults.add(execution.environment.befallen)
    this.#distinct.add(behaviourOf(execution.peers))
    return this.#executions++
  }

  /** An execution failed: runs it again in full. */
  async #failed(seed: Seed, at: number, failure: Failure): Promise<void> {
    if (failure.verdict === 'unknown') {
      this.#unknown++
      return
    }
    this.#firstFailureAt ??= at
    if (this.#failure === undefined) {
      this.#failure = await this.#lookClosely(seed)
      const again = this.#failure.failure
      if (again?.verdict !== failure.verdict || again.name !== failure.name) {
        throw new HarnessFault(
          `scenario "${this.#scenario.name}" is not deterministic: seed ${formatSeed(seed)} ended in "${failure.name}" at first and in "${again?.name ?? 'passed'}" the second time; expected code that keeps nothing from one execution to the next${this.#suspects()}`,
        )
      }
    }
    if (this.#options.keepGoing !== true) this.#stopped = true
  }

  async #shrink(): Promise<void> {
    if (this.#failure === undefined || this.#options.shrink === false || this.#failure.recording.steps > SHRINK_STEPS_MAX) return
    const { signal } = this.#options
    try {
      this.#failure = await shrink(this.#failure.recording, this.#subject, signal === undefined ? CAMPAIGN_LIMITS : { ...CAMPAIGN_LIMITS, signal })
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error
      throw new HarnessFault(`scenario "${this.#scenario.name}" is not deterministic: ${error.message}${this.#suspects()}`)
    }
  }

  /** Runs a long execution again at full speed: it must do the same. */
  async #runAgain(seed: Seed): Promise<void> {
    const hash = execution.trace.hash()
    if (startExecution(seed, this.#strategy) === 'microtasks') await settleExecution()
    if (execution.trace.hash() !== hash) throw this.#notDeterministic(seed, hash, execution.trace.hash())
  }

  #notDeterministic(seed: Seed, first: string, second: string): HarnessFault {
    return new HarnessFault(
      `scenario "${this.#scenario.name}" is not deterministic: seed ${formatSeed(seed)} gave trace ${first} at first and ${second} the second time; expected code that keeps nothing from one execution to the next and reads nothing from outside${this.#suspects()}`,
    )
  }

  /** Where to look first when an execution cannot be repeated. */
  #suspects(): string {
    const places = this.#subject.stateful.map(({ name, position }) => `${name} at ${position.file}:${position.line}`)
    if (places.length === 0) return ''
    const more = places.length > SUSPECTS_MAX ? ` and ${places.length - SUSPECTS_MAX} more` : ''
    return `; module-level state that survives: ${places.slice(0, SUSPECTS_MAX).join(', ')}${more}`
  }

  /** Runs an execution again, step by step: it must do the same, and what it touches is noted. */
  async #lookClosely(seed: Seed): Promise<Outcome> {
    const hash = execution.trace.hash()
    execution.onInsideOneStep = (operation) => this.#sample.insideOneStep(operation)
    try {
      const outcome = await detailedExecution(this.#subject, this.#executionOptions, seed, this.#strategy)
      this.#sample.take(outcome)
      if (outcome.traceHash !== hash) throw this.#notDeterministic(seed, hash, outcome.traceHash)
      return outcome
    } finally {
      execution.onInsideOneStep = undefined
    }
  }

  /** Lets the event loop turn, shows progress; true if the campaign must end. */
  async #sliceIsOver(): Promise<boolean> {
    const { onProgress, signal, timeMs } = this.#options
    onProgress?.({
      scenario: this.#scenario.name,
      strategy: this.#strategy.name,
      executions: this.#executions,
      steps: this.#steps,
      distinct: this.#distinct.size,
      elapsedMs: this.#elapsedMs(),
    })
    await new Promise((resolve) => setImmediate(resolve))
    return signal?.aborted === true || (timeMs !== undefined && this.#elapsedMs() >= timeMs)
  }

  #elapsedMs(): number {
    return performance.now() - this.#started
  }

  #result(): CampaignResult {
    const { knownBad } = this.#scenario
    const remarks: string[] = []
    const status = this.#status(knownBad, remarks)
    this.#addRemarks(remarks)
    return {
      scenario: this.#scenario.name,
      about: this.#scenario.about,
      file: displayPath(this.#subject.file),
      strategy: this.#strategy.name,
      seed: formatSeed(this.#seed),
      knownBad: knownBad !== undefined,
      status,
      failure: this.#failure,
      remarks,
      insideOneStep: this.#sample.insideOneSteps,
      stateful: this.#subject.stateful,
      executions: this.#executions,
      steps: this.#steps,
      distinct: this.#distinct.size,
      unknown: this.#unknown,
      elapsedMs: this.#exploredMs ?? this.#elapsedMs(),
      firstFailureAt: this.#firstFailureAt,
    }
  }

  #status(knownBad: KnownBad | undefined, remarks: string[]): CampaignResult['status'] {
    if (this.#fault !== undefined) {
      remarks.push(this.#fault.message + placeOf(this.#fault))
      return 'fault'
    }
    const failure = this.#failure?.failure
    if (failure !== undefined) {
      if (knownBad === undefined) return 'failed'
      if (knownBad.breaks.includes(failure.name)) return 'passed'
      remarks.push(`expected "${knownBad.breaks.join('" or "')}" to break, got "${failure.name}": ${failure.message}`)
      return 'missed'
    }
    const vacuous = this.#vacuous()
    remarks.push(...vacuous)
    if (knownBad !== undefined) {
      const within = knownBad.within ?? RUNS_DEFAULT
      remarks.push(`the known-bad subject was not found in ${plural(this.#executions, 'execution')}, expected within ${count(within)}`)
      return this.#executions >= within ? 'missed' : 'unknown'
    }
    if (vacuous.length > 0) return 'fault'
    if (this.#unknown === 0) return 'passed'
    remarks.push(
      `${count(this.#unknown)} of ${plural(this.#executions, 'execution')} ${this.#unknown === 1 ? 'was' : 'were'} not finished after ${plural(this.#executionOptions.stepsMax, 'step')}`,
    )
    return 'unknown'
  }

  /** Why the campaign says nothing about the subject. */
  #vacuous(): string[] {
    const reasons: string[] = []
    if (this.#unknown === this.#executions && this.#executions > 0) return reasons
    if (this.#executions === 0) reasons.push('no execution was run')
    else if (this.#sample.steps === 0)
      reasons.push('vacuous: no peer took a step, so there was nothing to interleave; expected code that works on shared memory')
    else if (this.#scenario.kinds.length > 1 && !this.#sample.shared) reasons.push('vacuous: no two peers ever touched the same location of shared memory')
    if (this.#executions < FAULTS_EXPECTED_AFTER) return reasons
    const { crashes, restarts, falseDeaths, powerFailures, diskErrors } = this.#executionOptions
    const befallen = this.#faults
    if (crashes > 0 && befallen.crashes === 0) reasons.push('vacuous: a crash was asked for and never befell')
    // Who forbids crashes for this campaign forbids restarts.
    if (restarts > 0 && befallen.restarts === 0 && this.#options.crashes !== 0)
      reasons.push(
        `vacuous: a restart was asked for and never befell${crashes === 0 ? '; only a peer that crashed starts again, so expected faults.crashes as well' : ''}`,
      )
    if (powerFailures > 0 && befallen.powerFailures === 0) reasons.push('vacuous: a power failure was asked for and never befell')
    if (diskErrors > 0 && befallen.diskErrors === 0)
      reasons.push('vacuous: an error of the disk was asked for and never befell; expected code that calls functions of node:fs that the disk can fail')
    if (falseDeaths > 0 && befallen.falseDeaths === 0)
      reasons.push(
        `vacuous: a false death was asked for and never befell${this.#scenario.recover === undefined ? '; expected a recover function, which runs for the peer declared dead' : ''}`,
      )
    return reasons
  }

  #addRemarks(remarks: string[]): void {
    for (const label of this.#scenario.sometimes ?? []) {
      if (!execution.labelsSeen.has(label) && this.#failure === undefined && this.#fault === undefined)
        remarks.push(`never in ${plural(this.#executions, 'execution')}: "${label}"`)
    }
  }
}

/** Steps of the longest execution with one of these seeds, leaving out those that did not end. */
async function longestOf(seeds: readonly Seed[]): Promise<number> {
  const walk = new RandomWalk()
  let longest = 1
  for (const seed of seeds) {
    if (startExecution(seed, walk) === 'microtasks') await settleExecution()
    const verdict = execution.failure?.verdict
    if (verdict !== 'unknown' && verdict !== 'stuck') longest = Math.max(longest, execution.trace.steps)
  }
  return longest
}

/** The fault with the stack of the code that caused it, which executions at full speed do not keep. */
async function withStack(fault: Error): Promise<Error> {
  if (placeOf(fault) !== '') return fault
  execution.keepsStacks = true
  try {
    if (startExecution(execution.seed, execution.strategy) === 'microtasks') await settleExecution()
  } catch (again) {
    if (again instanceof Error && again.message === fault.message) return again
  } finally {
    execution.keepsStacks = false
  }
  return fault
}

/** Where in the user's files a fault comes from; empty where that is not known. */
function placeOf(fault: Error): string {
  const frame = mapStack(fault.cause instanceof Error ? fault.cause : fault).frames[0]
  return frame === undefined ? '' : `; at ${frame.file}:${frame.line}`
}

function strategyOf(options: CampaignOptions): Strategy {
  if (options.strategy === 'random') return new RandomWalk()
  if (options.strategy === 'pct') return new Pct(options.depth ?? DEPTH_DEFAULT)
  throw new UsageError(`expected a strategy, random or pct, got ${JSON.stringify(options.strategy)}`)
}
