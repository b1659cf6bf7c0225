// An execution as a table: a lane for each actor, a line for each step, its place in the source and what it changed on the right.
//
// A row holds text in one lane only, so text may run on over the lanes to its right: lanes need not be as wide as what stands in
// them. Where there are so many lanes that they would be too narrow to name, a column with the actor's name takes their place.

import type { Outcome } from '../../sim/outcome.js'
import { chooseSteps } from './elision.js'
import { CALLS, laneRows, type Row, showsNecessary } from './lane-rows.js'
import type { Palette } from './palette.js'
import { clean, type Paint, padStart, shorten, width, wrap } from './text.js'

export interface LaneTableOptions {
  /** Columns of the terminal. */
  readonly columns: number
  /** Shows every step. */
  readonly full?: boolean
  /** A trace of at most so many steps is shown whole; of a longer one, about as many lines. Default 40; not for `full`. */
  readonly stepsMax?: number
  readonly palette: Palette
}

/** The table of `outcome` as lines, without heading. Pure. */
export function laneTable(outcome: Outcome, options: LaneTableOptions): string[] {
  const rows = options.full
    ? laneRows(
        outcome,
        outcome.trace.map((_, index) => index),
      )
    : rowsWithin(outcome, options.stepsMax ?? STEPS_MAX)
  const layout = layoutOf(outcome, rows, options.columns)
  const lines = [header(outcome, layout, options.palette)]
  for (const row of rows) lines.push(...rowLines(row, outcome, layout, options.palette))
  const notes = legend(outcome, rows)
  if (notes.length > 0) lines.push('', ...notes.map((note) => options.palette.dim(`  ${note}`)))
  return lines
}

/** What marks mean, and from where on nothing can be helped. */
function legend(outcome: Outcome, rows: readonly Row[]): string[] {
  const bakedInAt = outcome.shrunk?.bakedInAt
  return [
    ...(rows.some((row) => row.marked) ? [`▸ ${showsNecessary(outcome) ? NECESSARY : PREEMPTED}`] : []),
    ...(bakedInAt === undefined ? [] : [`baked in ${bakedInAt === 0 ? 'from the start' : `at step ${bakedInAt}`}: ${BAKED_IN}`]),
  ]
}

/** Leaves out steps of a long trace until what remains fits; calls and reports take lines too, so this is found by trying. */
function rowsWithin(outcome: Outcome, shortMax: number): Row[] {
  let stepsMax = Math.min(outcome.trace.length, shortMax)
  let rows = laneRows(outcome, chooseSteps(outcome, stepsMax))
  if (outcome.trace.length <= shortMax) return rows
  const rowsMax = Math.ceil(shortMax * ROWS_PER_STEP_MAX)
  for (let attempt = 0; attempt < ATTEMPTS_MAX && rows.length > rowsMax && stepsMax > STEPS_MIN; attempt++) {
    stepsMax = Math.max(STEPS_MIN, stepsMax - Math.max(1, Math.ceil((rows.length - rowsMax) / 2)))
    rows = laneRows(outcome, chooseSteps(outcome, stepsMax))
  }
  return rows
}

interface Layout {
  readonly columns: number
  /** Columns of the step number, mark included. */
  readonly numberWidth: number
  /** Lane index → first column; empty when the actor's name stands in a column of its own. */
  readonly starts: ReadonlyMap<number, number>
  /** First column of text for actors that have no lane. */
  readonly textStart: number
  /** First column of the place in the source. */
  readonly rightStart: number
  readonly positionWidth: number
  readonly guides: boolean
  /** Too narrow for a column of changes: they stand on lines of their own. */
  readonly stacked: boolean
}

