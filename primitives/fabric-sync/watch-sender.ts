// The sending end of a watch.

import { inspectWatch, type WatchState } from './watch-inspect.js'
import type { WatchSendSteps } from './watch-send-steps.js'

/**
 * Sends values of which receivers see the latest. The channel closes when the sender's lease ends.
 *
 * Calls throw FabricError `LeaseExpired`, `Revoked`, `Fenced` or `Disconnected` where the lease is over.
 */
export class WatchSender<T> {
  readonly #steps: WatchSendSteps<T>
  #version = 0

  /** Use {@link watch}. */
  constructor(steps: WatchSendSteps<T>) {
    this.#steps = steps
  }

  /** Of the value that was sent last; 0 is the initial one. */
  get version(): number {
    return this.#version
  }

  /**
   * Makes `value` the latest.
   *
   * @returns its version, one more than the one before
   * @throws FabricError `Disconnected` where the channel is closed: the value was not sent; `IoError` where the codec throws; `Unsupported` where
   * the versions are used up
   */
  send(value: T): number {
    this.#version = this.#steps.send(value)
    return this.#version
  }

  /** Closes the channel; nothing if it is closed. It keeps its last value. */
  close(): void {
    this.#steps.close()
  }

  /** The watch as plain data, for invariants. Exact only while no party takes a step. */
  inspect(): WatchState {
    return inspectWatch(this.#steps.watch)
  }
}
