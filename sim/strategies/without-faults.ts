// A run as another strategy sees it for which one kind of faults does not exist, because somebody else decides on them.

import type { Actor } from '../actor.js'
import type { FaultCounts, FaultName } from '../faults.js'
import type { RandomStream, StreamName } from '../random-streams.js'
import type { Trace } from '../trace.js'
import type { Run } from './strategy.js'

export class WithoutFaults implements Run {
  readonly #run: Run
  readonly #actorId: number
  readonly #fault: FaultName

  /** @param actorId the environment's actor that brings the faults named `fault` */
  constructor(run: Run, actorId: number, fault: FaultName) {
    this.#run = run
    this.#actorId = actorId
    this.#fault = fault
  }

  get ready(): readonly Actor[] {
    return this.#run.ready
  }

  get readyCount(): number {
    return this.#run.readyCount
  }

  get enabledEnvironment(): readonly Actor[] {
    return this.#run.enabledEnvironment.filter((actor) => actor.id !== this.#actorId)
  }

  get enabledCount(): number {
    return this.#run.readyCount + this.enabledEnvironment.length
  }

  get blockedCount(): number {
    return this.#run.blockedCount
  }

  get expires(): boolean {
    return this.#run.expires
  }

  get enabledVersion(): number {
    return this.#run.enabledVersion
  }

  get current(): Actor {
    return this.#run.current
  }

  get trace(): Trace {
    return this.#run.trace
  }

  get environmentSteps(): number {
    return this.#run.environmentSteps
  }

  get lengthEstimate(): number {
    return this.#run.lengthEstimate
  }

  get faultsLeft(): FaultCounts {
    return { ...this.#run.faultsLeft, [this.#fault]: 0 }
  }

  stop(fault: Error): Error {
    return this.#run.stop(fault)
  }

  stream(name: StreamName): RandomStream {
    return this.#run.stream(name)
  }
}
