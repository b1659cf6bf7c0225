// A failing (or replayed) execution in full: heading, figures, lane table, stack, and how to see it again.

import { count, plural } from '../../sim/count.js'
import type { ExecutionStatistics, Outcome, SkewedClock } from '../../sim/outcome.js'
import { laneTable } from './lane-table.js'
import type { Palette } from './palette.js'
import { clean, list, padStart, width, wrap } from './text.js'

export interface FailureReportOptions {
  readonly columns: number
  readonly full?: boolean
  readonly palette: Palette
  /** The failure of a scenario that is broken on purpose: shown short, and marked as expected. */
  readonly expected?: boolean
  /** The same broke before and was shown: figures and commands only. */
  readonly brief?: boolean
  /** What is wrong with a known-bad scenario, in its author's words. */
  readonly because?: string
  /** The campaign's strategy and the index of the execution that failed, from 0. */
  readonly found?: { readonly strategy: string; readonly at: number | undefined }
  /** Labelled lines at the end: commands to paste. */
  readonly footer?: readonly (readonly [label: string, text: string])[]
  /** Replay was asked to stop after this step. */
  readonly until?: number
}

/** Pure: lines without trailing newline. */
export function failureReport(outcome: Outcome, options: FailureReportOptions): string[] {
  const { palette } = options
  const lines = [...heading(outcome, options), ...figures(outcome, options)]
  if (!options.brief) lines.push(...story(outcome, options))
  const footer = options.footer ?? []
  if (footer.length > 0) {
    const labels = Math.max(...footer.map(([label]) => label.length))
    lines.push('', ...footer.map(([label, text]) => `  ${palette.dim(label.padEnd(labels))}   ${text}`))
  }
  return lines
}

const THREW: ReadonlySet<string> = new Set(['peer threw', 'setup threw'])

/** The steps, and the stack of what was thrown. */
function story(outcome: Outcome, options: FailureReportOptions): string[] {
  const { palette } = options
  const lines = ['']
  if (outcome.trace.length > 0) lines.push(...laneTable(outcome, { ...options, ...(options.expected ? { stepsMax: STEPS_EXPECTED } : {}) }))
  else lines.push(palette.dim('  no step was taken'))
  const stack = outcome.failure?.stack
  if (stack !== undefined && !options.expected) lines.push('', ...stackLines(stack, palette))
  // Who misses a file may look for it on the real disk.
  if (THREW.has(outcome.failure?.name ?? '') && /\bENOENT\b/.test(outcome.failure?.message ?? '')) {
    lines.push('', palette.dim('  files are virtual: the disk is empty when an execution begins'))
  }
  return lines
}

/** `✗ no-double-free  slot 3 is on the free list twice      varslot pool`, the message on lines of its own where it is long. */
function heading(outcome: Outcome, options: FailureReportOptions): string[] {
  const { palette, columns } = options
  const scenario = clean(outcome.scenario)
  const failed = outcome.failure !== undefined
  const mark = failed && !options.expected ? palette.bad('✗') : palette.good('✓')
  const name = headingName(outcome, options)
  const message = clean(outcome.failure?.message ?? (options.until === undefined ? '' : `stopped after step ${outcome.trace.length}, as asked`))
  const paintedName = palette.strong(failed && !options.expected ? palette.bad(name) : palette.good(name))
  const start = 2 + width(name) + 2
  if (message === '') return [`${mark} ${paintedName}${palette.dim(padStart(scenario, Math.max(columns - start + 2, width(scenario) + 2)))}`]
  if (start + width(message) + 2 + width(scenario) <= columns) {
    return [`${mark} ${paintedName}  ${message}${palette.dim(padStart(scenario, columns - start - width(message)))}`]
  }
  const first =
    start - 2 + 2 + width(scenario) <= columns
      ? `${mark} ${paintedName}${palette.dim(padStart(scenario, columns - start + 2))}`
      : `${mark} ${paintedName}  ${palette.dim(scenario)}`
  return [first, ...wrap(message, columns - 2).map((line) => `  ${line}`)]
}

function headingName(outcome: Outcome, options: FailureReportOptions): string {
  if (outcome.failure === undefined) return options.until === undefined ? outcome.verdict : 'no failure yet'
  return options.expected ? `expected: ${clean(outcome.failure.name)}` : clean(outcome.failure.name)
}

function figures(outcome: Outcome, options: FailureReportOptions): string[] {
  const { found } = options
  const { statistics, shrunk } = outcome
  const where = found === undefined ? '' : `; found by ${found.strategy}${found.at === undefined ? '' : ` in execution ${count(found.at + 1)}`}`
  const lines = wrap(`${plural(statistics.peers, 'peer')}, ${sizeText(statistics)}${where}`, options.columns - 2)
  if (shrunk !== undefined && sizeText(shrunk.from) !== sizeText(statistics)) {
    const unfinished = shrunk.complete ? '' : '; there was more to try'
    lines.push(...wrap(`shrunk from ${sizeText(shrunk.from)}, in ${plural(shrunk.executions, 'execution')}${unfinished}`, options.columns - 2))
  }
  if (outcome.skewedClocks.length > 0) lines.push(...wrap(list(outcome.skewedClocks.map(clockText)), options.columns - 2))
  if (options.because !== undefined) lines.push(...wrap(`known bad: ${clean(options.because)}`, options.columns - 2))
  return lines.map((line) => options.palette.dim(`  ${line}`))
}

/** `1 crash, 2 switches (1 preemptive), 10 steps` */
function sizeText({ crashes, powerFailures, switches, preemptions, steps }: ExecutionStatistics): string {
  const preemptive = switches === 0 ? '' : ` (${preemptions === switches ? 'all' : preemptions === 0 ? 'none' : count(preemptions)} preemptive)`
  const parts = [
    ...(crashes > 0 ? [plural(crashes, 'crash', 'crashes')] : []),
    ...(powerFailures > 0 ? [plural(powerFailures, 'power failure')] : []),
    plural(switches, 'switch', 'switches') + preemptive,
    plural(steps, 'step'),
  ]
  return parts.join(', ')
}

/** `peer 1's clock is 50 ms ahead` */
function clockText({ actor, incarnation, aheadMs }: SkewedClock): string {
  return `${clean(actor)}'s clock is ${count(aheadMs)} ms ahead${incarnation === 0 ? '' : ` after restart ${incarnation}`}`
}

function stackLines(stack: string, palette: Palette): string[] {
  const lines = stack.split(/\r?\n/).filter((line) => line.trim() !== '')
  const shown = lines.slice(0, STACK_LINES_MAX)
  if (lines.length > shown.length) shown.push(`    … ${plural(lines.length - shown.length, 'more line')}`)
  return shown.map((line, index) => (index === 0 ? `  ${palette.bad(clean(line))}` : palette.dim(`  ${clean(line)}`)))
}

/** Steps of a failure that was expected: enough for the story, fewer than of one that was not. */
const STEPS_EXPECTED = 24
const STACK_LINES_MAX = 12
