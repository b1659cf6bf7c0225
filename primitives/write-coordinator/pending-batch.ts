// The commits that have a number and no result yet, in the order of their numbers: first those that are MARKED, then those that are SYNCED, then
// those that are ALLOCATED.

import type { CommitSeq, CommitSubmission, PendingState } from './commit-types.js'
import { ProofBuffer } from './proof-buffer.js'
import { encodeProof, type FoundEdges } from './proof-record.js'

/** One pending commit. */
export interface PendingCommit {
  readonly commitSeq: CommitSeq
  readonly submitterId: number
  readonly txnId: number
  readonly commitTimeUnixNs: bigint
  readonly proofLength: number
  readonly proofCrc: number
  /** First from the begin of the bytes that are appended together, then, from SYNCED on, from the begin of the file. */
  proofOffset: number
  state: PendingState
}

export class PendingBatch {
  /** In the order of their numbers. */
  readonly commits: PendingCommit[] = []
  /** The proofs of exactly those that are ALLOCATED. */
  #filling = new ProofBuffer()
  /** Empty, or being written: a submission in the middle of a flush goes to the other one. */
  #spare = new ProofBuffer()

  get size(): number {
    return this.commits.length
  }

  /** Bytes of the proofs that were not taken. */
  get proofBytes(): number {
    return this.#filling.size
  }

  /** Adds a commit as ALLOCATED. Its proof is encoded now, so that what the caller does to the submission later means nothing. */
  add(commitSeq: CommitSeq, commitTimeUnixNs: bigint, s: CommitSubmission, proofLength: number, found: FoundEdges): void {
    const buffer = this.#filling
    // Before anything is changed: the memory may not be there.
    buffer.reserve(proofLength)
    const proofOffset = buffer.size
    const proofCrc = encodeProof(buffer.bytes, buffer.view, proofOffset, proofLength, commitSeq, s, found)
    const { submitterId, txnId } = s
    this.commits.push({ commitSeq, submitterId, txnId, commitTimeUnixNs, proofLength, proofCrc, proofOffset, state: 'ALLOCATED' })
    buffer.size += proofLength
  }

  /** Index of the first commit that has come no further than `state`; the size if there is none. */
  firstNotBeyond(state: 'ALLOCATED' | 'SYNCED'): number {
    let index = 0
    for (; index < this.commits.length; index++) {
      const found = (this.commits[index] as PendingCommit).state
      if (found === 'ALLOCATED' || found === state) break
    }
    return index
  }

  /** The proofs of all that are ALLOCATED. They stay as they are until the next call. */
  takeProofs(): Uint8Array {
    const taken = this.#filling
    this.#filling = this.#spare
    this.#spare = taken
    this.#filling.clear()
    return taken.bytes.subarray(0, taken.size)
  }

  /** Takes out the first `count`. */
  takeFirst(count: number): PendingCommit[] {
    return this.commits.splice(0, count)
  }
}
