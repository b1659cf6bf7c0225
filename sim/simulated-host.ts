// What the stand-ins for globals get while an execution runs.

import { ENVIRONMENT_FIRST } from './actor.js'
import type { Disk } from './disk/disk.js'
import type { FileOperation } from './disk/file-operation.js'
import type { Execution } from './execution.js'
import { type AsyncContext, BlockingInsideStepError, type Host, OutsideWorldError } from './host.js'
import type { Switch } from './instrument/contract.js'
import { clockRead, fileStep } from './pending-operations.js'
import { waitAsync } from './perform.js'
import { RandomStream } from './random-streams.js'
import { ACTORS_MAX } from './trace.js'

export class SimulatedHost implements Host {
  readonly #execution: Execution
  /** One for each thread, made when first drawn from. */
  readonly #streams = new Map<number, RandomStream>()

  /** Of set-up and of checks. */
  #contextOutside: AsyncContext | undefined

  constructor(execution: Execution) {
    this.#execution = execution
  }

  reset(): void {
    if (this.#streams.size > 0) this.#streams.clear()
    this.#contextOutside = undefined
  }

  get phase(): 'setup' | 'peer' | 'check' {
    return this.#execution.phase
  }

  get peer(): number {
    return this.#inPeer() ? this.#execution.current.id : -1
  }

  get boot(): number {
    return this.#execution.boot
  }

  get threadId(): number {
    const { id, incarnation } = this.#execution.current
    return this.#inPeer() ? 1 + id + ACTORS_MAX * incarnation : 0
  }

  get asyncContext(): AsyncContext | undefined {
    return this.#inPeer() ? this.#execution.current.asyncContext : this.#contextOutside
  }

  set asyncContext(context: AsyncContext | undefined) {
    if (this.#inPeer()) this.#execution.current.asyncContext = context
    else this.#contextOutside = context
  }

  nowMs(): number {
    const { environment, current } = this.#execution
    return environment.clock.nowMs + (this.#inPeer() ? current.clockAheadMs : 0)
  }

  elapsedMs(): number {
    return this.#execution.environment.clock.elapsedMs
  }

  clockRead(kind: 'epoch' | 'elapsed'): number | Switch {
    return clockRead(kind)
  }

  randomInt32(): number {
    const thread = this.threadId
    let stream = this.#streams.get(thread)
    if (stream === undefined) {
      stream = new RandomStream(this.#execution.seed, 'peers', thread)
      this.#streams.set(thread, stream)
    }
    return stream.int32()
  }

  insideOneStep(operation: string): void {
    this.#execution.insideOneStep(operation)
  }

  wouldBlock(operation: string): never {
    throw this.#execution.stop(
      new BlockingInsideStepError(
        `${operation} would block inside one step, where nothing could wake it; expected it in code that can be stepped (not in the constructor of a derived class, a field initialiser, an accessor or a callback of a native function)`,
      ),
    )
  }

  notify(array: Int32Array | BigInt64Array, index: number, count: number): number {
    return this.#execution.waiters.notify(array, index, count)
  }

  waitAsync(array: Int32Array | BigInt64Array, index: number, value: number | bigint, timeoutMs: number): { async: boolean; value: unknown } {
    return waitAsync(this.#execution, this.#execution.current, array, index, value, timeoutMs)
  }

  startTimer(callback: (...args: unknown[]) => unknown, delayMs: number, args: readonly unknown[], repeat: boolean): number {
    return this.#execution.eventLoop.startTimer(callback, delayMs, args, repeat)
  }

  stopTimer(id: number): void {
    this.#execution.eventLoop.stopTimer(id)
  }

  enqueue(callback: (...args: unknown[]) => unknown, args: readonly unknown[], kind: 'tick' | 'microtask' | 'immediate' = 'microtask'): void {
    this.#execution.eventLoop.enqueue(kind, callback, args)
  }

  get disk(): Disk {
    return this.#execution.disk
  }

  fileStep(operation: FileOperation): Switch {
    return fileStep(operation)
  }

  fileInsideOneStep(operation: FileOperation): unknown {
    if (this.#inPeer()) this.#execution.insideOneStep(`fs.${operation.name}`)
    return operation.perform(undefined)
  }

  moduleLoaded(what: string, file: string): void {
    this.#execution.imports.moduleLoaded(what, file)
  }

  refuse(call: string): never {
    throw this.#execution.stop(new OutsideWorldError(call))
  }

  #inPeer(): boolean {
    return this.#execution.phase === 'peer' && this.#execution.current.id < ENVIRONMENT_FIRST
  }
}
