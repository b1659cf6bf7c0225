// Sees whether a command still gets anywhere.

import { ACTIVITY, BEATS, IDLE } from '../../sim/heartbeat.js'
import type { Look } from './messages.js'

export interface Watched {
  readonly heartbeat: Int32Array
  /** Looks closer; undefined where the thread does not answer. */
  look(): Promise<Look | undefined>
  clockMs(): number
}

/** Judges, each time it is asked, whether the heartbeat has stood still for too long. */
export class Watch {
  readonly #watched: Watched
  readonly #stallMs: number
  #beats = -1
  #sinceMs = Number.NEGATIVE_INFINITY
  /** Steps of the execution when it was looked at last. */
  #steps: number | undefined

  constructor(watched: Watched, stallMs: number) {
    this.#watched = watched
    this.#stallMs = stallMs
  }

  /** The state of a thread that is stalled, with what is seen of it; undefined while all is well. */
  async stalled(): Promise<{ readonly look: Look | undefined } | undefined> {
    const { heartbeat, clockMs } = this.#watched
    const beats = Atomics.load(heartbeat, BEATS)
    const nowMs = clockMs()
    if (beats !== this.#beats || Atomics.load(heartbeat, ACTIVITY) === IDLE) {
      this.#beats = beats
      this.#sinceMs = nowMs
      this.#steps = undefined
      return undefined
    }
    if (nowMs - this.#sinceMs < this.#stallMs) return undefined
    const look = await this.#watched.look()
    if (Atomics.load(heartbeat, BEATS) !== beats) return undefined
    if (look === undefined) return { look }
    if (look.ownWork) {
      this.#sinceMs = clockMs()
      return undefined
    }
    // A long execution that takes steps is one that gets somewhere; so it must be seen twice.
    const before = this.#steps
    this.#steps = look.steps
    if (before === look.steps) return { look }
    this.#sinceMs = clockMs() - this.#stallMs * (1 - SECOND_LOOK_SHARE)
    return undefined
  }
}

/** The time until the second look, as a share of the time until the first. */
const SECOND_LOOK_SHARE = 0.1
