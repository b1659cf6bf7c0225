// Counts distinct numbers exactly, up to a limit that keeps memory flat.

const CAPACITY_FIRST = 1 << 10
const EMPTY = -1

export class DistinctSet {
  /** Open addressing, at most half full. */
  #slots = new Float64Array(CAPACITY_FIRST).fill(EMPTY)
  #size = 0
  readonly #limit: number

  /** @param limit the most that are told apart; whatever comes later counts as seen */
  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#size
  }

  /** Takes an integer from 0 to 2^53 - 1; true if it is new. */
  add(value: number): boolean {
    const slots = this.#slots
    const mask = slots.length - 1
    let at = (Math.imul(value | 0, 0x9e3779b1) ^ (value / 2 ** 32)) & mask
    for (;;) {
      const found = slots[at] as number
      if (found === value) return false
      if (found === EMPTY) break
      at = (at + 1) & mask
    }
    if (this.#size === this.#limit) return false
    slots[at] = value
    this.#size++
    if (this.#size * 2 > slots.length) this.#grow()
    return true
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Float64Array(old.length * 2).fill(EMPTY)
    this.#size = 0
    for (const value of old) if (value !== EMPTY) this.add(value)
  }
}