function layoutOf(outcome: Outcome, rows: readonly Row[], columns: number): Layout {
  const numberWidth = Math.max(4, String(outcome.trace.length).length + 2)
  const textStart = 2 + numberWidth + 2
  const positionWidth = largest(rows, (row) => width(row.position))
  const changesWidth = largest(rows, (row) => width(row.changes.join(', ')))
  const rightMax = Math.max(positionWidth, Math.floor(columns * RIGHT_SHARE))
  const stacked = rightMax - positionWidth - 2 < Math.min(changesWidth, CHANGES_WIDTH_MIN)
  const right = Math.min(positionWidth + (changesWidth > 0 && !stacked ? 2 + changesWidth : 0), rightMax)
  const available = columns - textStart - (right > 0 ? right + 2 : 0)
  const text = largest(rows, (row) => (row.kind === 'call' ? Math.min(CALL_WIDTH_MAX, width(row.text)) : width(row.text)))
  const lanes = [...new Set([...outcome.trace.map((step) => step.lane), ...rows.map((row) => row.lane)])].filter((lane) => lane >= 0).sort((a, b) => a - b)
  const step = laneStep(outcome, lanes, text, available)
  const common = { columns, numberWidth, positionWidth, stacked }
  if (step === undefined) {
    const nameWidth = Math.min(NAME_MAX, Math.max(5, ...lanes.map((lane) => width(laneName(outcome, lane)))))
    const used = Math.min(text, available - nameWidth - 2)
    return { ...common, starts: new Map(), textStart: textStart + nameWidth + 2, rightStart: textStart + nameWidth + 2 + used + 2, guides: false }
  }
  const starts = new Map(lanes.map((lane, index) => [lane, textStart + index * step]))
  const used = Math.min(available, Math.max(...rows.map((row) => (starts.get(row.lane) ?? textStart) + width(row.text)), 0) - textStart)
  const names = Math.max(0, ...lanes.map((lane, index) => index * step + width(fitName(laneName(outcome, lane), step))))
  return { ...common, starts, textStart, rightStart: textStart + Math.min(available, Math.max(used, names)) + 2, guides: lanes.length > 2 }
}

/** Columns from one lane to the next; `undefined` where lanes would be too narrow. */
function laneStep(outcome: Outcome, lanes: readonly number[], text: number, available: number): number | undefined {
  if (lanes.length < 2) return available
  const last = Math.min(text, Math.floor(available * LAST_LANE_SHARE))
  const step = Math.min(text + 2, Math.floor((available - last) / (lanes.length - 1)))
  const names = Math.max(...lanes.map((lane) => width(laneName(outcome, lane))))
  return step >= Math.min(names + 1, LANE_STEP_MIN) ? Math.max(step, 2) : undefined
}

function header(outcome: Outcome, layout: Layout, palette: Palette): string {
  const line = new Line().put(2, padStart('step', layout.numberWidth), palette.dim)
  if (layout.starts.size === 0) return line.put(layout.numberWidth + 4, 'actor', palette.dim).toString()
  const starts = [...layout.starts]
  for (const [index, [lane, start]] of starts.entries()) {
    const end = starts[index + 1]?.[1] ?? layout.columns + 1
    line.put(start, fitName(laneName(outcome, lane), end - start), (text) => palette.strong(palette.lane(lane)(text)))
  }
  return line.toString()
}

function rowLines(row: Row, outcome: Outcome, layout: Layout, palette: Palette): string[] {
  const line = new Line()
  const start = layout.starts.get(row.lane) ?? layout.textStart
  const guides = (into: Line): Line => {
    if (layout.guides && row.lane >= 0) for (const at of layout.starts.values()) if (at < start) into.put(at, '│', palette.dim)
    return into
  }
  if (row.marked) line.put(2, '▸', palette.warn)
  const number = row.kind === 'gap' ? '…' : row.step === undefined ? '' : String(row.step)
  const numberWidth = layout.numberWidth - (row.marked ? 1 : 0)
  line.put(2 + (row.marked ? 1 : 0), padStart(number, numberWidth), palette.dim)
  guides(line)
  if (layout.starts.size === 0 && row.lane >= 0)
    line.put(layout.numberWidth + 4, fitName(laneName(outcome, row.lane), layout.textStart - layout.numberWidth - 5), palette.lane(row.lane))
  const right = rightCells(row, layout)
  const beside = layout.rightStart - 1 - start
  // On a narrow terminal the values matter more than the place, which then stands below.
  const below = layout.stacked && width(row.text) > beside
  const text = fitText(row.text, right.length > 0 && !below ? beside : layout.columns - start)
  line.put(start, text, paintOf(row, palette))
  if (layout.guides && row.lane >= 0) {
    for (const at of layout.starts.values()) if (at > start + width(text)) line.put(at, '│', palette.dim)
  }
  const lines = [line]
  for (const [index, cell] of right.entries()) {
    const into = index === 0 && !below ? line : new Line()
    if (into !== line) lines.push(into)
    if (cell.position !== '') into.put(layout.rightStart, cell.position, palette.dim)
    if (cell.changes !== '') into.put(cell.changesStart, cell.changes, palette.accent)
  }
  if (layout.stacked) {
    const at = start + 2 + (row.text.length - row.text.trimStart().length)
    for (const changes of wrapChanges(row.changes, layout.columns - at)) lines.push(guides(new Line()).put(at, changes, palette.accent))
  }
  return lines.map((each) => each.toString())
}

