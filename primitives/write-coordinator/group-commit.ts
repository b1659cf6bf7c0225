// The two syncs that several commits share: first proofs and capsules, then markers. Whoever calls sees to it that one call runs at a time.
//
// A submission may come between any two calls of the storage. So each function decides at its begin which commits it is about (the cut), and at
// its end takes exactly those a state further, whatever was added meanwhile. The step names are those of the specification.

import type { CommitSeq } from './commit-types.js'
import { StorageError } from './errors.js'
import { FnvChain } from './fnv-chain.js'
import { viewOf } from './little-endian.js'
import type { LogState } from './log-state.js'
import { encodeMarker, MARKER_BYTES, markerOffset } from './marker-record.js'
import type { PendingBatch, PendingCommit } from './pending-batch.js'
import { CAPSULES, MARKERS, PROOFS, type Storage } from './storage.js'

export class GroupCommit {
  protected readonly storage: Storage
  protected readonly batch: PendingBatch
  protected readonly initialSeq: CommitSeq
  /** Number of the last durable marker. */
  durableSeq: CommitSeq
  /** Groups made durable. */
  epoch: number
  /** After the last durable marker. */
  readonly chain: FnvChain
  /** Where the next proof goes. */
  proofsBytes: number
  /** After the markers that are being written. */
  readonly #nextChain = new FnvChain()
  /** The markers of one group. */
  #markers = new Uint8Array(0)
  #markersView = viewOf(this.#markers)

  constructor(storage: Storage, batch: PendingBatch, log: LogState) {
    this.storage = storage
    this.batch = batch
    this.initialSeq = log.initialSeq
    this.durableSeq = log.tip
    this.epoch = log.epoch
    this.chain = log.chain
    this.proofsBytes = log.proofsBytes
  }

  /** `fsync1`: makes proofs and capsules durable of all that are ALLOCATED at its begin. Returns how many they are. */
  syncProofs(): number {
    const begin = this.batch.firstNotBeyond('ALLOCATED') // Y1
    const end = this.batch.size
    if (begin === end) return 0
    const proofs = this.batch.takeProofs()
    const offset = this.storage.append(PROOFS, proofs) // Y2
    requirePlace(PROOFS, offset, this.proofsBytes)
    this.storage.sync(CAPSULES) // Y3
    this.storage.sync(PROOFS) // Y4
    this.proofsBytes = offset + proofs.length // Y5
    for (let index = begin; index < end; index++) {
      const commit = this.batch.commits[index] as PendingCommit
      commit.proofOffset += offset
      commit.state = 'SYNCED'
    }
    return end - begin
  }

  /**
   * `appendMarkersAndFsync2`: decides those that are SYNCED at its begin, as one group. Returns the markers as they were written, which stay as they
   * are until the next call; none if nothing is SYNCED.
   */
  syncMarkers(): Uint8Array {
    const begin = this.batch.firstNotBeyond('SYNCED') // Z1
    const end = this.batch.firstNotBeyond('ALLOCATED')
    const markers = this.encodeMarkers(begin, end)
    if (begin === end) return markers
    const offset = this.storage.append(MARKERS, markers) // Z2
    requirePlace(MARKERS, offset, markerOffset(this.durableSeq - this.initialSeq))
    this.storage.sync(MARKERS) // Z3
    for (let index = begin; index < end; index++) (this.batch.commits[index] as PendingCommit).state = 'MARKED' // Z4
    this.durableSeq += end - begin
    this.epoch += 1
    this.chain.copyFrom(this.#nextChain)
    return markers
  }

  /** The markers of the commits `begin` to `end - 1` of the batch, as the group that is next. */
  protected encodeMarkers(begin: number, end: number): Uint8Array {
    const size = (end - begin) * MARKER_BYTES
    if (size > this.#markers.length) {
      this.#markers = new Uint8Array(Math.max(size, this.#markers.length * 2))
      this.#markersView = viewOf(this.#markers)
    }
    this.#nextChain.copyFrom(this.chain)
    for (let index = begin; index < end; index++) {
      const { commitSeq, commitTimeUnixNs, proofOffset, proofLength, proofCrc } = this.batch.commits[index] as PendingCommit
      const firstOfGroup = index === begin
      const lastOfGroup = index === end - 1
      const marker = { commitSeq, epoch: this.epoch + 1, commitTimeUnixNs, firstOfGroup, lastOfGroup, proofOffset, proofLength, proofCrc }
      encodeMarker(this.#markers, this.#markersView, (index - begin) * MARKER_BYTES, marker, this.#nextChain)
    }
    return this.#markers.subarray(0, size)
  }
}

/** Throws unless the storage appended where the log ends: otherwise somebody else writes to the file. */
function requirePlace(file: string, offset: number, expected: number): void {
  if (offset !== expected) throw new StorageError(file, 'append', `expected ${file} to end at ${expected}, got ${offset}: somebody else writes to it`)
}
