// The end of a run: a table of its campaigns, what is remarkable about them, and one sentence that says it all.

import { count, plural } from '../../sim/count.js'
import type { CampaignResult } from '../../sim/outcome.js'
import { assertNever } from '../assert-never.js'
import type { Palette } from './palette.js'
import { summaryTable } from './summary-table.js'
import { clean, duration, list, wrap } from './text.js'

/** One campaign of a run. */
export interface CampaignRow {
  readonly result: CampaignResult
  /** Cut short by Ctrl-C before it could come to a verdict. */
  readonly interrupted: boolean
  /** A known-bad subject that this strategy did not find, but another one of the same run did. */
  readonly foundByAnother?: boolean
}

export interface SummaryOptions {
  readonly columns: number
  readonly palette: Palette
  readonly seed: string
  readonly elapsedMs: number
  /** Campaigns that Ctrl-C kept from starting. */
  readonly notRun: number
}

export interface VerdictText {
  readonly mark: string
  readonly word: string
  readonly tone: 'good' | 'bad' | 'warn'
}

/** Pure: lines without trailing newline. */
export function summary(rows: readonly CampaignRow[], options: SummaryOptions): string[] {
  const lines = rows.length === 0 ? [] : [...summaryTable(rows, options), '']
  const said = [...remarks(rows, options), ...stateRemarks(rows, options)]
  if (said.length > 0) lines.push(...said, '')
  lines.push(closingSentence(rows, options))
  return lines
}

export function verdictOf({ result, interrupted, foundByAnother }: CampaignRow): VerdictText {
  if (interrupted) return { mark: '–', word: 'stopped', tone: 'warn' }
  if (foundByAnother) return { mark: '–', word: 'not found', tone: 'warn' }
  switch (result.status) {
    case 'passed':
      return { mark: '✓', word: result.knownBad ? 'found' : 'passed', tone: 'good' }
    case 'failed':
      return { mark: '✗', word: result.failure?.verdict ?? 'failed', tone: 'bad' }
    case 'missed':
      return { mark: '!', word: 'missed', tone: 'bad' }
    case 'fault':
      return { mark: '!', word: 'fault', tone: 'bad' }
    case 'unknown':
      return { mark: '?', word: 'unknown', tone: 'warn' }
    default:
      return assertNever(result.status)
  }
}

/** Why something did not pass, and what ran inside one step; each once, with the campaigns it is about. */
function remarks(rows: readonly CampaignRow[], { columns, palette }: SummaryOptions): string[] {
  const about = new Map<string, Remark>()
  for (const row of rows) {
    const { result } = row
    const said = [...(row.interrupted || row.foundByAnother ? [] : result.remarks), ...result.insideOneStep.map(insideOneStepText)]
    for (const text of said) {
      // Strategies say the same of different numbers of executions: one of them is enough.
      const key = JSON.stringify([result.scenario, text.replace(/\d[\d,]* executions?/g, 'executions')])
      const known = about.get(key)
      if (known === undefined)
        about.set(key, { text, tone: verdictOf(row).tone, scenario: result.scenario, strategies: new Set([result.strategy]), executions: result.executions })
      else {
        known.strategies.add(result.strategy)
        if (result.executions > known.executions) known.text = text
      }
    }
  }
  const lines: string[] = []
  for (const { text, tone, scenario, strategies } of about.values()) {
    const asked = new Set(rows.filter(({ result }) => result.scenario === scenario).map(({ result }) => result.strategy))
    // What one strategy never saw and another one did was seen.
    if (text.startsWith(NEVER_SEEN) && strategies.size < asked.size) continue
    const where = strategies.size === asked.size ? clean(scenario) : `${clean(scenario)} (${list([...strategies])})`
    // The engine's sentences say themselves which scenario they are about.
    const said = text.startsWith(`scenario "${scenario}"`) ? text.slice(`scenario "${scenario}"`.length).replace(/^:? /, '') : text
    const [first = '', ...more] = wrap(`${where}: ${clean(said)}`, columns - 4)
    const paint = tone === 'good' ? palette.dim : palette[tone]
    lines.push(`  ${paint('·')} ${first}`, ...more.map((line) => `    ${line}`))
  }
  return lines
}

/** Module-level state, once for each place: a remark, for a cache is state too. */
function stateRemarks(rows: readonly CampaignRow[], { columns, palette }: SummaryOptions): string[] {
  const places = new Set(rows.flatMap(({ result }) => result.stateful.map(({ name, position }) => `${name} at ${position.file}:${position.line}`)))
  const texts = [...places].map(
    (place) => `module-level state survives from one execution to the next: ${place} (fine for a cache whose content is always the same)`,
  )
  return texts.flatMap((text) => {
    const [first = '', ...more] = wrap(clean(text), columns - 4)
    return [`  ${palette.dim('·')} ${first}`, ...more.map((line) => `    ${line}`)]
  })
}

interface Remark {
  text: string
  readonly tone: VerdictText['tone']
  readonly scenario: string
  readonly strategies: Set<string>
  readonly executions: number
}

/** DESIGN D1: nothing is silently skipped. */
function insideOneStepText(inside: CampaignResult['insideOneStep'][number]): string {
  const at = inside.position === undefined ? '' : ` at ${inside.position.file}:${inside.position.line}`
  return `${plural(inside.operations, 'operation')}${at} ran inside one step (${inside.reason})`
}

function closingSentence(rows: readonly CampaignRow[], { palette, seed, elapsedMs, notRun }: SummaryOptions): string {
  const tally = new Map<string, number>()
  for (const row of rows) {
    const { mark, word } = verdictOf(row)
    const kind = mark === '✗' ? 'failed' : word
    tally.set(kind, (tally.get(kind) ?? 0) + 1)
  }
  if (notRun > 0) tally.set('not run', notRun)
  const parts = KINDS.filter(([kind]) => tally.has(kind)).map(([kind, text, tone]) => palette[tone](text(tally.get(kind) as number)))
  const executions = rows.reduce((sum, row) => sum + row.result.executions, 0)
  const total = rows.length + notRun
  return `${plural(total, 'campaign')}: ${parts.join(', ')}; ${plural(executions, 'execution')} in ${duration(elapsedMs)}, seed ${seed}.`
}

/** How the remark about a label of `sometimes` begins. */
const NEVER_SEEN = 'never in '
const KINDS: readonly (readonly [kind: string, text: (howMany: number) => string, tone: VerdictText['tone']])[] = [
  ['failed', (n) => `${count(n)} failed`, 'bad'],
  ['missed', (n) => `${count(n)} known-bad missed`, 'bad'],
  ['fault', (n) => plural(n, 'harness fault'), 'bad'],
  ['unknown', (n) => `${count(n)} unknown`, 'warn'],
  ['stopped', (n) => `${count(n)} stopped`, 'warn'],
  ['not run', (n) => `${count(n)} not run`, 'warn'],
  ['passed', (n) => `${count(n)} passed`, 'good'],
  ['not found', (n) => `${count(n)} found by another strategy only`, 'warn'],
  ['found', (n) => `${count(n)} known-bad found`, 'good'],
]
