// Reads a store after a crash, and makes it one that can be appended to.
//
// A marker was written when its proof and capsule were durable, and was synced before anybody heard of it. So what counts is a prefix of the markers:
// everything that was ever acknowledged is in it, and whatever stands behind it is the torn tail of a group that nobody heard of. That
// tail is cut away, durably, before anything is appended: otherwise a marker of it could later follow one that it does not belong to.

import { CAPSULE_HEADER_BYTES, isCapsuleHeader } from './capsule-record.js'
import type { CapsulePlace, CommitProof, CommitSeq } from './commit-types.js'
import { crc32c } from './crc32c.js'
import { CorruptLogError, RecoveryRequiredError } from './errors.js'
import { FILE_HEADER_BYTES } from './file-header.js'
import { FileWindow } from './file-window.js'
import { FnvChain } from './fnv-chain.js'
import { viewOf } from './little-endian.js'
import { LogState } from './log-state.js'
import { followsChain, isIntactMarker, MARKER_BYTES, type MarkerFields, markerFields, markerOffset } from './marker-record.js'
import { decodeProof } from './proof-record.js'
import { CAPSULES, MARKERS, PROOFS, type Storage } from './storage.js'
import { cut, openStore } from './store-headers.js'

/** Capsules are checked in pieces of this many bytes. */
const PIECE_BYTES = 64 * 1024

/**
 * A store that holds no marker, to begin at `initialSeq`.
 *
 * @throws RecoveryRequiredError if there may be markers, CorruptLogError
 */
export function createLog(storage: Storage, initialSeq: CommitSeq, retainedOutcomes: number): LogState {
  const bytes = storage.size(MARKERS)
  if (bytes > FILE_HEADER_BYTES) throw new RecoveryRequiredError(bytes, initialSeq)
  const identity = openStore(storage, initialSeq)
  const state = new LogState(identity, retainedOutcomes)
  // A coordinator that never came to its first marker may have left proofs.
  cut(storage, PROOFS, state.proofsBytes)
  return state
}

/** One recovery. */
export class LogRecovery {
  protected readonly storage: Storage
  readonly #retainedOutcomes: number

  constructor(storage: Storage, retainedOutcomes: number) {
    this.storage = storage
    this.#retainedOutcomes = retainedOutcomes
  }

