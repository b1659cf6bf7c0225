// Looks at every step of a detailed execution, for recordings and reports. Detailed executions never run ahead.

import { type Actor, ENVIRONMENT_FIRST } from './actor.js'
import type { FileOperation } from './disk/file-operation.js'
import type { Execution } from './execution.js'
import type { AtomicArray } from './instrument/contract.js'
import { integerIndex, NONE, operationName, touchesMemory } from './operation.js'

/** One step as it happened; texts are made when a report wants them. */
export interface StepDetail {
  readonly actor: Actor
  readonly incarnation: number
  readonly operation: string
  readonly site: number
  /** Where it is done to the disk. */
  readonly file: FileOperation | undefined
  readonly array: AtomicArray | undefined
  readonly index: number
  /** Buffer and byte offset, or the number of the file; undefined where nothing is touched. */
  readonly cell: string | undefined
  readonly first: unknown
  readonly second: unknown
  result: unknown
  readonly stack: string | undefined
  readonly preemption: boolean
  state: Readonly<Record<string, unknown>> | undefined
}

/** Frames that stacks keep, at least, in a detailed execution: a call of stepped code takes two. */
const FRAMES_MIN = 80

export class StepRecorder {
  readonly steps: StepDetail[] = []
  readonly #execution: Execution
  /** Numbers of the buffers, in the order in which they were first touched. */
  readonly #buffers = new Map<ArrayBufferLike, number>()
  #open: StepDetail | undefined
  #previous: Actor | undefined
  #stackTraceLimit = Error.stackTraceLimit

  constructor(execution: Execution) {
    this.#execution = execution
  }

  /** An execution begins: nothing is known of its steps, and errors keep more of their stacks. */
  begin(): void {
    this.steps.length = 0
    this.#buffers.clear()
    this.#open = undefined
    this.#previous = undefined
    this.#stackTraceLimit = Error.stackTraceLimit
    Error.stackTraceLimit = Math.max(FRAMES_MIN, Error.stackTraceLimit)
  }

  end(): void {
    Error.stackTraceLimit = this.#stackTraceLimit
  }

  /** The actor's operation threw while its code was suspended: the error gets the stack of who asked for the operation. */
  thrown(actor: Actor, error: unknown): void {
    const frames = actor.stack?.indexOf('\n    at ')
    if (frames === undefined || frames < 0 || !(error instanceof Error) || error.stack === undefined) return
    error.stack = `${error.stack.split('\n    at ', 1)[0]}${actor.stack?.slice(frames)}`
  }

  /** The actor is about to perform its pending operation. */
  before(actor: Actor): void {
    if (actor.id < ENVIRONMENT_FIRST && actor.operation === NONE) return
    const previous = this.#previous
    this.#open = {
      actor,
      incarnation: actor.incarnation,
      operation: actor.id < ENVIRONMENT_FIRST ? actor.operationName : '',
      site: actor.site,
      file: actor.file,
      array: actor.array,
      index: actor.index,
      cell: undefined,
      first: actor.first,
      second: actor.second,
      result: undefined,
      stack: actor.stack,
      preemption: previous !== undefined && previous !== actor && previous.id < ENVIRONMENT_FIRST && actor.id < ENVIRONMENT_FIRST && previous.state === 'ready',
      state: undefined,
    }
    this.#previous = actor
  }

  /** The operation was performed. Steps that throw instead are no steps of the trace. */
  result(result: unknown): void {
    const step = this.#open
    if (step === undefined) return
    this.#open = undefined
    const kind = this.#execution.trace.lastKind()
    const index = integerIndex(step.index)
    // Only now is it known that array and index are right: the operation would have thrown.
    const onMemory = step.array === undefined || !touchesMemory(kind) ? undefined : this.#cellOf(step.array, index)
    const cell = step.file === undefined ? onMemory : `file ${step.file.pathNumber}`
    this.steps.push({ ...step, operation: step.operation === '' ? operationName(kind) : step.operation, index, cell, result })
  }

  /** The step is over: what the scenario says of the state now. */
  after(): void {
    const last = this.steps[this.steps.length - 1]
    if (last === undefined || last.state !== undefined) return
    last.state = this.#execution.describe()
  }

  #cellOf(array: AtomicArray, index: number): string {
    let number = this.#buffers.get(array.buffer)
    if (number === undefined) {
      number = this.#buffers.size
      this.#buffers.set(array.buffer, number)
    }
    return `${number}+${array.byteOffset + index * array.BYTES_PER_ELEMENT}`
  }

  /** Where the code that runs now asked for its operation. */
  captureStack(): string | undefined {
    return new Error().stack
  }
}
