// A bag of retired entries, which one executor frees together. Belongs to one thread; nothing here is shared.
//
// Arrays are reused: entries are counted, not pushed. So once a bag has grown to its working size, filling and emptying it create nothing.

/** Gives retired objects back to where they came from: `pool.reclaimerFor(peer)` of a slot pool, for one. */
export interface Reclaimer<R> {
  free(ref: R): void
}

type AnyReclaimer = Reclaimer<unknown>
type Closure = () => void

/** Entries in the order of retirement: addresses first, closures after. */
export class RetiredBag {
  /** The epoch at which it was closed; meaningless while it is open. */
  tag = 0
  #addressCount = 0
  readonly #reclaimers: (AnyReclaimer | undefined)[] = []
  readonly #refs: unknown[] = []
  #closureCount = 0
  readonly #closures: (Closure | undefined)[] = []
  /** Entries that were taken out since the bag is being run. */
  #takenCount = 0

  /** Entries that were not taken out. */
  get size(): number {
    return this.#addressCount + this.#closureCount - this.#takenCount
  }

  addAddress(reclaimer: AnyReclaimer, ref: unknown): void {
    this.#reclaimers[this.#addressCount] = reclaimer
    this.#refs[this.#addressCount] = ref
    this.#addressCount += 1
  }

  addClosure(closure: Closure): void {
    this.#closures[this.#closureCount] = closure
    this.#closureCount += 1
  }

  /** Takes all entries of `other` behind its own. */
  takeAll(other: RetiredBag): void {
    for (let at = 0; at < other.#addressCount; at++) {
      this.addAddress(other.#reclaimers[at] as AnyReclaimer, other.#refs[at])
      other.#reclaimers[at] = undefined
      other.#refs[at] = undefined
    }
    other.#addressCount = 0
    for (let at = 0; at < other.#closureCount; at++) {
      this.addClosure(other.#closures[at] as Closure)
      other.#closures[at] = undefined
    }
    other.#closureCount = 0
  }

  /**
   * Takes each entry out, then runs it; what it throws is added to `errors`, and the next follows. Nothing may be added meanwhile.
   * Returns how many were run.
   */
  runAll(errors: unknown[]): number {
    for (let at = 0; at < this.#addressCount; at++) {
      const reclaimer = this.#reclaimers[at] as AnyReclaimer
      const ref = this.#refs[at]
      this.#reclaimers[at] = undefined
      this.#refs[at] = undefined
      this.#takenCount += 1
      try {
        reclaimer.free(ref)
      } catch (error) {
        errors.push(error)
      }
    }
    for (let at = 0; at < this.#closureCount; at++) {
      const closure = this.#closures[at] as Closure
      this.#closures[at] = undefined
      this.#takenCount += 1
      try {
        closure()
      } catch (error) {
        errors.push(error)
      }
    }
    const count = this.#takenCount
    this.#addressCount = 0
    this.#closureCount = 0
    this.#takenCount = 0
    return count
  }
}
