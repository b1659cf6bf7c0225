// A worker thread of a stress test: it says a word when it has begun, its counts when it ends by itself, and may be killed at any moment.

import { Worker } from 'node:worker_threads'

export class StressWorker<Counts extends object> {
  /** Resolves when the worker has begun. */
  readonly begun: Promise<void>
  readonly exited: Promise<void>
  /** What it counted; undefined if it was killed before it could say. */
  counts: Counts | undefined = undefined
  readonly #worker: Worker

  /** @param input its `workerData` */
  constructor(program: URL, input: unknown) {
    this.#worker = new Worker(program, { workerData: input })
    this.begun = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: string | Counts) => {
        if (typeof message === 'string') resolve()
        else this.counts = message
      })
      this.#worker.on('error', reject)
    })
    this.exited = new Promise((resolve, reject) => {
      this.#worker.on('exit', () => resolve())
      this.#worker.on('error', reject)
    })
    // Awaited later; until then a rejection must not count as unhandled.
    this.exited.catch(() => {})
  }

  async kill(): Promise<void> {
    await this.#worker.terminate()
    await this.exited
  }
}
