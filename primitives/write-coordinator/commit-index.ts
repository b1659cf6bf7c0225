// Per page, the newest commits that touched it: what a submission is checked against. A hash table with open addressing and linear probing, as
// Knuth has it (6.4, algorithm L), in one typed array, so that looking a page up creates nothing and touches one cache line.
//
// A page is never taken out: the index grows with the number of different pages that were ever touched.

import type { CommitSeq } from './commit-types.js'

/** Words of a cell: page, newest writer, newest reader, newest writer that had an out-edge. */
const CELL_WORDS = 4
const WRITTEN_WORD = 1
const READ_WORD = 2
const PIVOT_WORD = 3
/** In place of the page, in a cell that is free. */
const FREE = -1
const CAPACITY_MIN = 64
/** 2^32 divided by the golden ratio: spreads page numbers that stand side by side (Knuth 6.4). */
const MULTIPLIER = 0x9e3779b1

export class CommitIndex {
  #cells = freeCells(CAPACITY_MIN)
  /** Cells, a power of two. */
  #capacity = CAPACITY_MIN
  #shift = shiftFor(CAPACITY_MIN)
  #pageCount = 0
  /** Every page counts as read by a commit of this number, whether it is in the table or not. */
  readFloorSeq: CommitSeq = 0

  /** Pages in the table. */
  get pageCount(): number {
    return this.#pageCount
  }

  /** The newest commit, pending ones included, that wrote the page; 0 for none. */
  written(page: number): CommitSeq {
    return this.#word(page, WRITTEN_WORD)
  }

  /** The newest commit that read the page; the number that is next at most. */
  read(page: number): CommitSeq {
    const seq = this.#word(page, READ_WORD)
    return seq > this.readFloorSeq ? seq : this.readFloorSeq
  }

  /** The newest commit that wrote the page and had an out-edge; 0 for none. */
  pivot(page: number): CommitSeq {
    return this.#word(page, PIVOT_WORD)
  }

  /** Enters a commit that is newer than all in the index. */
  addCommit(commitSeq: CommitSeq, writePages: readonly number[], readPages: readonly number[], hadOutEdge: boolean): void {
    for (let at = 0; at < writePages.length; at++) {
      const cell = this.#cellFor(writePages[at] as number)
      this.#cells[cell + WRITTEN_WORD] = commitSeq
      if (hadOutEdge) this.#cells[cell + PIVOT_WORD] = commitSeq
    }
    this.addReads(commitSeq, readPages)
  }

  /** Enters reads of a transaction whose place in the order is at most `seq`. */
  addReads(seq: CommitSeq, readPages: readonly number[]): void {
    for (let at = 0; at < readPages.length; at++) {
      const cell = this.#cellFor(readPages[at] as number)
      // A read-only transaction may have entered the number that is given out next.
      if ((this.#cells[cell + READ_WORD] as number) < seq) this.#cells[cell + READ_WORD] = seq
    }
  }

  #word(page: number, word: number): number {
    const cell = this.#find(page)
    return this.#cells[cell] === page ? (this.#cells[cell + word] as number) : 0
  }

  /** The cell of the page, which is taken if the page is new. */
  #cellFor(page: number): number {
    const cell = this.#find(page)
    if (this.#cells[cell] === page) return cell
    // At most half of the cells are in use, so that a search ends after few.
    if ((this.#pageCount + 1) * 2 > this.#capacity) {
      this.#grow()
      return this.#cellFor(page)
    }
    this.#cells[cell] = page
    this.#pageCount += 1
    return cell
  }

  /** First word of the page's cell, or of the free one where it would stand. */
  #find(page: number): number {
    const cells = this.#cells
    const mask = this.#capacity - 1
    let index = Math.imul(page, MULTIPLIER) >>> this.#shift
    for (;;) {
      const cell = index * CELL_WORDS
      const found = cells[cell] as number
      if (found === page || found === FREE) return cell
      index = (index + 1) & mask
    }
  }

  #grow(): void {
    const old = this.#cells
    this.#capacity *= 2
    this.#shift = shiftFor(this.#capacity)
    this.#cells = freeCells(this.#capacity)
    for (let from = 0; from < old.length; from += CELL_WORDS) {
      const page = old[from] as number
      if (page === FREE) continue
      const to = this.#find(page)
      for (let word = 0; word < CELL_WORDS; word++) this.#cells[to + word] = old[from + word] as number
    }
  }
}

function freeCells(capacity: number): Float64Array {
  const cells = new Float64Array(capacity * CELL_WORDS)
  for (let cell = 0; cell < cells.length; cell += CELL_WORDS) cells[cell] = FREE
  return cells
}

/** How far a 32-bit hash is shifted to become an index. */
function shiftFor(capacity: number): number {
  return 32 - Math.log2(capacity)
}
