// heddle shrink: makes a recorded failure smaller and writes a recording of its own.

import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { plural } from '../../sim/count.js'
import type { Outcome } from '../../sim/outcome.js'
import type { Recording } from '../../sim/recording.js'
import { type Context, reportColumns } from '../context.js'
import { isDivergence } from '../engine.js'
import { type ExitCode, exitCode } from '../exit-code.js'
import { FAILURES_FOLDER } from '../failures-folder.js'
import { type GivenRecording, givenRecording } from '../given-recording.js'
import { type KeptFailure, keep, replayLines, tokenLine } from '../kept-failure.js'
import { failureReport } from '../report/failure.js'
import { outcomeJson, toJson } from '../report/json.js'
import { palette } from '../report/palette.js'
import { tellDivergence } from '../told-divergence.js'

export interface ShrinkOptions extends GivenRecording {
  /** The most executions. */
  readonly runs: number | undefined
  readonly full: boolean
  /** Folder for the recording; where the given one stands if undefined. */
  readonly out: string | undefined
  readonly json: boolean
}

export async function shrink(options: ShrinkOptions, context: Context): Promise<ExitCode> {
  const { engine, recording, subject } = await givenRecording(options, context)
  const controller = new AbortController()
  const stopListening = context.onInterrupt(() => controller.abort())
  const { signal } = controller
  const { runs } = options
  try {
    const outcome = await engine.shrink(recording, subject, runs === undefined ? { signal } : { executionsMax: runs, signal })
    const isSmaller = outcome.traceHash !== recording.traceHash
    const kept = isSmaller ? keep(outcome, folderFor(options, context), engine, context.cwd) : undefined
    // What was found until then is kept; whoever goes on from here must know that there may be more.
    const code = signal.aborted ? exitCode.interrupted : exitCode.passed
    report(outcome, recording, kept, code, options, context)
    return code
  } catch (error) {
    if (isDivergence(error)) return tellDivergence(error, 'shrink', recording, options.json, context)
    throw error
  } finally {
    stopListening()
  }
}

function folderFor({ out, recording }: ShrinkOptions, { cwd }: Context): string {
  if (out !== undefined) return resolve(cwd, out)
  const given = resolve(cwd, recording)
  return recording !== '-' && existsSync(given) ? dirname(given) : resolve(cwd, FAILURES_FOLDER)
}

function report(outcome: Outcome, given: Recording, kept: KeptFailure | undefined, code: ExitCode, options: ShrinkOptions, context: Context): void {
  const { stdout } = context
  if (options.json) {
    stdout.write(`${toJson({ heddle: context.version, command: 'shrink', exitCode: code, ...kept, outcome: outcomeJson(outcome, true) })}\n`)
    return
  }
  const lines = failureReport(outcome, {
    columns: reportColumns(stdout),
    palette: palette(stdout.colorLevel),
    full: options.full,
    footer: kept === undefined ? [['as given', unchanged(outcome, given)]] : [...replayLines(kept), tokenLine(kept)],
  })
  stdout.write(`${lines.join('\n')}\n`)
}

function unchanged({ shrunk }: Outcome, given: Recording): string {
  if (shrunk?.complete !== true) {
    const executions = (shrunk?.executions ?? 0) - (given.shrunk?.executions ?? 0)
    return `nothing smaller in ${plural(executions, 'execution')}; there was more to try`
  }
  return given.shrunk === undefined ? 'nothing could be taken away' : 'nothing more could be taken away'
}
