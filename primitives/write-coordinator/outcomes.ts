// Which number a transaction has: of every pending commit, and of the last published ones.

import type { CommitSeq } from './commit-types.js'

const RING_CAPACITY_MIN = 64

export class Outcomes {
  /** How many published commits are kept. */
  readonly #retainedMax: number
  /** By transaction id: the number, negative if the commit had an out-edge. */
  readonly #seqs = new Map<number, number>()
  /** Transaction ids by number, modulo its length, which is a power of two: numbers have no gaps. */
  #ring = new Float64Array(RING_CAPACITY_MIN)
  /** The lowest number that is known. */
  #oldestSeq: CommitSeq
  #nextSeq: CommitSeq

  /** @param firstSeq the first number that will be added */
  constructor(retainedMax: number, firstSeq: CommitSeq) {
    this.#retainedMax = retainedMax
    this.#oldestSeq = firstSeq
    this.#nextSeq = firstSeq
  }

  get size(): number {
    return this.#nextSeq - this.#oldestSeq
  }

  /** Of every commit that is missing here the number is lower than this. */
  get oldestSeq(): CommitSeq {
    return this.#oldestSeq
  }

  /** The number of the transaction; undefined if it has none, or is no longer known. */
  seqOf(txnId: number): CommitSeq | undefined {
    const seq = this.#seqs.get(txnId)
    return seq === undefined ? undefined : Math.abs(seq)
  }

  /** Whether the transaction is known to have a number and an out-edge. */
  hadOutEdge(txnId: number): boolean {
    const seq = this.#seqs.get(txnId)
    return seq !== undefined && seq < 0
  }

  /** Adds the commit with the next number. */
  add(txnId: number, hadOutEdge: boolean): void {
    const seq = this.#nextSeq
    if (this.size === this.#ring.length) this.#grow()
    this.#ring[seq % this.#ring.length] = txnId
    this.#seqs.set(txnId, hadOutEdge ? -seq : seq)
    this.#nextSeq = seq + 1
  }

  /** Forgets published commits but the last ones. Pending ones are always kept. */
  forgetBefore(publishedSeq: CommitSeq): void {
    while (this.#oldestSeq <= publishedSeq - this.#retainedMax) {
      this.#seqs.delete(this.#ring[this.#oldestSeq % this.#ring.length] as number)
      this.#oldestSeq += 1
    }
  }

  #grow(): void {
    const ring = new Float64Array(this.#ring.length * 2)
    for (let seq = this.#oldestSeq; seq < this.#nextSeq; seq++) ring[seq % ring.length] = this.#ring[seq % this.#ring.length] as number
    this.#ring = ring
  }
}
