// Runs one program side by side: as Node runs it, and instrumented, outside of any execution and as a peer of the real engine.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Actor } from '../../actor.js'
import { execution } from '../../execution.js'
import { faultCounts } from '../../faults.js'
import { operationName } from '../../operation.js'
import { settleExecution, startExecution } from '../../run-execution.js'
import { installRuntime } from '../../runtime.js'
import { scenario } from '../../scenario.js'
import { type StepDetail, StepRecorder } from '../../step-recorder.js'
import { RandomWalk } from '../../strategies/random.js'
import type { Run, Strategy } from '../../strategies/strategy.js'
import { STEPS_MAX } from '../../trace.js'
import { type LoadedModule, loadModule } from '../load.js'
import { counter, OPERATIONS } from './counting-atomics.test.support.js'
import { buildNative } from './native.test.support.js'
import { show } from './show.test.support.js'

export type Program = (memory: Int32Array, log: (...values: unknown[]) => unknown) => unknown

/** What two runs of one program must agree in. */
export interface Observed {
  readonly result: string | undefined
  readonly error: string | undefined
  readonly log: readonly string[]
  readonly memory: readonly number[]
}

export interface SteppedRun {
  readonly observed: Observed
  /** Atomic operations of the subject that were steps, and those that ran inside one. */
  readonly stepped: number
  readonly inside: number
  /** Steps of the subject, in a detailed execution. */
  readonly steps: readonly StepDetail[]
  /** What a run outside of any execution would have thrown itself; for stacks. */
  readonly error: unknown
}

/**
 * `ahead`: nobody else runs, so the twin is hardly ever suspended. `suspended`: a detailed execution suspends it at every operation.
 * `alternating`: a second peer takes a step after each of the subject's. `mixed`: the second peer takes a step now and then.
 */
export const MODES = ['ahead', 'suspended', 'alternating', 'mixed'] as const
export type Mode = (typeof MODES)[number]

export const FIXTURES = fileURLToPath(new URL('../../../../sim/instrument/parity/fixtures/', import.meta.url))

/** Words of the memory that a program gets; word i is i + 1 at first. */
const WORDS = 16
const OPTIONS = { ...faultCounts(), stepsMax: STEPS_MAX - 64, lengthEstimate: 100 }

// Heddle maps stacks itself; Node must not do it as well.
process.setSourceMapsEnabled(false)
installRuntime()

/** Folders of this process: native copies and caches. Removed at exit. */
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-parity-')))
process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
const built = new Set<string>()

/** The folder with the native copies of the fixtures in `group`. */
export function nativeFolder(group: string): string {
  const folder = join(directory, 'native', group)
  if (!built.has(group)) {
    built.add(group)
    buildNative(join(FIXTURES, group), folder)
    // As in this project.
    mkdirSync(folder, { recursive: true })
    writePackage(join(directory, 'native'))
  }
  return folder
}

function writePackage(folder: string): void {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
}

/** Loads `file` instrumented. Modules of different `instance`s share nothing. */
export async function loadInstrumented(file: string, instance: string): Promise<LoadedModule> {
  const units = join(directory, 'units')
  const cacheDirectory = join(directory, 'cache', instance)
  if (!built.has(cacheDirectory)) {
    built.add(cacheDirectory)
    mkdirSync(units, { recursive: true })
    mkdirSync(cacheDirectory, { recursive: true })
    // What a file becomes is the same for all: instrumented once.
    symlinkSync(units, join(cacheDirectory, 'units'))
  }
  return loadModule(file, { cacheDirectory })
}

class Observation {
  readonly memory = new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT))
  readonly log: string[] = []
  result: string | undefined
  error: string | undefined
  thrown: unknown
  over = false

  readonly #onResult: ((result: unknown) => void) | undefined

  constructor(onResult?: (result: unknown) => void) {
    this.#onResult = onResult
    for (let index = 0; index < WORDS; index++) this.memory[index] = index + 1
  }

  readonly logged = (...values: unknown[]): unknown => {
    this.log.push(values.map((value) => show(value)).join(' '))
    return values[0]
  }

  readonly ended = (how: { readonly result?: unknown; readonly error?: unknown }): void => {
    if (this.over) throw new Error('heddle internal: the subject ended twice')
    this.over = true
    if ('error' in how) {
      this.error = show(how.error)
      this.thrown = how.error
    } else {
      this.result = show(how.result)
      this.#onResult?.(how.result)
    }
  }

  get observed(): Observed {
    if (!this.over) throw new Error('heddle internal: the subject did not end')
    return { result: this.result, error: this.error, log: this.log, memory: [...this.memory] }
  }
}