interface RightCell {
  readonly position: string
  readonly changes: string
  readonly changesStart: number
}

/** The right column of a row: the place, then the changes, on further lines where they need them. */
function rightCells(row: Row, layout: Layout): RightCell[] {
  const changesStart = layout.rightStart + (layout.positionWidth > 0 ? layout.positionWidth + 2 : 0)
  const position = shorten(row.position, layout.columns - layout.rightStart)
  if (row.changes.length === 0 || layout.stacked) return position === '' ? [] : [{ position, changes: '', changesStart }]
  const lines = wrapChanges(row.changes, layout.columns - changesStart)
  return lines.map((changes, index) => ({ position: index === 0 ? position : '', changes, changesStart }))
}

function wrapChanges(changes: readonly string[], columns: number): string[] {
  const lines: string[] = []
  for (const [index, change] of changes.entries()) {
    const text = index < changes.length - 1 ? `${change},` : change
    const last = lines[lines.length - 1]
    if (last !== undefined && width(last) + 1 + width(text) <= columns) lines[lines.length - 1] = `${last} ${text}`
    else lines.push(...(width(text) <= columns ? [text] : wrap(text, columns)))
  }
  return lines.length <= CHANGE_LINES_MAX ? lines : [...lines.slice(0, CHANGE_LINES_MAX - 1), shorten(`${lines[CHANGE_LINES_MAX - 1]} …`, columns)]
}

function paintOf(row: Row, palette: Palette): Paint {
  if (row.tone === 'plain') return row.kind === 'call' ? palette.strong : palette.lane(row.lane)
  return palette[row.tone]
}

function laneName(outcome: Outcome, lane: number): string {
  return clean(outcome.lanes[lane] ?? outcome.trace.find((step) => step.lane === lane)?.actor ?? `peer ${lane}`)
}

/** A name cut short keeps its number: `guest 12` → `gue…12`. */
function fitName(name: string, columns: number): string {
  if (width(name) < columns) return name
  const number = /\d+$/.exec(name)?.[0] ?? ''
  return shorten(name.slice(0, name.length - number.length), Math.max(1, columns - 1 - number.length)) + number
}

/** Of a path of calls, the innermost stay: `… › Pool.pop() › load head → 3`. */
function fitText(text: string, columns: number): string {
  if (width(text) <= columns || !text.includes(CALLS)) return shorten(text, columns)
  const indent = text.slice(0, text.length - text.trimStart().length)
  const parts = text.trimStart().split(CALLS)
  for (let left = 1; left < parts.length; left++) {
    const path = `${indent}…${CALLS}${parts.slice(left).join(CALLS)}`
    if (width(path) <= columns) return path
  }
  return shorten(`${indent}${parts[parts.length - 1]}`, columns)
}

/** A line that is written from left to right, each piece at its column. A piece that comes too late follows after a space. */
class Line {
  #text = ''
  #column = 0

  put(column: number, text: string, paint: Paint): this {
    if (text === '') return this
    const spaces = Math.max(column - this.#column, this.#column > 0 && column < this.#column ? 1 : 0)
    this.#text += ' '.repeat(spaces) + (text.trim() === '' ? text : paint(text))
    this.#column += spaces + width(text)
    return this
  }

  toString(): string {
    return this.#text.trimEnd()
  }
}

function largest(rows: readonly Row[], measure: (row: Row) => number): number {
  let most = 0
  for (const row of rows) most = Math.max(most, measure(row))
  return most
}

const PREEMPTED = 'the actor before could have gone on'
const NECESSARY = 'without this switch or fault it does not fail so'
const BAKED_IN = 'whichever way it went on from there, drawn at random, it failed so'
const STEPS_MAX = 40
/** Lines for each step that may be shown: calls and reports have lines of their own. */
const ROWS_PER_STEP_MAX = 1.25
const ATTEMPTS_MAX = 12
const STEPS_MIN = 4
/** What the right column may take of the line. */
const RIGHT_SHARE = 0.4
/** A narrower column of changes would be all breaks. */
const CHANGES_WIDTH_MIN = 26
/** What the text of the last lane is sure to have of the room for lanes. */
const LAST_LANE_SHARE = 0.6
/** Lanes narrower than this cannot be named. */
const LANE_STEP_MIN = 6
const NAME_MAX = 16
/** Lanes are not made wider for the sake of a call than this: its path can be cut, and may run over the columns to its right. */
const CALL_WIDTH_MAX = 32
const CHANGE_LINES_MAX = 4
