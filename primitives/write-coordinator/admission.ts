// The part of a coordinator that does no I/O: which transactions get a number. Each method is one uninterrupted action, and may come between any
// two calls of the storage that a flush makes.

import type { CommitIndex } from './commit-index.js'
import type { CapsuleRef, CommitResult, CommitSeq, CommitSubmission, OperatingMode, ReadOnlySubmission, SubmitOutcome } from './commit-types.js'
import { committedPivot, hasInEdge, hasOutEdge, selfPivot, writeConflict } from './conflicts.js'
import { CoordinatorFailedError, InvalidSubmissionError } from './errors.js'
import { beginIncarnation } from './incarnation.js'
import type { LogState } from './log-state.js'
import type { Outcomes } from './outcomes.js'
import { PendingBatch } from './pending-batch.js'
import { proofBytes } from './proof-record.js'
import { CAPSULES, type Storage } from './storage.js'
import { requireReader, requireSubmission, requireTime } from './submission-checks.js'

/** The last number. */
export const SEQ_MAX = Number.MAX_SAFE_INTEGER
const TIME_NS_MAX = (1n << 63n) - 1n
/** Proofs of one group, in bytes: they are written in one call. */
const GROUP_BYTES_MAX = 2 ** 30

export abstract class Admission {
  readonly mode: OperatingMode
  /** The oldest snapshot that the index reaches back to. */
  readonly indexFloor: CommitSeq
  protected readonly storage: Storage
  /** Commits that may be pending at a time. */
  protected readonly pendingMax: number
  protected readonly index: CommitIndex
  protected readonly outcomes: Outcomes
  protected readonly batch = new PendingBatch()
  /** Capsules that were appended for another coordinator have another one. */
  protected readonly incarnation: number
  protected phase: 'open' | 'shutting-down' | 'failed' = 'open'
  /** What the storage threw when it failed. */
  protected failure: unknown = undefined
  /** The highest number that was given out. */
  protected tip: CommitSeq
  /** The highest number that snapshots may show. */
  protected published: CommitSeq
  /** Of the commit numbered last. */
  protected lastTimeUnixNs: bigint

  constructor(mode: OperatingMode, pendingMax: number, storage: Storage, log: LogState) {
    this.mode = mode
    this.pendingMax = pendingMax
    this.storage = storage
    this.indexFloor = log.initialSeq
    this.index = log.index
    this.outcomes = log.outcomes
    // When the files are whole: what was appended while they were read is of the coordinator before.
    this.incarnation = beginIncarnation(storage)
    this.tip = log.tip
    this.published = log.tip
    this.lastTimeUnixNs = log.lastTimeUnixNs
    this.closeIfExhausted()
  }

  /** `failed`: the storage failed, and only getters, `inspect`, `drainCommitted` and `takeResult` work. */
  get state(): 'open' | 'shutting-down' | 'failed' {
    return this.phase
  }

  /** The highest number that was given out. It is no snapshot: what it names may not be durable yet. */
  get commitSeqTip(): CommitSeq {
    return this.tip
  }

  /** The newest snapshot: where a transaction begins. */
  get publishedSeq(): CommitSeq {
    return this.published
  }

  /** Commits that have a number and no result yet. */
  get pendingCount(): number {
    return this.batch.size
  }

  /** No number is given out from now on; pending commits go on. Throws CoordinatorFailedError. */
  initiateShutdown(): void {
    this.requireUsable()
    this.phase = 'shutting-down'
  }

  /**
   * What would be said to a submission now; undefined if it would get a number. Changes nothing and does no I/O.
   *
   * @throws InvalidSubmissionError, CoordinatorFailedError
   */
  validate(s: CommitSubmission): CommitResult | undefined {
    this.requireUsable()
    const capsulesBytes = this.storage.size(CAPSULES)
    requireSubmission(s, this.newestBegin(), capsulesBytes)
    const refusal = this.refusalOf(s) ?? this.conflictOf(s)
    // Last: whoever asks again after a recovery hears first that the transaction committed, or cannot.
    if (refusal === undefined) this.requireOwnCapsule(s.capsule)
    return refusal
  }

