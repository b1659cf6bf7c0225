// What one run does: its campaigns, in what order, with which results.

import type { CampaignResult } from '../sim/outcome.js'
import type { Budget } from './budget.js'
import type { CampaignOptions, DiscoveredScenario } from './engine.js'
import type { KeptFailure } from './kept-failure.js'
import type { CampaignRow } from './report/summary.js'

/** One campaign: a subject under a strategy. */
export interface Job {
  readonly subject: DiscoveredScenario
  readonly strategy: CampaignOptions['strategy']
}

/** Where to see a failure again. */
export interface Commands extends KeptFailure {
  readonly seed: string
}

export interface ReportedRow extends CampaignRow {
  readonly commands: Commands | undefined
}

export class Plan {
  readonly jobs: readonly Job[]
  readonly budget: Budget
  readonly #rows = new Map<Job, ReportedRow>()
  readonly #skipped = new Set<Job>()

  constructor(jobs: readonly Job[], budget: Budget) {
    this.jobs = jobs
    this.budget = budget
  }

  /** One for each job that has run, in the order in which they ran. */
  get rows(): ReportedRow[] {
    return [...this.#rows.values()]
  }

  get jobsLeft(): number {
    return this.jobs.length - this.#rows.size - this.#skipped.size
  }

  /** Takes a result; of a job that ran before, one that says more replaces the earlier one. */
  add(job: Job, row: ReportedRow): void {
    const before = this.#rows.get(job)
    if (before === undefined || saysMore(row.result, before.result)) this.#rows.set(job, row)
  }

  /** The job will not run. */
  skip(job: Job): void {
    this.#skipped.add(job)
  }

  /** Whether a subject failed under some strategy: what a known-bad one must. */
  isFound(subject: DiscoveredScenario): boolean {
    return this.jobs.some((job) => job.subject === subject && this.#rows.get(job)?.result.failure !== undefined)
  }

  /** The jobs of known-bad subjects that no strategy has found. */
  missed(): Job[] {
    return this.jobs.filter(
      (job) => job.subject.scenario.knownBad !== undefined && this.#rows.get(job)?.result.status !== 'fault' && !this.isFound(job.subject),
    )
  }

  /** The rows in the order in which the scenarios were found. */
  inOrder(subjects: readonly DiscoveredScenario[]): ReportedRow[] {
    const placed = [...this.#rows].map(([{ subject }, row]) => ({ row, place: subjects.indexOf(subject) }))
    return placed.sort((a, b) => a.place - b.place).map(({ row }) => row)
  }
}

function saysMore(result: CampaignResult, before: CampaignResult): boolean {
  return result.failure !== undefined || result.status === 'fault' || result.executions > before.executions
}
