// A recording that does not fit the code any more, as a command tells it.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Recording } from '../sim/recording.js'
import { type Context, reportColumns } from './context.js'
import type { Divergence } from './engine.js'
import { type ExitCode, exitCode } from './exit-code.js'
import { divergenceReport } from './report/divergence.js'
import { toJson } from './report/json.js'
import { palette } from './report/palette.js'

export function tellDivergence(divergence: Divergence, command: 'replay' | 'shrink', recording: Recording, json: boolean, context: Context): ExitCode {
  const { stdout, version } = context
  const { step, expected, got, place, message } = divergence
  if (json) {
    stdout.write(`${toJson({ heddle: version, command, exitCode: exitCode.fault, divergence: { step: step + 1, expected, got, place, message } })}\n`)
    return exitCode.fault
  }
  const lines = divergenceReport(divergence, {
    columns: reportColumns(stdout),
    palette: palette(stdout.colorLevel),
    scenario: recording.scenario,
    sourceLine: place === undefined ? undefined : sourceLine(place, context.cwd),
    recordedBy: recording.heddle,
    version,
  })
  stdout.write(`${lines.join('\n')}\n`)
  return exitCode.fault
}

/** The text at `file:line` or `file:line:column`. */
function sourceLine(place: string, cwd: string): string | undefined {
  const [, file, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(place) ?? []
  if (file === undefined || line === undefined) return undefined
  try {
    return readFileSync(resolve(cwd, file), 'utf8').split(/\r?\n/)[Number(line) - 1]
  } catch {
    return undefined // The line is a help, not the message.
  }
}
