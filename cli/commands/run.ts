// heddle run: explores every scenario with every strategy, shows each failure when it comes, and sums up.

import { resolve } from 'node:path'
import { plural } from '../../sim/count.js'
import type { CampaignResult } from '../../sim/outcome.js'
import { Budget } from '../budget.js'
import { type Context, reportColumns, type Stop } from '../context.js'
import { type CampaignOptions, type DiscoveredScenario, type Engine, isHarnessFault } from '../engine.js'
import { type ExitCode, exitCode } from '../exit-code.js'
import { keep, replayLines, tokenLine } from '../kept-failure.js'
import { scenarioPaths, shownPath } from '../paths.js'
import { failureReport } from '../report/failure.js'
import { campaignJson, stoppedJson, toJson } from '../report/json.js'
import { type Palette, palette } from '../report/palette.js'
import { ProgressLine } from '../report/progress.js'
import { type CampaignRow, summary } from '../report/summary.js'
import { duration } from '../report/text.js'
import { type Commands, type Job, Plan, type ReportedRow } from '../run-plan.js'
import { heddleCommand } from '../shell.js'
import { didYouMean, UsageProblem } from '../usage-problem.js'

export interface RunOptions {
  readonly paths: readonly string[]
  /** Names of scenarios, or parts of names; empty for all. */
  readonly scenarios: readonly string[]
  readonly packages: readonly string[]
  readonly seed: string | undefined
  readonly strategies: readonly CampaignOptions['strategy'][]
  readonly runs: number | undefined
  readonly timeMs: number | undefined
  readonly depth: number | undefined
  readonly crashes: number | undefined
  readonly stepsMax: number | undefined
  readonly keepGoing: boolean
  readonly shrink: boolean
  readonly out: string
  readonly json: boolean
}

export async function run(options: RunOptions, context: Context): Promise<ExitCode> {
  const paths = scenarioPaths(options.paths, context.cwd)
  const engine = await context.loadEngine()
  const subjects = filtered(await engine.discover(paths, { packages: options.packages }), options.scenarios)
  return new Run(options, context, engine, options.seed ?? context.freshSeed()).execute(subjects)
}

class Run {
  readonly #options: RunOptions
  readonly #context: Context
  readonly #engine: Engine
  readonly #seed: string
  readonly #palette: Palette
  readonly #progress: ProgressLine
  readonly #controller = new AbortController()
  /** Steps of the failures that were shown, by scenario and by what broke. */
  readonly #shown = new Map<string, number>()

  constructor(options: RunOptions, context: Context, engine: Engine, seed: string) {
    this.#options = options
    this.#context = context
    this.#engine = engine
    this.#seed = seed
    this.#palette = palette(context.stdout.colorLevel)
    const { stderr, env } = context
    const live = stderr.isTTY && env.TERM !== 'dumb' && !env.CI
    this.#progress = new ProgressLine(stderr, palette(stderr.colorLevel), context.clockMs, live)
  }

  async execute(subjects: readonly DiscoveredScenario[]): Promise<ExitCode> {
    const { strategies, timeMs } = this.#options
    const { clockMs } = this.#context
    this.#print(this.#heading(subjects.length))
    const startMs = clockMs()
    const stopListening = this.#context.onInterrupt(() => this.#controller.abort())
    const jobs = subjects.flatMap((subject) => strategies.map((strategy) => ({ subject, strategy })))
    const plan = new Plan(jobs, new Budget(timeMs, clockMs))
    this.#context.whenStopped((why) => this.#stopped(plan.rows, plan.jobsLeft, clockMs() - startMs, why))
    try {
      // Known-bad subjects first: most are found at once, and the time that they leave goes to the good ones.
      await this.#explore(plan, isBad)
      if (timeMs !== undefined) await this.#hunt(plan)
      await this.#explore(plan, (subject) => !isBad(subject))
    } finally {
      this.#progress.clear()
      stopListening()
    }
    return this.#conclude(excused(plan.inOrder(subjects)), plan.jobsLeft, clockMs() - startMs)
  }

