// heddle replay: runs a recorded execution again and shows it. Writes nothing.

import { existsSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import type { Outcome } from '../../sim/outcome.js'
import type { Recording } from '../../sim/recording.js'
import { type Context, reportColumns } from '../context.js'
import { type DiscoveredScenario, type Divergence, type Engine, isDivergence } from '../engine.js'
import { type ExitCode, exitCode } from '../exit-code.js'
import { existing, shownPath } from '../paths.js'
import { divergenceReport } from '../report/divergence.js'
import { failureReport } from '../report/failure.js'
import { outcomeJson, toJson } from '../report/json.js'
import { palette } from '../report/palette.js'
import { UsageProblem } from '../usage-problem.js'
import { shown } from '../values.js'

export interface ReplayOptions {
  /** Path of a recording, a token, or `-` for standard input. */
  readonly recording: string
  readonly until: number | undefined
  readonly full: boolean
  /** The scenario's file, where it is not the one that the recording names. */
  readonly file: string | undefined
  readonly packages: readonly string[]
  readonly json: boolean
}

export async function replay(options: ReplayOptions, context: Context): Promise<ExitCode> {
  const text = await recordingText(options.recording, context)
  const engine = await context.loadEngine()
  const recording = engine.parseRecording(text)
  const subject = await subjectOf(recording, options, context, engine)
  try {
    const outcome = await engine.replay(recording, subject, options.until === undefined ? {} : { until: options.until })
    return reportOutcome(outcome, options, context)
  } catch (error) {
    if (isDivergence(error)) return reportDivergence(error, recording, options, context)
    throw error
  }
}

async function recordingText(given: string, context: Context): Promise<string> {
  if (given === '-') return context.readStandardInput()
  const path = resolve(context.cwd, given)
  if (existsSync(path)) {
    if (statSync(path).isDirectory()) throw new UsageProblem(`expected the file of one recording, got the folder ${shown(given)}`)
    return readFileSync(path, 'utf8')
  }
  // Too short for a token and shaped like a path: then that is what it was meant to be.
  if (given.length < PATH_LENGTH_MAX && /\.json$|^\.|[/\\]/.test(given)) existing(given, context.cwd, 'the file of a recording or a token')
  return given
}

async function subjectOf(recording: Recording, options: ReplayOptions, context: Context, engine: Engine): Promise<DiscoveredScenario> {
  const { cwd } = context
  const file = options.file === undefined ? recordedFile(recording, cwd) : existing(options.file, cwd, '--file to be the file of the scenario')
  const packages = options.packages.length > 0 ? options.packages : (recording.options.packages ?? [])
  const found = await engine.discover([file], { packages })
  const subject = found.find(({ scenario }) => scenario.name === recording.scenario)
  if (subject !== undefined) return subject
  const names = found.map(({ scenario }) => JSON.stringify(scenario.name)).join(', ')
  throw new UsageProblem(
    `expected ${shownPath(file, cwd)} to export the scenario ${JSON.stringify(recording.scenario)} of the recording, got ${names || 'none'}; say where it is with --file PATH`,
  )
}

function recordedFile(recording: Recording, cwd: string): string {
  const path = resolve(cwd, recording.file)
  if (existsSync(path)) return path
  const where = isAbsolute(recording.file) ? '' : ' below the working folder'
  throw new UsageProblem(
    `expected the scenario's file ${recording.file}${where}, where the recording was made, but it does not exist; say where it is with --file PATH`,
  )
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

const PATH_LENGTH_MAX = 200
