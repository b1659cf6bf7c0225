// The end of a run: a table of its campaigns, what is remarkable about them, and one sentence that says it all.

import Table from 'cli-table3'
import type { CampaignResult } from '../../sim/outcome.js'
import { assertNever } from '../assert-never.js'
import type { Palette } from './palette.js'
import { clean, count, duration, shorten, list, perSecond, plural, width, wrap } from './text.js'

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
  const lines = rows.length === 0 ? [] : [...table(rows, options), '']
  const said = remarks(rows, options)
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

function table(rows: readonly CampaignRow[], { columns, palette }: SummaryOptions): string[] {
  const cells = rows.map((row) => {
    const { result } = row
    const verdict = verdictOf(row)
    return {
      tone: verdict.tone,
      texts: [
        clean(result.scenario),
        result.strategy,
        `${verdict.mark} ${verdict.word}`,
        count(result.executions),
        perSecond(result.executions, result.elapsedMs),
        perSecond(result.steps, result.elapsedMs),
        count(result.distinct),
        result.firstFailureAt === undefined ? '–' : count(result.firstFailureAt + 1),
      ],
    }
  })
  const rest = HEAD.slice(1).reduce((sum, head, index) => sum + GAP + Math.max(width(head), ...cells.map(({ texts }) => width(texts[index + 1] as string))), 0)
  const nameMax = Math.max(12, columns - INDENT - rest)
  const plain = new Table({
    head: HEAD.map((head) => palette.dim(head)),
    chars: NO_BORDER,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right'],
  })
  for (const { tone, texts } of cells) plain.push(texts.map((text, index) => (index === 0 ? shorten(text, nameMax) : index === 2 ? palette[tone](text) : text)))
  return plain
    .toString()
    .split('\n')
    .map((line) => `${' '.repeat(INDENT)}${line}`.trimEnd())
}

/** Why something did not pass, and what ran inside one step; each once, with the campaigns it is about. */
function remarks(rows: readonly CampaignRow[], { columns, palette }: SummaryOptions): string[] {
  const about = new Map<string, { text: string; tone: VerdictText['tone']; scenario: string; strategies: string[] }>()
  for (const row of rows) {
    const { result } = row
    const said = [...(row.interrupted || row.foundByAnother ? [] : result.remarks), ...result.insideOneStep.map(insideOneStepText)]
    for (const text of said) {
      const key = JSON.stringify([result.scenario, text])
      const known = about.get(key)
      if (known === undefined) about.set(key, { text, tone: verdictOf(row).tone, scenario: result.scenario, strategies: [result.strategy] })
      else if (!known.strategies.includes(result.strategy)) known.strategies.push(result.strategy)
    }
  }
  const strategies = new Set(rows.map((row) => row.result.strategy)).size
  const lines: string[] = []
  for (const { text, tone, scenario, strategies: named } of about.values()) {
    const where = named.length === strategies ? clean(scenario) : `${clean(scenario)} (${list(named)})`
    const [first = '', ...more] = wrap(`${where}: ${clean(text)}`, columns - 4)
    const paint = tone === 'good' ? palette.dim : palette[tone]
    lines.push(`  ${paint('·')} ${first}`, ...more.map((line) => `    ${line}`))
  }
  return lines
}

/** DESIGN D1: nothing is silently skipped. */
function insideOneStepText(inside: CampaignResult['insideOneStep'][number]): string {
  const at = inside.position === undefined ? '' : ` at ${inside.position.file}:${inside.position.line}`
  return `${plural(inside.operations, 'atomic operation')}${at} ran inside one step (${inside.reason})`
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

const HEAD = ['scenario', 'strategy', 'verdict', 'executions', 'exec/s', 'steps/s', 'distinct', 'first at']
const INDENT = 2
const GAP = 2
const NO_BORDER = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}
const KINDS: readonly (readonly [kind: string, text: (howMany: number) => string, tone: VerdictText['tone']])[] = [
  ['failed', (n) => `${n} failed`, 'bad'],
  ['missed', (n) => `${n} known-bad missed`, 'bad'],
  ['fault', (n) => plural(n, 'harness fault'), 'bad'],
  ['unknown', (n) => `${n} unknown`, 'warn'],
  ['stopped', (n) => `${n} stopped`, 'warn'],
  ['not run', (n) => `${n} not run`, 'warn'],
  ['passed', (n) => `${n} passed`, 'good'],
  ['not found', (n) => `${n} found by another strategy only`, 'warn'],
  ['found', (n) => `${n} known-bad found`, 'good'],
]