export interface NativeRun {
  readonly observed: Observed
  /** Atomic operations that succeeded. */
  readonly operations: number
  readonly error: unknown
}

/** Runs `run` as it is, outside of any execution. */
export async function runPlainly(run: Program): Promise<NativeRun> {
  const observation = new Observation()
  counter.operations = 0
  let isAsync = false
  try {
    const returned = run(observation.memory, observation.logged)
    isAsync = returned instanceof Promise
    observation.ended({ result: isAsync ? await returned : returned })
  } catch (error) {
    observation.ended({ error })
  }
  // What nobody awaits goes on.
  if (isAsync) await new Promise((resolve) => setImmediate(resolve))
  const { operations } = counter
  return { observed: observation.observed, operations, error: observation.thrown }
}

interface Harness {
  readonly subject: (world: unknown) => unknown
  readonly other: (world: unknown) => unknown
}
let harness: Harness | undefined

/** To be awaited before {@link runStepped}. */
export async function loadHarness(): Promise<void> {
  harness ??= (await loadInstrumented(join(FIXTURES, 'observe.ts'), 'harness')).exports as unknown as Harness
}

export interface SteppedOptions {
  readonly seed?: number
  /** A detailed execution, as `suspended` always is: only there do stacks show the callers of a call that was suspended. */
  readonly detailed?: boolean
  /** Gets what the program returns. */
  readonly onResult?: (result: unknown) => void
}

/** Runs the twin of `run` as a peer. Throws faults of the harness. */
export async function runStepped(run: Program, mode: Mode, { seed = 1, detailed = mode === 'suspended', onResult }: SteppedOptions = {}): Promise<SteppedRun> {
  let observation!: Observation
  const recorder = detailed ? new StepRecorder(execution) : undefined
  let inside = 0
  // An execution that imports begins anew.
  const begin = (): Observation => {
    inside = 0
    observation = new Observation(onResult)
    return observation
  }
  execution.load(subjectOf(run, begin, mode), OPTIONS)
  execution.onInsideOneStep = () => {
    inside++
  }
  try {
    if (startExecution(seed, strategyOf(mode), recorder) === 'microtasks') await settleExecution()
  } finally {
    execution.onInsideOneStep = undefined
  }
  const { failure } = execution
  if (failure !== undefined) throw new Error(`the engine says ${failure.verdict}: ${failure.message}`)
  const steps = (recorder?.steps ?? []).filter((step) => step.actor.id === 0)
  return { observed: observation.observed, stepped: countSteps(), inside, steps, error: observation.thrown }
}

/** The scenario: the subject alone, or beside a peer that works on memory of its own. */
function subjectOf(run: Program, begin: () => Observation, mode: Mode) {
  if (harness === undefined) throw new Error('heddle internal: the harness is not loaded')
  const { subject, other } = harness
  const setup = () => {
    const observation = begin()
    const { memory, logged: log, ended } = observation
    return { run, memory, log, ended, isOver: () => observation.over, otherMemory: new Int32Array(new SharedArrayBuffer(4)) }
  }
  const alone = mode === 'ahead' || mode === 'suspended'
  return scenario(`parity, ${mode}`, { peers: alone ? { subject: 1 } : { subject: 1, other: 1 }, setup, peer: { subject, other }, invariants: [] })
}

function strategyOf(mode: Mode): Strategy {
  return mode === 'mixed' ? new RandomWalk() : new Alternating()
}

/** Another actor than the last one, where there is another. */
class Alternating implements Strategy {
  readonly name = 'alternating'
  readonly lead = 1

  begin(_run: Run): void {
    // Nothing to draw.
  }

  pick({ ready, readyCount, enabledEnvironment, current }: Run): Actor {
    for (let i = 0; i < readyCount; i++) if (ready[i] !== current) return ready[i] as Actor
    return (readyCount > 0 ? ready[0] : enabledEnvironment[0]) as Actor
  }

  choose(_run: Run, bound: number): number {
    return bound - 1
  }
}

const SUBJECT_ID = 0
const ACTOR_MASK = 31

/** Atomic operations among the subject's steps. */
function countSteps(): number {
  const { trace } = execution
  let count = 0
  for (let step = 0; step < trace.steps; step++) {
    if ((trace.wordAt(step) & ACTOR_MASK) === SUBJECT_ID && OPERATIONS.includes(operationName(trace.kindAt(step)))) count++
  }
  return count
}
