// The table at the end of a run: a row for each scenario, with what all strategies found, and below a scenario its variants.

import Table from 'cli-table3'
import { count } from '../../sim/count.js'
import type { Palette } from './palette.js'
import { type CampaignRow, type VerdictText, verdictOf } from './summary.js'
import { clean, perSecond, shorten, width } from './text.js'

/** Pure: lines without trailing newline. */
export function summaryTable(rows: readonly CampaignRow[], { columns, palette }: { readonly columns: number; readonly palette: Palette }): string[] {
  const groups = grouped(rows)
  const oneStrategy = new Set(rows.map(({ result }) => result.strategy)).size === 1
  const cells = groups.map((group) => rowCells(group, oneStrategy))
  const names = Math.max(...cells.map(({ texts }) => width(texts[0] as string)))
  // Where there is no room for all of it, a name says more than a rate.
  const shown = HEAD.map((_, index) => index).filter(
    (index) =>
      index !== STEPS_RATE ||
      names +
        widthWithoutNames(
          cells,
          HEAD.map((__, at) => at),
        ) <=
        columns,
  )
  const nameMax = Math.max(NAME_MIN, columns - widthWithoutNames(cells, shown))
  const table = new Table({
    head: shown.map((index) => palette.dim(HEAD[index] as string)),
    chars: NO_BORDER,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    colAligns: shown.map((index) => (LEFT.has(index) ? 'left' : 'right')),
  })
  for (const { tone, texts } of cells) {
    table.push(
      shown.map((index) => (index === 0 ? shorten(texts[0] as string, nameMax) : index === VERDICT ? palette[tone](texts[index] as string) : texts[index])),
    )
  }
  return table
    .toString()
    .split('\n')
    .map((line) => `${' '.repeat(INDENT)}${line}`.trimEnd())
}

interface Group {
  /** What its row is called: of a variant that stands below its scenario, what the name says beyond that. */
  readonly name: string
  readonly rows: readonly CampaignRow[]
}

interface Cells {
  readonly tone: VerdictText['tone']
  readonly texts: readonly string[]
}

/** The campaigns by scenario, in the order of the run, but each variant `lock / load-then-store` below the scenario `lock`. */
function grouped(rows: readonly CampaignRow[]): Group[] {
  const scenarios = new Map<string, CampaignRow[]>()
  for (const row of rows) {
    const { scenario } = row.result
    const known = scenarios.get(scenario)
    if (known === undefined) scenarios.set(scenario, [row])
    else known.push(row)
  }
  const groups: Group[] = []
  const baseOf = (name: string) => {
    const at = name.indexOf(VARIANT)
    return at > 0 && scenarios.has(name.slice(0, at)) ? name.slice(0, at) : undefined
  }
  for (const [scenario, ofScenario] of scenarios) {
    if (baseOf(scenario) !== undefined) continue
    groups.push({ name: clean(scenario), rows: ofScenario })
    for (const [variant, ofVariant] of scenarios) {
      if (baseOf(variant) === scenario) groups.push({ name: ` ${clean(variant.slice(scenario.length))}`, rows: ofVariant })
    }
  }
  return groups
}

function rowCells({ name, rows }: Group, oneStrategy: boolean): Cells {
  const verdict = rows.map(verdictOf).reduce((worst, other) => (weight(other) > weight(worst) ? other : worst))
  const executions = sum(rows, ({ result }) => result.executions)
  const elapsedMs = sum(rows, ({ result }) => result.elapsedMs)
  const distinct = Math.max(...rows.map(({ result }) => result.distinct))
  const found = rows.filter(({ result }) => result.firstFailureAt !== undefined)
  const firstAt = found.map(({ result }) => `${oneStrategy ? '' : `${result.strategy} `}${count((result.firstFailureAt as number) + 1)}`)
  return {
    tone: verdict.tone,
    texts: [
      name,
      `${verdict.mark} ${verdict.word}`,
      count(executions),
      perSecond(executions, elapsedMs),
      perSecond(
        sum(rows, ({ result }) => result.steps),
        elapsedMs,
      ),
      count(distinct),
      firstAt.join(', ') || '–',
    ],
  }
}

/** Of what several strategies say of one scenario, the row shows what weighs most. */
function weight({ word, mark }: VerdictText): number {
  if (mark === '✗') return WEIGHTS.length + 1
  return WEIGHTS.indexOf(word)
}

function widthWithoutNames(cells: readonly Cells[], shown: readonly number[]): number {
  const widths = shown.slice(1).map((index) => GAP + Math.max(width(HEAD[index] as string), ...cells.map(({ texts }) => width(texts[index] as string))))
  return INDENT + widths.reduce((total, one) => total + one, 0)
}

function sum(rows: readonly CampaignRow[], figure: (row: CampaignRow) => number): number {
  return rows.reduce((total, row) => total + figure(row), 0)
}

const WEIGHTS = ['not found', 'passed', 'stopped', 'found', 'unknown', 'missed', 'fault']
const VARIANT = ' / '
const HEAD = ['scenario', 'verdict', 'executions', 'exec/s', 'steps/s', 'distinct', 'first at']
const VERDICT = 1
const STEPS_RATE = 4
const LEFT: ReadonlySet<number> = new Set([0, 1, 6])
const NAME_MIN = 12
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
