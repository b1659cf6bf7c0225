// Virtual time. It moves only when the clock actor is picked, or when nothing else can run.

/** When every execution begins, in ms since the Unix epoch: 2026-01-01T00:00:00Z. */
export const EPOCH_MS = Date.UTC(2026, 0, 1)

/** Something that happens at a moment. */
export interface Timer {
  readonly id: number
  /** The actor whose timer it is: it ends with it. */
  readonly owner: number
  readonly dueMs: number
  readonly fire: () => void
}

export class Clock {
  /** Now, in ms since the execution began. */
  elapsedMs = 0
  /** By due time, then by the order in which they were started. Few at a time, so kept sorted. */
  readonly #timers: Timer[] = []
  #nextId = 1

  get nowMs(): number {
    return EPOCH_MS + this.elapsedMs
  }

  get pending(): number {
    return this.#timers.length
  }

  reset(): void {
    this.elapsedMs = 0
    if (this.#timers.length > 0) this.#timers.length = 0
    this.#nextId = 1
  }

  /** Starts a timer; returns its id. A delay that is not positive is due now. */
  start(owner: number, delayMs: number, fire: () => void): number {
    const timer: Timer = { id: this.#nextId++, owner, dueMs: this.elapsedMs + Math.max(0, delayMs), fire }
    let at = this.#timers.length
    while (at > 0 && (this.#timers[at - 1] as Timer).dueMs > timer.dueMs) at--
    this.#timers.splice(at, 0, timer)
    return timer.id
  }

  stop(id: number): boolean {
    const at = this.#timers.findIndex((timer) => timer.id === id)
    if (at < 0) return false
    this.#timers.splice(at, 1)
    return true
  }

  /** Stops all timers of an actor. */
  stopAllOf(owner: number): void {
    for (let at = this.#timers.length - 1; at >= 0; at--) if (this.#timers[at]?.owner === owner) this.#timers.splice(at, 1)
  }

  /** The earliest moment at which something is due, in ms since the execution began; Infinity if nothing is. */
  nextDueMs(): number {
    return this.#timers.length === 0 ? Number.POSITIVE_INFINITY : (this.#timers[0] as Timer).dueMs
  }

  /** Moves time on to `elapsedMs` and fires what is due by then, earliest first. */
  advanceTo(elapsedMs: number): void {
    if (elapsedMs < this.elapsedMs) throw new Error(`heddle internal: the clock cannot go back from ${this.elapsedMs} to ${elapsedMs}`)
    this.elapsedMs = elapsedMs
    while (this.#timers.length > 0 && (this.#timers[0] as Timer).dueMs <= elapsedMs) (this.#timers.shift() as Timer).fire()
  }
}
