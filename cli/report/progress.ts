// The line that shows how a run goes: one line on a terminal, rewritten at most ten times a second; elsewhere a line for each
// campaign that ended.

import { count, plural } from '../../sim/count.js'
import type { CampaignProgress } from '../../sim/outcome.js'
import type { Terminal } from '../context.js'
import type { Palette } from './palette.js'
import { type CampaignRow, verdictOf } from './summary.js'
import { clean, duration, perSecond, shorten, width } from './text.js'

export class ProgressLine {
  readonly #terminal: Terminal
  readonly #palette: Palette
  readonly #clockMs: () => number
  readonly #live: boolean
  #shownAtMs = Number.NEGATIVE_INFINITY
  /** Whether the line stands on the terminal now. */
  #visible = false

  /** @param live whether the line may be rewritten */
  constructor(terminal: Terminal, palette: Palette, clockMs: () => number, live: boolean) {
    this.#terminal = terminal
    this.#palette = palette
    this.#clockMs = clockMs
    this.#live = live
  }

  /** Shows how far campaign `index` (from 0) of `total` is, if enough time went by. */
  update(progress: CampaignProgress, index: number, total: number): void {
    if (!this.#live) return
    const nowMs = this.#clockMs()
    if (nowMs - this.#shownAtMs < INTERVAL_MS) return
    this.#shownAtMs = nowMs
    this.#visible = true
    this.#terminal.write(`\r\u001b[2K${progressText(progress, index, total, (this.#terminal.columns || 80) - 1, this.#palette)}`)
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (!this.#visible) return
    this.#visible = false
    this.#shownAtMs = Number.NEGATIVE_INFINITY
    this.#terminal.write('\r\u001b[2K')
  }

  /** A campaign ended. */
  done(row: CampaignRow): void {
    this.clear()
    if (!this.#live) this.#terminal.write(`${doneText(row, this.#palette)}\n`)
  }
}

/** `[3/24] spin lock · pct  41,200 executions  310 k/s  9.1 M steps/s  1,204 distinct  12 s` in at most `columns`. */
export function progressText(progress: CampaignProgress, index: number, total: number, columns: number, palette: Palette): string {
  const { executions, steps, distinct, elapsedMs } = progress
  const figures = `${plural(executions, 'execution')}  ${perSecond(executions, elapsedMs)}/s  ${perSecond(steps, elapsedMs)} steps/s  ${count(distinct)} distinct  ${duration(elapsedMs)}`
  const place = `[${index + 1}/${total}] `
  const name = shorten(`${clean(progress.scenario)} · ${progress.strategy}`, Math.max(12, columns - width(place) - 2 - width(figures)))
  const room = columns - width(place) - width(name) - 2
  return room < 8 ? shorten(`${place}${name}`, columns) : `${palette.dim(place)}${palette.accent(name)}  ${shorten(figures, room)}`
}

/** One line for a campaign that ended. */
export function doneText(row: CampaignRow, palette: Palette): string {
  const { result } = row
  const verdict = verdictOf(row)
  const figures = [
    plural(result.executions, 'execution'),
    `${perSecond(result.executions, result.elapsedMs)}/s`,
    `${perSecond(result.steps, result.elapsedMs)} steps/s`,
    `${count(result.distinct)} distinct`,
    duration(result.elapsedMs),
  ]
  return `${palette[verdict.tone](`${verdict.mark} ${verdict.word}`)}  ${clean(result.scenario)} · ${result.strategy}  ${palette.dim(figures.join('  '))}`
}

const INTERVAL_MS = 100