  async #explore(plan: Plan, which: (subject: DiscoveredScenario) => boolean): Promise<void> {
    const jobs = plan.jobs.filter(({ subject }) => which(subject))
    for (const job of jobs) {
      if (this.#controller.signal.aborted) return
      // With little time for much, a known-bad subject that was found need not be found again.
      if (this.#options.timeMs !== undefined && plan.isFound(job.subject)) plan.skip(job)
      else await this.#take(plan, job, this.#seed, plan.budget.share(plan.jobsLeft))
    }
  }

  /** Known-bad subjects that no strategy has found in its share get more of the time, with other seeds: those are what a run must find. */
  async #hunt(plan: Plan): Promise<void> {
    const missed = plan.missed()
    let seed = this.#seed
    let left = HUNT_ROUNDS * missed.length
    for (let round = 0; round < HUNT_ROUNDS; round++) {
      seed = seedAfter(seed)
      for (const job of missed) {
        if (this.#controller.signal.aborted) return
        // At most half of what is left: the good ones need some.
        if (!plan.isFound(job.subject)) await this.#take(plan, job, seed, plan.budget.share(2 * left))
        left--
      }
    }
  }

  async #take(plan: Plan, job: Job, seed: string, shareMs: number | undefined): Promise<void> {
    const row = await this.#campaign(job, seed, shareMs, (progress) => this.#progress.update(progress, plan.rows.length, plan.jobs.length))
    plan.add(job, row)
    this.#progress.done(row)
    this.#report(row, job.subject)
  }

