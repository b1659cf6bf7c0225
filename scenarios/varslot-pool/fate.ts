// A word through which peers of a scenario learn how another one ended. Beside the pool, so its steps are not the pool's.

const WORD = 0

export const RUNNING = 0
export const DONE = 1
export const DEAD = 2
export const RECLAIMED = 3

export class Fate {
  readonly #words = new Int32Array(new SharedArrayBuffer(4))

  /** Says how the peer ended, and wakes who waits for it. */
  set(fate: number): void {
    Atomics.store(this.#words, WORD, fate)
    Atomics.notify(this.#words, WORD)
  }

  /** Changes the fate from `from` to `to`, unless it is another by now; wakes who waits in either case. Says whether it was another. */
  close(from: number, to: number): boolean {
    const before = Atomics.compareExchange(this.#words, WORD, from, to)
    Atomics.notify(this.#words, WORD)
    return before !== from
  }

  /** Blocks until the fate is another than `fate`; returns it. Whoever may end the wait also notifies, so it needs no time-out. */
  waitWhile(fate: number): number {
    for (;;) {
      const now = Atomics.load(this.#words, WORD)
      if (now !== fate) return now
      Atomics.wait(this.#words, WORD, fate)
    }
  }
}
