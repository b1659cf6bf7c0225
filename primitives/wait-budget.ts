// The waits of one blocking call for other peers: bounded in all, and for whom the last one was. The clock is read only once there is
// something to wait for.

import type { PeerTable } from './peer-table.js'

/** Longest single sleep, in ms. Nothing is notified, so it is also the longest delay after the reason to wait is gone. */
const SLEEP_MS_MAX = 1

export class WaitBudget {
  /** The peer that the last wait was for; undefined when there was none, or none that could be named. */
  blockedBy: number | undefined = undefined
  readonly #peers: PeerTable
  /** The caller. */
  readonly #byPeer: number
  /** How long the call may wait in all, in ms. */
  readonly #waitMsMax: number
  /** `performance.now()` at which the call gives up; undefined until it first has to wait. */
  #deadlineMs: number | undefined = undefined

  /**
   * @param byPeer the caller, which sleeps on its own nap word
   * @param waitMsMax how long the call may wait in all, in ms
   */
  constructor(peers: PeerTable, byPeer: number, waitMsMax: number) {
    this.#peers = peers
    this.#byPeer = byPeer
    this.#waitMsMax = waitMsMax
  }

  /** Whether the time is over. One clock read. */
  expired(): boolean {
    const leftMs = this.leftMs()
    return leftMs <= 0
  }

  /** Sleeps a little because of `peer`; false, at once, if the time is over. */
  sleepFor(peer: number | undefined): boolean {
    this.blockedBy = peer
    const leftMs = this.leftMs()
    if (leftMs <= 0) return false
    // Blocks the thread for at most SLEEP_MS_MAX; the caller then loads again what it waits for.
    this.#peers.nap(this.#byPeer, Math.min(leftMs, SLEEP_MS_MAX))
    return true
  }

  /** How much of the time is left, in ms; 0 or less when it is over. One clock read. */
  leftMs(): number {
    const nowMs = performance.now()
    this.#deadlineMs ??= nowMs + this.#waitMsMax
    return this.#deadlineMs - nowMs
  }
}
