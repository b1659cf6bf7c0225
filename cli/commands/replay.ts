// heddle replay: runs a recorded execution again and shows it. Writes nothing.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Outcome } from '../../sim/outcome.js'
import type { Recording } from '../../sim/recording.js'
import { type Context, reportColumns } from '../context.js'
import { type Divergence, isDivergence } from '../engine.js'
import { type ExitCode, exitCode } from '../exit-code.js'
import { type GivenRecording, givenRecording } from '../given-recording.js'
import { divergenceReport } from '../report/divergence.js'
import { failureReport } from '../report/failure.js'
import { outcomeJson, toJson } from '../report/json.js'
import { palette } from '../report/palette.js'

export interface ReplayOptions extends GivenRecording {
  readonly until: number | undefined
  readonly full: boolean
  readonly json: boolean
}

export async function replay(options: ReplayOptions, context: Context): Promise<ExitCode> {
  const { engine, recording, subject } = await givenRecording(options, context)
  try {
    const outcome = await engine.replay(recording, subject, options.until === undefined ? {} : { until: options.until })
    return reportOutcome(outcome, options, context)
  } catch (error) {
    if (isDivergence(error)) return reportDivergence(error, recording, options, context)
    throw error
  }
}

function reportOutcome(outcome: Outcome, options: ReplayOptions, context: Context): ExitCode {
  const { stdout } = context
  const code = exitCodeOf(outcome, options.until !== undefined)
  if (options.json) {
    stdout.write(`${toJson({ heddle: context.version, command: 'replay', exitCode: code, outcome: outcomeJson(outcome, true) })}\n`)
    return code
  }
  const lines = failureReport(outcome, {
    columns: reportColumns(stdout),
    palette: palette(stdout.colorLevel),
    full: options.full,
    ...(options.until === undefined ? {} : { until: options.until }),
  })
  stdout.write(`${lines.join('\n')}\n`)
  return code
}

/** A replay that was asked to stop early and met no failure before has done what it should. */
function exitCodeOf(outcome: Outcome, stopsEarly: boolean): ExitCode {
  switch (outcome.verdict) {
    case 'violated':
    case 'deadlock':
    case 'stuck':
      return exitCode.violated
    case 'diverged':
      return exitCode.fault
    case 'unknown':
      return stopsEarly && outcome.failure === undefined ? exitCode.passed : exitCode.unknown
    default:
      return exitCode.passed
  }
}

function reportDivergence(divergence: Divergence, recording: Recording, options: ReplayOptions, context: Context): ExitCode {
  const { stdout, version } = context
  const code = exitCode.fault
  const { step, expected, got, place } = divergence
  if (options.json) {
    stdout.write(
      `${toJson({ heddle: version, command: 'replay', exitCode: code, divergence: { step: step + 1, expected, got, place, message: divergence.message } })}\n`,
    )
    return code
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
  return code
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