  /**
   * Gives a transaction its number, if nothing speaks against it. Does no I/O. From then on nothing cancels the commit; its result comes from
   * `drainCommitted`, `flushBatch` or `takeResult`.
   *
   * @param nowUnixNs the commit's time, in ns since 1970: 0n to 2n ** 63n - 1n; later than that of the commit before, whatever the clock says
   * @throws InvalidSubmissionError, CoordinatorFailedError; nothing is changed then
   */
  submit(s: CommitSubmission, nowUnixNs: bigint): SubmitOutcome {
    this.requireUsable()
    requireTime(nowUnixNs)
    const refusal = this.validate(s)
    if (refusal !== undefined) return { ok: false, result: refusal }
    const commitSeq = this.tip + 1
    const commitTimeUnixNs = nowUnixNs > this.lastTimeUnixNs ? nowUnixNs : this.lastTimeUnixNs + 1n
    const found = { hadInEdge: hasInEdge(s, this.index), hadOutEdge: hasOutEdge(s, this.index) }
    this.batch.add(commitSeq, commitTimeUnixNs, s, proofBytes(s), found)
    this.tip = commitSeq
    this.lastTimeUnixNs = commitTimeUnixNs
    this.index.addCommit(commitSeq, s.writePages, s.readPages, found.hadOutEdge)
    this.outcomes.add(s.txnId, found.hadOutEdge)
    this.closeIfExhausted()
    return { ok: true, commitSeq }
  }

  /**
   * Checks a transaction that only read, and enters its reads so that later ones are checked against them. Nothing is written and no result follows.
   * Works while shutting down.
   *
   * @returns undefined if what it read is serialisable with all writers; `conflict-ssi` or `snapshot-too-old`
   * @throws InvalidSubmissionError, CoordinatorFailedError
   */
  submitReadOnly(s: ReadOnlySubmission): CommitResult | undefined {
    this.requireUsable()
    requireReader(s, this.newestBegin())
    const refusal = this.tooOld(s) ?? this.committedPivotOf(s)
    // Whatever is pending may have come before it or after it: it counts as the latest that it can be.
    if (refusal === undefined) this.index.addReads(this.tip + 1, s.readPages)
    return refusal
  }

  /** The newest snapshot that a transaction may say it read. */
  protected newestBegin(): CommitSeq {
    return this.publishedSeq
  }

  /**
   * Throws unless the capsule was appended for this coordinator. What one before it did not commit may have been lost, with its place given to another
   * capsule: this commit's marker would lead there.
   */
  protected requireOwnCapsule({ incarnation }: CapsuleRef): void {
    if (incarnation === this.incarnation) return
    throw new InvalidSubmissionError(
      'capsule',
      `capsule.incarnation to be ${this.incarnation}, that of this coordinator`,
      `${incarnation}: the data must be appended anew`,
    )
  }

  /** What speaks against a writer before its pages are looked at. */
  protected refusalOf(s: CommitSubmission): CommitResult | undefined {
    const { submitterId, txnId } = s
    if (this.phase === 'shutting-down') return { kind: 'shutting-down', submitterId, txnId }
    const known = this.outcomes.seqOf(txnId)
    if (known !== undefined) return { kind: 'duplicate', submitterId, txnId, commitSeq: known }
    const tooOld = this.tooOld(s)
    if (tooOld !== undefined) return tooOld
    return this.isFull(s) ? { kind: 'batch-full', submitterId, txnId } : undefined
  }

  protected isFull(s: CommitSubmission): boolean {
    return this.batch.size >= this.pendingMax || this.batch.proofBytes + proofBytes(s) > GROUP_BYTES_MAX
  }

  protected tooOld(s: ReadOnlySubmission): CommitResult | undefined {
    if (s.beginSeq >= this.indexFloor) return undefined
    return { kind: 'snapshot-too-old', submitterId: s.submitterId, txnId: s.txnId, indexFloor: this.indexFloor }
  }

  protected conflictOf(s: CommitSubmission): CommitResult | undefined {
    return writeConflict(s, this.index) ?? this.selfPivotOf(s) ?? this.committedPivotOf(s)
  }

  protected selfPivotOf(s: CommitSubmission): CommitResult | undefined {
    return selfPivot(s, this.index)
  }

  protected committedPivotOf(s: ReadOnlySubmission): CommitResult | undefined {
    return committedPivot(s, this.index, this.outcomes)
  }

  protected requireUsable(): void {
    if (this.phase === 'failed') throw new CoordinatorFailedError(this.failure)
  }

  /** After the last number, or the last time that can be written, there is no next one. */
  protected closeIfExhausted(): void {
    if (this.tip === SEQ_MAX || this.lastTimeUnixNs === TIME_NS_MAX) this.phase = 'shutting-down'
  }
}
