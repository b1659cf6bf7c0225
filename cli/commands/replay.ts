// heddle replay: runs a recorded execution again and shows it. Writes nothing.

import type { Outcome } from '../../sim/outcome.js'
import { type Context, reportColumns } from '../context.js'
import { isDivergence } from '../engine.js'
import { type ExitCode, exitCode } from '../exit-code.js'
import { type GivenRecording, givenRecording } from '../given-recording.js'
import { failureReport } from '../report/failure.js'
import { outcomeJson, toJson } from '../report/json.js'
import { palette } from '../report/palette.js'
import { tellDivergence } from '../told-divergence.js'

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
    if (isDivergence(error)) return tellDivergence(error, 'replay', recording, options.json, context)
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
