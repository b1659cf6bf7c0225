// The bound of one blocking call. The clock is read only once there is something to wait for.

import type { PeerTable } from './peer-table.js'

/** Longest single sleep, in ms. Nothing is notified, so it is also the longest delay after the reason to wait is gone. */
const SLEEP_MS_MAX = 1

export class WaitBudget {
  /** How long the call may wait in all, in ms. */
  readonly #waitMsMax: number
  /** `performance.now()` at which the call gives up; undefined until it first has to wait. */
  #deadlineMs: number | undefined = undefined

  /** @param waitMsMax how long the call may wait in all, in ms */
  constructor(waitMsMax: number) {
    this.#waitMsMax = waitMsMax
  }

  /** Whether the time is over. One clock read. */
  expired(): boolean {
    const leftMs = this.#leftMs()
    return leftMs <= 0
  }

  /** Sleeps a little on the peer's nap word; false, at once, if the time is over. */
  sleep(peers: PeerTable, peer: number): boolean {
    const leftMs = this.#leftMs()
    if (leftMs <= 0) return false
    // Blocks the thread for at most SLEEP_MS_MAX; the caller then loads again what it waits for.
    peers.nap(peer, Math.min(leftMs, SLEEP_MS_MAX))
    return true
  }

  #leftMs(): number {
    const nowMs = performance.now()
    this.#deadlineMs ??= nowMs + this.#waitMsMax
    return this.#deadlineMs - nowMs
  }
}
