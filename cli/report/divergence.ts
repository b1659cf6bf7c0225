// A replay that met code which no longer does what was recorded.

import type { Divergence } from '../engine.js'
import type { Palette } from './palette.js'
import { clean, padStart, width, wrap } from './text.js'

export interface DivergenceReportOptions {
  readonly columns: number
  readonly palette: Palette
  readonly scenario: string
  /** The text of the source line at the place, where it could be read. */
  readonly sourceLine: string | undefined
  /** The version of Heddle that made the recording. */
  readonly recordedBy: string | undefined
  readonly version: string
}

/** Pure: lines without trailing newline. */
export function divergenceReport(divergence: Divergence, options: DivergenceReportOptions): string[] {
  const { palette, columns } = options
  const heading = `✗ diverged at step ${divergence.step + 1}`
  const scenario = clean(options.scenario)
  const lines = [
    `${palette.bad(heading)}${palette.dim(padStart(scenario, Math.max(columns - width(heading), width(scenario) + 2)))}`,
    '  The code no longer does what was recorded, so the replay stopped here.',
    '',
    `  ${palette.dim('expected')}  ${clean(divergence.expected)}`,
    `  ${palette.dim('got')}       ${clean(divergence.got)}`,
  ]
  if (divergence.place !== undefined) {
    lines.push(`  ${palette.dim('at')}        ${clean(divergence.place)}`)
    if (options.sourceLine !== undefined) lines.push(`            ${palette.accent(clean(options.sourceLine.trim()))}`)
  }
  const { recordedBy } = options
  const hint =
    recordedBy !== undefined && recordedBy !== options.version
      ? `The recording was made with Heddle ${recordedBy}; this is ${options.version}. CHANGELOG.md says which recordings still replay.`
      : 'Check out the sources that the recording was made with, or look for the failure anew with its seed.'
  return [...lines, '', ...wrap(hint, columns - 2).map((line) => `  ${line}`)]
}
