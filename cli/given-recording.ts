// The recording that a command is given, with the scenario that it is of.

import { existsSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import type { Recording } from '../sim/recording.js'
import type { Context } from './context.js'
import type { DiscoveredScenario, Engine } from './engine.js'
import { existing, shownPath } from './paths.js'
import { UsageProblem } from './usage-problem.js'
import { shown } from './values.js'

export interface GivenRecording {
  /** Path of a recording, a token, or `-` for standard input. */
  readonly recording: string
  /** The scenario's file, where it is not the one that the recording names. */
  readonly file: string | undefined
  readonly packages: readonly string[]
}

interface Found {
  readonly engine: Engine
  readonly recording: Recording
  readonly subject: DiscoveredScenario
}

/** Throws UsageProblem and RecordingError for what cannot be read. */
export async function givenRecording(options: GivenRecording, context: Context): Promise<Found> {
  const text = await recordingText(options.recording, context)
  const engine = await context.loadEngine()
  const recording = engine.parseRecording(text)
  return { engine, recording, subject: await subjectOf(recording, options, context, engine) }
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

async function subjectOf(recording: Recording, options: GivenRecording, context: Context, engine: Engine): Promise<DiscoveredScenario> {
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

const PATH_LENGTH_MAX = 200
