// heddle shrink: makes a recorded failure smaller and writes a recording of its own.

import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Outcome } from '../../sim/outcome.js'
import type { Recording } from '../../sim/recording.js'
import { type Context, reportColumns } from '../context.js'
import { type ExitCode, exitCode } from '../exit-code.js'
import { FAILURES_FOLDER, saveRecording } from '../failures-folder.js'
import { type GivenRecording, givenRecording } from '../given-recording.js'
import { shownPath } from '../paths.js'
import { failureReport } from '../report/failure.js'
import { outcomeJson, toJson } from '../report/json.js'
import { palette } from '../report/palette.js'
import { heddleCommand } from '../shell.js'

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
  const outcome = await engine.shrink(recording, subject, runs === undefined ? { signal } : { executionsMax: runs, signal }).finally(stopListening)
  const isSmaller = outcome.traceHash !== recording.traceHash
  const path = isSmaller ? saveRecording(folderFor(options, context), outcome.scenario, engine.recordingFile(outcome.recording)) : undefined
  report(outcome, recording, path === undefined ? undefined : shownPath(path, context.cwd), options, context)
  return exitCode.passed
}

function folderFor({ out, recording }: ShrinkOptions, { cwd }: Context): string {
  if (out !== undefined) return resolve(cwd, out)
  const given = resolve(cwd, recording)
  return existsSync(given) ? dirname(given) : resolve(cwd, FAILURES_FOLDER)
}

function report(outcome: Outcome, given: Recording, path: string | undefined, options: ShrinkOptions, context: Context): void {
  const { stdout } = context
  if (options.json) {
    const document = { heddle: context.version, command: 'shrink', exitCode: exitCode.passed, recording: path, outcome: outcomeJson(outcome, true) }
    stdout.write(`${toJson(document)}\n`)
    return
  }
  const lines = failureReport(outcome, {
    columns: reportColumns(stdout),
    palette: palette(stdout.colorLevel),
    full: options.full,
    footer: path === undefined ? [['as given', unchanged(given)]] : [['replay', heddleCommand('replay', path)]],
  })
  stdout.write(`${lines.join('\n')}\n`)
}

function unchanged({ shrunk }: Recording): string {
  return shrunk === undefined ? 'nothing could be taken away' : 'nothing more could be taken away'
}
