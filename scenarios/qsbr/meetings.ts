// Words through which the peers of a scenario wait for each other: meeting n is over when all have come. Who dies is let off by the host. Beside the
// manager, so its steps are not the manager's.

export class Meetings {
  /** For each meeting: who has come, one bit for each peer. */
  readonly #words: Int32Array
  readonly #everybody: number

  constructor(peers: number, meetings: number) {
    this.#words = new Int32Array(new SharedArrayBuffer(4 * meetings))
    this.#everybody = (1 << peers) - 1
  }

  /** Comes to a meeting without waiting. */
  come(meeting: number, peer: number): void {
    const bit = 1 << peer
    Atomics.or(this.#words, meeting, bit)
    Atomics.notify(this.#words, meeting)
  }

  /** Comes to a meeting and blocks until all have come. Whoever comes notifies, so it needs no time-out. */
  attend(meeting: number, peer: number): void {
    this.come(meeting, peer)
    for (;;) {
      const present = Atomics.load(this.#words, meeting)
      if (present === this.#everybody) return
      Atomics.wait(this.#words, meeting, present)
    }
  }

  /** Comes to all meetings in the place of a peer that died. */
  letOff(peer: number): void {
    for (let meeting = 0; meeting < this.#words.length; meeting++) this.come(meeting, peer)
  }
}
