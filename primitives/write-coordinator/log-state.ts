// What the files say: where a coordinator goes on.

import { CommitIndex } from './commit-index.js'
import type { CommitProof, CommitSeq } from './commit-types.js'
import { FILE_HEADER_BYTES, type StoreIdentity } from './file-header.js'
import { FnvChain } from './fnv-chain.js'
import type { MarkerFields } from './marker-record.js'
import { Outcomes } from './outcomes.js'

export class LogState {
  readonly initialSeq: CommitSeq
  readonly index = new CommitIndex()
  readonly outcomes: Outcomes
  /** After the last marker. */
  readonly chain = new FnvChain()
  /** Number of the last marker. */
  tip: CommitSeq
  /** Groups so far. */
  epoch = 0
  /** Of the last marker. */
  lastTimeUnixNs = -1n
  /** The last marker ends its group. */
  groupEnded = true
  /** Bytes of the proof file up to the end of the last proof that a marker leads to. */
  proofsBytes = FILE_HEADER_BYTES

  constructor({ storeId, initialSeq }: StoreIdentity, retainedOutcomes: number) {
    this.initialSeq = initialSeq
    this.tip = initialSeq
    this.outcomes = new Outcomes(retainedOutcomes, initialSeq + 1)
    this.chain.startAt(storeId)
  }

  /** Markers in the file. */
  get markerCount(): number {
    return this.tip - this.initialSeq
  }

  /** Whether the marker may follow the last one; the chain is looked at elsewhere. */
  isNext(marker: MarkerFields): boolean {
    if (marker.commitSeq !== this.tip + 1) return false
    if (marker.commitTimeUnixNs <= this.lastTimeUnixNs) return false
    if (marker.firstOfGroup) return marker.epoch === this.epoch + 1
    return marker.epoch === this.epoch && !this.groupEnded
  }

  /** Goes on behind the marker, whose proof this is. */
  add(marker: MarkerFields, proof: CommitProof): void {
    this.tip = marker.commitSeq
    this.epoch = marker.epoch
    this.lastTimeUnixNs = marker.commitTimeUnixNs
    this.groupEnded = marker.lastOfGroup
    this.proofsBytes = marker.proofOffset + marker.proofLength
    this.index.addCommit(proof.commitSeq, proof.writePages, proof.readPages, proof.hadOutEdge)
    this.outcomes.add(proof.txnId, proof.hadOutEdge)
    this.outcomes.forgetBefore(this.tip)
  }
}
