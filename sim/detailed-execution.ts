// Executions that are looked at step by step, and the outcome that is made of one: for failures, samples and replay.

import { ENVIRONMENT_FIRST, RECOVERY_FIRST } from './actor.js'
import { plural } from './count.js'
import type { DiscoveredScenario } from './discover.js'
import type { Status } from './disk/look-calls.js'
import { type ExecutionOptions, execution } from './execution.js'
import { faultCounts } from './faults.js'
import { authorFile } from './instrument/load.js'
import { displayPath } from './instrument/load-error.js'
import { mapStack } from './instrument/positions.js'
import type { HistoryEvent } from './invariant.js'
import type { ExecutionStatistics, Outcome, Position, TraceStep } from './outcome.js'
import { formatSeed, type Seed } from './random-streams.js'
import { FORMAT, type Recording } from './recording.js'
import { settleExecution, startExecution } from './run-execution.js'
import { siteOf } from './sites.js'
import { type StepDetail, StepRecorder } from './step-recorder.js'
import { RecordingStrategy } from './strategies/recording-strategy.js'
import type { Strategy } from './strategies/strategy.js'
import { HEDDLE_VERSION } from './version.js'

/** One execution of `subject`, in full. The subject must be loaded into the execution. */
export async function detailedExecution(subject: DiscoveredScenario, options: ExecutionOptions, seed: Seed, strategy: Strategy): Promise<Outcome> {
  const recorder = new StepRecorder(execution)
  const recording = new RecordingStrategy(strategy)
  if (startExecution(seed, recording, recorder) === 'microtasks') await settleExecution()
  const { failure, trace, history } = execution
  const traceSteps = recorder.steps.map((detail, i) => traceStep(detail, i, history, recorder.steps[i + 1] === undefined))
  const traceHash = trace.hash()
  const stack = failure?.stack === undefined ? undefined : mapStack(failure.stack).text
  return {
    verdict: failure?.verdict ?? 'passed',
    scenario: subject.scenario.name,
    file: displayPath(subject.file),
    seed: formatSeed(seed),
    failure: failure === undefined ? undefined : { ...failure, stack },
    recording: recordingOf(subject, options, seed, recording, traceHash),
    trace: traceSteps,
    history: [...history],
    traceHash,
    lanes: lanesOf(),
    skewedClocks: [...execution.environment.skewedClocks],
    statistics: statisticsOf(recorder.steps),
  }
}

function recordingOf(subject: DiscoveredScenario, options: ExecutionOptions, seed: Seed, strategy: RecordingStrategy, traceHash: string): Recording {
  const { failure, trace } = execution
  const { stepsMax, lengthEstimate } = options
  return {
    format: FORMAT,
    heddle: HEDDLE_VERSION,
    scenario: subject.scenario.name,
    file: displayPath(subject.file),
    seed: formatSeed(seed),
    strategy: strategy.name,
    options: { ...faultCounts(options), stepsMax, lengthEstimate, packages: [...subject.packages] },
    ...(failure === undefined ? {} : { failure: { verdict: failure.verdict, name: failure.name, message: failure.message, step: failure.step } }),
    steps: trace.steps,
    traceHash,
    files: subject.files.map(({ file, sha256 }) => ({ file: displayPath(file), sha256 })),
    choices: strategy.choices.map(({ place, ...choice }) => (place === '' ? choice : { ...choice, place })),
  }
}

/** Names of the lanes: peers, then recoveries. */
function lanesOf(): string[] {
  return execution.cast.everybody.map((actor) => actor.name)
}

function laneOf(actorId: number): number {
  if (actorId >= ENVIRONMENT_FIRST) return -1
  return actorId < RECOVERY_FIRST ? actorId : execution.peers.length + actorId - RECOVERY_FIRST
}

function traceStep(detail: StepDetail, index: number, history: readonly HistoryEvent[], last: boolean): TraceStep {
  const step = index + 1
  const site = siteOf(detail.site)
  const file = site === undefined || site.file === '' ? undefined : authorFile(site.file)
  const stack =
    detail.stack === undefined
      ? []
      : mapStack(detail.stack).frames.map((frame) => ({ name: frame.name, position: { file: frame.file, line: frame.line, column: frame.column } }))
  const position: Position | undefined =
    site === undefined || file === undefined ? stack[0]?.position : { file: displayPath(file), line: site.line, column: site.column }
  return {
    step,
    actor: detail.actor.name,
    lane: laneOf(detail.actor.id),
    operation: detail.operation,
    location: locationOf(detail),
    cell: detail.cell,
    operands: operandsOf(detail),
    result: resultOf(detail),
    position,
    stack,
    preemption: detail.preemption,
    events: history.filter((event) => event.step === step || (last && event.step > step) || (index === 0 && event.step === 0)),
    state: detail.state,
  }
}

function locationOf(detail: StepDetail): string {
  if (detail.file !== undefined) return detail.file.path
  if (detail.array === undefined) return ''
  const name = execution.locate(detail.array, detail.index)
  if (name !== undefined) return name
  const site = siteOf(detail.site)
  const array = site?.array ? site.array.replace(/\bthis\.#?/g, '') : detail.array.constructor.name
  const index = site !== undefined && /^[A-Z][A-Z0-9_]*$/.test(site.index) ? site.index : String(detail.index)
  return `${array}[${index}]`
}

function operandsOf({ operation, file, first, second }: StepDetail): string {
  if (file !== undefined) return file.operands
  switch (operation) {
    case 'load':
    case 'wake':
    case 'task':
    case 'clock read':
      return ''
    case 'compareExchange':
      return `${show(first)} → ${show(second)}`
    case 'wait':
    case 'waitAsync': {
      const [value, timeout] = first as readonly unknown[]
      return timeout === undefined ? show(value) : `${show(value)}, ${show(timeout)} ms`
    }
    case 'notify':
      return first === undefined ? 'all' : show(first)
    case 'sleep':
      return `${show(first)} ms`
    default:
      return first === undefined ? '' : show(first)
  }
}

function resultOf({ operation, result }: StepDetail): string {
  if (result === undefined || operation === 'store' || operation === 'sleep' || (operation === 'wait' && result === 'blocked')) return ''
  if (operation === 'waitAsync') return (result as { async: boolean; value: unknown }).async ? 'waiting' : show((result as { value: unknown }).value)
  return show(result)
}

function isStatus(value: unknown): value is Status {
  return typeof value === 'object' && value !== null && 'inode' in value
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return plural(value.length, 'byte')
  if (isStatus(value)) return plural(value.size, 'byte')
  if (value instanceof Error) return (value as NodeJS.ErrnoException).code ?? value.message
  return typeof value === 'string' ? value : typeof value === 'bigint' ? `${value}n` : String(value)
}

function statisticsOf(steps: readonly StepDetail[]): ExecutionStatistics {
  let switches = 0
  for (let i = 1; i < steps.length; i++) if (steps[i]?.actor !== steps[i - 1]?.actor) switches++
  return {
    steps: steps.length,
    switches,
    preemptions: steps.filter((step) => step.preemption).length,
    crashes: execution.environment.befallen.crashes,
    powerFailures: execution.environment.befallen.powerFailures,
    peers: execution.peers.length,
  }
}
