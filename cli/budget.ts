// How the time of a run is shared out: each campaign gets the same part of what is left, so what one does not use goes to the later ones.

export class Budget {
  readonly #endMs: number | undefined
  readonly #clockMs: () => number

  /** @param timeMs of the whole run; `undefined` for no limit */
  constructor(timeMs: number | undefined, clockMs: () => number) {
    this.#clockMs = clockMs
    this.#endMs = timeMs === undefined ? undefined : clockMs() + timeMs
  }

  /** The time for the next campaign when `campaigns`, it among them, are still to come. Never nothing: each must have its turn. */
  share(campaigns: number): number | undefined {
    if (this.#endMs === undefined) return undefined
    return Math.max(SHARE_MS_MIN, (this.#endMs - this.#clockMs()) / campaigns)
  }
}

const SHARE_MS_MIN = 20