  /**
   * Finds what is committed, then cuts away the rest. A crash in the middle leaves what the next recovery finds the same in.
   *
   * @throws CorruptLogError, before anything is cut
   */
  run(): LogState {
    const identity = openStore(this.storage, undefined)
    const state = new LogState(identity, this.#retainedOutcomes)
    const markersSize = this.storage.size(MARKERS)
    const proofsSize = this.storage.size(PROOFS)
    const capsulesSize = this.storage.size(CAPSULES)
    const markers = new FileWindow(this.storage, MARKERS, markersSize)
    const proofs = new FileWindow(this.storage, PROOFS, proofsSize)
    const capsules = new FileWindow(this.storage, CAPSULES, capsulesSize)
    for (;;) {
      const marker = this.nextMarker(state, markers)
      if (marker === undefined) break
      const proof = this.proofOf(marker, state, proofs)
      this.requireCapsule(proof.capsule, capsules)
      this.addCommit(state, marker, proof)
    }
    this.requireTornTail(state, markers)
    this.cutTails(state)
    // The reads of read-only transactions are not in the files: each may have read any page, and come anywhere up to the next commit.
    state.index.readFloorSeq = state.tip + 1
    return state
  }

  /** The marker behind the last one that counts, if it counts; `state.chain` is taken on by it. */
  protected nextMarker(state: LogState, markers: FileWindow): MarkerFields | undefined {
    const at = markerOffset(state.markerCount)
    if (at + MARKER_BYTES > markers.size) return undefined
    const bytes = markers.bytes(at, MARKER_BYTES)
    const view = viewOf(bytes)
    if (!isIntactMarker(bytes, view, 0)) return undefined
    const marker = markerFields(view, 0)
    if (!state.isNext(marker)) return undefined
    const chain = new FnvChain()
    chain.copyFrom(state.chain)
    if (!followsChain(bytes, view, 0, chain)) return undefined
    state.chain.copyFrom(chain)
    return marker
  }

  /** The proof of a marker that counts. It was durable before the marker was written: if it is not there, something broke. */
  protected proofOf(marker: MarkerFields, state: LogState, proofs: FileWindow): CommitProof {
    const { proofOffset, proofLength, commitSeq } = marker
    const expected = `the proof of commit ${commitSeq}`
    // Proofs stand one behind the other, in the order of the numbers.
    if (proofOffset !== state.proofsBytes) throw new CorruptLogError(PROOFS, state.proofsBytes, expected, `a marker that says it is at ${proofOffset}`)
    if (proofOffset + proofLength > proofs.size) throw new CorruptLogError(PROOFS, proofOffset, expected, `a file of ${proofs.size} bytes`)
    const bytes = proofs.bytes(proofOffset, proofLength)
    const proof = decodeProof(bytes)
    if (proof === undefined) throw new CorruptLogError(PROOFS, proofOffset, expected, 'bytes that are no proof')
    const proofCrc = viewOf(bytes).getUint32(proofLength - 4, true)
    if (proofCrc !== marker.proofCrc) throw new CorruptLogError(PROOFS, proofOffset, expected, 'one with another CRC')
    if (proof.commitSeq !== commitSeq) throw new CorruptLogError(PROOFS, proofOffset, expected, `that of commit ${proof.commitSeq}`)
    return proof
  }

  /** Throws unless the capsule is there, whole. It too was durable before the marker was written. */
  protected requireCapsule(capsule: CapsulePlace, capsules: FileWindow): void {
    const { offset, length } = capsule
    const begin = offset + CAPSULE_HEADER_BYTES
    const expected = `a capsule of ${length} bytes`
    if (begin + length > capsules.size) throw new CorruptLogError(CAPSULES, offset, expected, `a file of ${capsules.size} bytes`)
    const header = capsules.bytes(offset, CAPSULE_HEADER_BYTES)
    if (!isCapsuleHeader(header, capsule)) throw new CorruptLogError(CAPSULES, offset, expected, 'bytes that are not its begin')
    let crc = 0
    for (let done = 0; done < length; done += PIECE_BYTES) {
      const size = Math.min(PIECE_BYTES, length - done)
      const piece = capsules.bytes(begin + done, size)
      crc = crc32c(piece, 0, size, crc)
    }
    if (crc !== capsule.crc) throw new CorruptLogError(CAPSULES, offset, expected, 'one with another CRC')
  }

  protected addCommit(state: LogState, marker: MarkerFields, proof: CommitProof): void {
    state.add(marker, proof)
  }

  /**
   * Throws unless what stands behind the last marker that counts can be what a crash left of one group. A group is written when the one before
   * is durable. So a marker of the group after the next, or the first one of the next group at a later place, shows that here a marker is
   * damaged which was durable.
   */
  protected requireTornTail(state: LogState, markers: FileWindow): void {
    const end = markerOffset(state.markerCount)
    for (let at = end; at + MARKER_BYTES <= markers.size; at += MARKER_BYTES) {
      const bytes = markers.bytes(at, MARKER_BYTES)
      const view = viewOf(bytes)
      if (!isIntactMarker(bytes, view, 0)) continue
      const { epoch, firstOfGroup } = markerFields(view, 0)
      if (epoch >= state.epoch + 2 || (epoch === state.epoch + 1 && firstOfGroup && at > end))
        throw new CorruptLogError(MARKERS, end, `the marker of commit ${state.tip + 1}`, `none that counts, while one of group ${epoch} stands at ${at}`)
    }
  }

  /**
   * Cuts away what nobody heard of. The sync also makes durable what counts: the process that wrote it may have been killed before it had
   * synced, and then it is only in the system's memory.
   */
  protected cutTails(state: LogState): void {
    const markersBytes = markerOffset(state.markerCount)
    cut(this.storage, MARKERS, markersBytes)
    cut(this.storage, PROOFS, state.proofsBytes)
  }
}