  async #campaign({ subject, strategy }: Job, seed: string, shareMs: number | undefined, onProgress: CampaignOptions['onProgress']): Promise<ReportedRow> {
    const { depth, crashes, stepsMax, keepGoing, shrink } = this.#options
    const { signal } = this.#controller
    const runs = this.#runs()
    const startMs = this.#context.clockMs()
    const campaign = this.#engine.campaign(subject, {
      seed,
      strategy,
      ...(runs === undefined ? {} : { runs }),
      ...(shareMs === undefined ? {} : { timeMs: shareMs }),
      ...(depth === undefined || strategy !== 'pct' ? {} : { depth }),
      ...(crashes === undefined ? {} : { crashes }),
      ...(stepsMax === undefined ? {} : { stepsMax }),
      ...(keepGoing ? { keepGoing } : {}),
      shrink,
      ...(onProgress === undefined ? {} : { onProgress }),
      signal,
    })
    const result = await campaign.catch((error: unknown) => this.#fault(error, subject, strategy, this.#context.clockMs() - startMs))
    const decided = result.status === 'failed' || (result.knownBad && result.status === 'passed')
    return { result, interrupted: signal.aborted && !decided, commands: this.#commands(result, subject) }
  }

  /** A campaign that could not be: one scenario that does not work must not cost the results of the others. */
  #fault(error: unknown, { scenario, file }: DiscoveredScenario, strategy: CampaignOptions['strategy'], elapsedMs: number): CampaignResult {
    if (!isHarnessFault(error)) throw error
    return {
      scenario: scenario.name,
      about: scenario.about,
      file: shownPath(file, this.#context.cwd),
      strategy,
      seed: this.#seed,
      knownBad: scenario.knownBad !== undefined,
      status: 'fault',
      failure: undefined,
      remarks: [error.message],
      insideOneStep: [],
      stateful: [],
      executions: 0,
      steps: 0,
      distinct: 0,
      unknown: 0,
      elapsedMs,
      firstFailureAt: undefined,
    }
  }

  /** Executions per campaign: as asked, or 10,000 where neither number nor time was said. */
  #runs(): number | undefined {
    return this.#options.runs ?? (this.#options.timeMs === undefined ? RUNS_DEFAULT : undefined)
  }

  /** Saves the recording of an unexpected failure and says how to see the failure again. */
  #commands(result: CampaignResult, subject: DiscoveredScenario): Commands | undefined {
    const { failure } = result
    if (failure === undefined) return undefined
    const seed = this.#seedCommand(result, subject, failure.seed)
    if (isExpected(result)) return { recording: undefined, replay: undefined, seed, token: this.#engine.recordingToken(failure.recording), trouble: undefined }
    const { cwd } = this.#context
    return { ...keep(failure, resolve(cwd, this.#options.out), this.#engine, cwd), seed }
  }

  #seedCommand(result: CampaignResult, subject: DiscoveredScenario, seed: string): string {
    const { depth, crashes, stepsMax, packages, shrink } = this.#options
    const words = [
      'run',
      shownPath(subject.file, this.#context.cwd),
      '--scenario',
      result.scenario,
      '--strategy',
      result.strategy,
      '--seed',
      seed,
      '--runs',
      '1',
    ]
    if (depth !== undefined && result.strategy === 'pct') words.push('--depth', String(depth))
    if (crashes !== undefined) words.push('--crashes', String(crashes))
    if (stepsMax !== undefined) words.push('--steps', String(stepsMax))
    for (const name of packages) words.push('--package', name)
    if (!shrink) words.push('--no-shrink')
    return heddleCommand(...words)
  }

  #report({ result, commands }: ReportedRow, subject: DiscoveredScenario): void {
    const { failure } = result
    if (failure === undefined || commands === undefined) return
    const expected = isExpected(result)
    // Strategies often find the same; seeing it once is enough, unless it can be seen in fewer steps.
    const key = expected ? result.scenario : JSON.stringify([result.scenario, failure.failure?.name])
    const { steps } = failure.statistics
    const brief = steps >= (this.#shown.get(key) ?? Number.POSITIVE_INFINITY)
    if (expected && this.#shown.has(key)) return
    if (!brief) this.#shown.set(key, steps)
    const because = subject.scenario.knownBad?.because
    const lines = failureReport(failure, {
      columns: reportColumns(this.#context.stdout),
      palette: this.#palette,
      expected,
      brief,
      found: { strategy: result.strategy, at: result.firstFailureAt },
      ...(because === undefined ? {} : { because }),
      footer: expected ? [['seed', commands.seed]] : footer(commands),
    })
    this.#print(['', ...lines])
  }

  #conclude(rows: readonly ReportedRow[], notRun: number, elapsedMs: number): ExitCode {
    const interrupted = this.#controller.signal.aborted
    const code = exitCodeOf(rows, interrupted)
    this.#context.stdout.write(
      this.#options.json ? `${toJson({ ...this.#document(rows, notRun, elapsedMs, interrupted), exitCode: code })}\n` : this.#summary(rows, notRun, elapsedMs),
    )
    return code
  }

  /** What stdout is told when the run is ended from outside: what was done so far. */
  #stopped(rows: readonly ReportedRow[], notRun: number, elapsedMs: number, why: Stop): string {
    if (this.#options.json) return stoppedJson(this.#document(excused(rows), notRun, elapsedMs, why.kind === 'interrupted'), why)
    return rows.length === 0 ? '' : this.#summary(excused(rows), notRun, elapsedMs)
  }

  #document(rows: readonly ReportedRow[], notRun: number, elapsedMs: number, interrupted: boolean): Record<string, unknown> {
    const results = rows.map(({ result, interrupted: stopped, commands }) => ({ ...campaignJson(result), interrupted: stopped, commands }))
    return {
      heddle: this.#context.version,
      command: 'run',
      exitCode: undefined,
      seed: this.#seed,
      options: this.#options,
      interrupted,
      notRun,
      elapsedMs,
      results,
    }
  }

  #summary(rows: readonly ReportedRow[], notRun: number, elapsedMs: number): string {
    const lines = ['', ...summary(rows, { columns: reportColumns(this.#context.stdout), palette: this.#palette, seed: this.#seed, elapsedMs, notRun })]
    return `${lines.join('\n')}\n`
  }

  /** Options and seed, before anything runs. */
  #heading(scenarios: number): string[] {
    const { strategies, timeMs, depth, crashes, stepsMax, keepGoing, shrink, packages } = this.#options
    const runs = this.#runs()
    const parts = [
      `${plural(scenarios, 'scenario')} × ${strategies.join(', ')}`,
      ...(runs === undefined ? [] : [`${plural(runs, 'execution')} each`]),
      ...(timeMs === undefined ? [] : [`${duration(timeMs)} in all`]),
      ...(depth === undefined ? [] : [`depth ${depth}`]),
      ...(crashes === undefined ? [] : [`at most ${plural(crashes, 'crash', 'crashes')}`]),
      ...(stepsMax === undefined ? [] : [`at most ${plural(stepsMax, 'step')}`]),
      ...(keepGoing ? ['going on after failures'] : []),
      ...(shrink ? [] : ['failures as found']),
      ...(packages.length === 0 ? [] : [`with ${packages.join(', ')}`]),
    ]
    return [`${this.#palette.strong('heddle')} ${this.#context.version}  seed ${this.#palette.strong(this.#seed)}  ${parts.join(', ')}`]
  }

  #print(lines: readonly string[]): void {
    this.#progress.clear()
    if (!this.#options.json) this.#context.stdout.write(`${lines.join('\n')}\n`)
  }
}

function isBad({ scenario }: DiscoveredScenario): boolean {
  return scenario.knownBad !== undefined
}

/** Another seed, as determined as the first. */
function seedAfter(seed: string): string {
  return ((Number.parseInt(seed, 16) + 1) % 2 ** 48).toString(16)
}

/** A known-bad subject is found when one strategy finds it: none is expected to find everything. */
function excused(rows: readonly ReportedRow[]): ReportedRow[] {
  const found = new Set(rows.filter(({ result }) => isExpected(result)).map(({ result }) => result.scenario))
  return rows.map((row) => ({ ...row, foundByAnother: found.has(row.result.scenario) && row.result.failure === undefined && row.result.status !== 'fault' }))
}

/** The failure of a subject that is broken on purpose, in the way that was expected. */
function isExpected(result: CampaignResult): boolean {
  return result.knownBad && result.status === 'passed'
}

function footer(commands: Commands): [string, string][] {
  return [...replayLines(commands), ['seed', commands.seed], tokenLine(commands)]
}

function exitCodeOf(rows: readonly CampaignRow[], interrupted: boolean): ExitCode {
  const decided = rows.filter((row) => !row.interrupted && !row.foundByAnother).map((row) => row.result)
  const failed = decided.filter((result) => result.status === 'failed')
  if (failed.some((result) => result.failure?.verdict !== 'diverged')) return exitCode.violated
  if (interrupted) return exitCode.interrupted
  if (failed.length > 0 || decided.some((result) => result.status === 'missed' || result.status === 'fault')) return exitCode.fault
  return decided.some((result) => result.status === 'unknown') ? exitCode.unknown : exitCode.passed
}

/** The scenarios of the names given; a name that is nobody's may be a part of names. */
function filtered(subjects: readonly DiscoveredScenario[], names: readonly string[]): DiscoveredScenario[] {
  if (names.length === 0) return [...subjects]
  const wanted = new Set<DiscoveredScenario>()
  for (const name of names) {
    const exact = subjects.filter(({ scenario }) => scenario.name === name)
    const matching = exact.length > 0 ? exact : subjects.filter(({ scenario }) => name !== '' && scenario.name.toLowerCase().includes(name.toLowerCase()))
    if (matching.length === 0) {
      const known = subjects.map(({ scenario }) => scenario.name)
      const hint = didYouMean(name, known, (other) => JSON.stringify(other)) || `; heddle list shows them`
      throw new UsageProblem(
        `expected --scenario to be the name, or part of the name, of one of the ${plural(known.length, 'scenario')} found, got ${JSON.stringify(name)}${hint}`,
      )
    }
    for (const subject of matching) wanted.add(subject)
  }
  return subjects.filter((subject) => wanted.has(subject))
}

const RUNS_DEFAULT = 10_000
/** How often each strategy looks again for a known-bad subject. */
const HUNT_ROUNDS = 2
