// The short section of a commit that has to be serial: check for conflicts, give a number, make proof and marker durable, publish. Rests on
// first-committer-wins snapshot isolation (Berenson et al., 1995), serializable snapshot isolation (Cahill et al., 2008; Ports and Grittner, 2012),
// group commit (DeWitt et al., 1984), and on writing what a record names before the record, and the record before the reply.
//
// A number goes from allocated (submit) over durable (appendMarkersAndFsync2) to published (drainCommitted): published <= durable <= allocated.
// Methods that write may be interleaved with `submit` at every call of the storage; a flag keeps them from being interleaved with each other.

import { requireInteger } from '../argument-checks.js'
import { Admission, SEQ_MAX } from './admission.js'
import type { CommitBoard } from './commit-board.js'
import type { CommitMarker, CommitResult, CommitSeq, CommitSubmission, OperatingMode, WriteCoordinatorState } from './commit-types.js'
import { type CoordinatorOptions, checkedOptions, pendingMaxOf, RecoveredOptions, requireMode, requireStorage } from './coordinator-options.js'
import { CoordinatorBusyError, CoordinatorFailedError } from './errors.js'
import { GroupCommit } from './group-commit.js'
import { createLog, LogRecovery } from './log-recovery.js'
import { decodeMarker, MARKER_BYTES } from './marker-record.js'
import type { PendingCommit } from './pending-batch.js'
import type { Storage } from './storage.js'

/**
 * Serialises commits of optimistic transactions. One thread owns it and its storage; any thread may read the board.
 *
 * ```ts
 * const coordinator = WriteCoordinator.recover('grouped', 64, storage)
 * const capsules = new CapsuleLog(storage)
 *
 * const beginSeq = coordinator.publishedSeq // a transaction begins, reads page 1, and writes page 2
 * const capsule = capsules.append(new Uint8Array([1, 2, 3]))
 * const submission = { submitterId: 1, txnId: 1001, beginSeq, readPages: [1], writePages: [2], inEdges: [], outEdges: [], capsule }
 * const outcome = coordinator.submit(submission, 1_700_000_000_000_000_000n)
 * assert(outcome.ok)
 * const [result] = coordinator.flushBatch() // durable and published
 * assert(result.kind === 'committed')
 * assert(coordinator.outcomeOf(1001) === result.commitSeq)
 * ```
 */
export class WriteCoordinator extends Admission {
  protected readonly board: CommitBoard | undefined
  protected readonly group: GroupCommit
  /** Results that were not handed out, by number, in the order of their numbers. */
  protected readonly outbox = new Map<CommitSeq, CommitResult>()
  /** A method that writes has begun and not ended. */
  protected busy = false

  /**
   * Begins a store, or one that never came to a commit.
   *
   * @param initialSeq the first commit gets the next number: 0 to 2^53 - 2
   * @param groupCommitMax how many commits may be pending in mode `grouped`: 1 to 4,096
   * @throws BadArgumentError; RecoveryRequiredError where the store may hold commits; CorruptLogError; what the storage throws
   */
  constructor(mode: OperatingMode, initialSeq: CommitSeq, groupCommitMax: number, storage: Storage, options?: CoordinatorOptions) {
    requireMode(mode)
    requireInteger('initialSeq', initialSeq, 0, SEQ_MAX - 1)
    const pendingMax = pendingMaxOf(mode, groupCommitMax)
    requireStorage(storage)
    const { board, retainedOutcomes } = checkedOptions(options)
    const log = options instanceof RecoveredOptions ? options.log : createLog(storage, initialSeq, retainedOutcomes)
    super(mode, pendingMax, storage, log)
    this.board = board
    this.group = this.newGroupCommit(log)
    board?.publish(log.tip)
  }

  /**
   * Goes on with a store after whatever happened to it, also with an empty one. Every commit whose result was ever handed out is there.
   * Capsules that were appended before are refused from then on: a transaction that goes on appends its data anew.
   *
   * @param groupCommitMax how many commits may be pending in mode `grouped`: 1 to 4,096
   * @throws BadArgumentError; CorruptLogError where durable data is damaged, with nothing cut or written; what the storage throws: then
   *   `recover` may be called again, with the storage opened anew if it asks for that
   */
  static recover(mode: OperatingMode, groupCommitMax: number, storage: Storage, options?: CoordinatorOptions): WriteCoordinator {
    requireMode(mode)
    pendingMaxOf(mode, groupCommitMax)
    requireStorage(storage)
    const { board, retainedOutcomes } = checkedOptions(options)
    // biome-ignore lint/complexity/noThisInStatic: a class that extends this one recovers to itself
    const recovery = this.newRecovery(storage, retainedOutcomes)
    const log = recovery.run()
    return new this(mode, 0, groupCommitMax, storage, new RecoveredOptions(board, retainedOutcomes, log))
  }

  /** The highest number with a durable marker. */
  get durableSeq(): CommitSeq {
    return this.group.durableSeq
  }

  /** Groups made durable, over all restarts. */
  get currentEpoch(): number {
    return this.group.epoch
  }

  /**
   * First half of a flush: proofs and capsules of all commits that are pending without, made durable with two syncs.
   *
   * @returns how many commits that were
   * @throws CoordinatorBusyError; CoordinatorFailedError, also when the storage fails now
   */
  fsync1(): number {
    this.beginFlushStep('fsync1')
    try {
      return this.group.syncProofs()
    } catch (error) {
      throw this.failWith(error)
    } finally {
      this.busy = false
    }
  }

  /**
   * Second half of a flush: the markers of those commits, made durable as one group with one sync. They are decided then.
   *
   * @throws CoordinatorBusyError; CoordinatorFailedError, also when the storage fails now
   */
  appendMarkersAndFsync2(): CommitMarker[] {
    this.beginFlushStep('appendMarkersAndFsync2')
    try {
      return markersIn(this.group.syncMarkers())
    } catch (error) {
      throw this.failWith(error)
    } finally {
      this.busy = false
    }
  }

  /** Publishes what is decided, and returns every result that was not handed out. Throws CoordinatorBusyError. */
  drainCommitted(): CommitResult[] {
    this.requireIdle('drainCommitted')
    this.busy = true
    this.publishMarked()
    this.busy = false
    return this.takeOutbox()
  }

  /**
   * Makes durable and publishes all that is pending at its begin. Does nothing if that is nothing.
   *
   * @returns every result that was not handed out
   * @throws CoordinatorBusyError; CoordinatorFailedError, also when the storage fails now: the results are there for `drainCommitted`
   */
  flushBatch(): CommitResult[] {
    this.beginFlushStep('flushBatch')
    try {
      this.flush()
    } catch (error) {
      throw this.failWith(error)
    } finally {
      this.busy = false
    }
    return this.takeOutbox()
  }

  /**
   * Submits and flushes.
   *
   * @returns the result of this submission; those of others that the flush completed wait for `takeResult` or `drainCommitted`
   * @throws CoordinatorBusyError, InvalidSubmissionError, CoordinatorFailedError; when the storage fails now, the result is `outcome-unknown`
   */
  submitAndCommit(s: CommitSubmission, nowUnixNs: bigint): CommitResult {
    this.requireUsable()
    this.requireIdle('submitAndCommit')
    const outcome = this.submit(s, nowUnixNs)
    if (!outcome.ok) return outcome.result
    this.busy = true
    try {
      this.flush()
    } catch (error) {
      this.failWith(error)
    } finally {
      this.busy = false
    }
    const own = this.takeResult(outcome.commitSeq)
    if (own === undefined) throw new Error(`heddle internal: expected a result of commit ${outcome.commitSeq}, got none`)
    return own
  }

  /** The result of one commit, handed out once; undefined if there is none yet, or it was handed out. Throws BadArgumentError. */
  takeResult(commitSeq: CommitSeq): CommitResult | undefined {
    requireInteger('commitSeq', commitSeq, 1, SEQ_MAX)
    const result = this.outbox.get(commitSeq)
    this.outbox.delete(commitSeq)
    return result
  }

  /**
   * The number under which a transaction was committed and published; undefined if it was not, or is no longer known.
   *
   * @throws BadArgumentError, CoordinatorFailedError
   */
  outcomeOf(txnId: number): CommitSeq | undefined {
    this.requireUsable()
    requireInteger('txnId', txnId, 1, Number.MAX_SAFE_INTEGER)
    const seq = this.outcomes.seqOf(txnId)
    return seq !== undefined && seq <= this.published ? seq : undefined
  }

  /** The state as plain data, for invariants and for people. No step. */
  inspect(): WriteCoordinatorState {
    const pending = this.batch.commits.map(({ commitSeq, submitterId, txnId, state }) => ({ commitSeq, submitterId, txnId, state }))
    return {
      mode: this.mode,
      state: this.phase,
      allocatedSeq: this.tip,
      durableSeq: this.group.durableSeq,
      publishedSeq: this.published,
      indexFloor: this.indexFloor,
      epoch: this.group.epoch,
      chain: this.group.chain.asBigInt(),
      lastTimeUnixNs: this.lastTimeUnixNs,
      busy: this.busy,
      pending,
      outbox: [...this.outbox.values()],
      indexedPageCount: this.index.pageCount,
      readFloorSeq: this.index.readFloorSeq,
      knownTxnCount: this.outcomes.size,
      proofsBytes: this.group.proofsBytes,
    }
  }

  protected newGroupCommit(log: RecoveredOptions['log']): GroupCommit {
    return new GroupCommit(this.storage, this.batch, log)
  }

  protected static newRecovery(storage: Storage, retainedOutcomes: number): LogRecovery {
    return new LogRecovery(storage, retainedOutcomes)
  }

  /** The whole of a flush, under the busy flag. */
  protected flush(): void {
    this.group.syncProofs()
    this.group.syncMarkers()
    this.publishMarked()
  }

  /** Publishes the MARKED commits at the front, under the busy flag: two that publish at a time could take the board back. */
  protected publishMarked(): void {
    const count = this.batch.firstNotBeyond('SYNCED')
    if (count === 0) return
    const last = (this.batch.commits[count - 1] as PendingCommit).commitSeq
    // Before any result is there: whoever hears of its commit begins its next transaction at what the board shows.
    if (this.board !== undefined) this.board.publish(last)
    this.published = last
    for (const { commitSeq, submitterId, txnId, commitTimeUnixNs } of this.batch.takeFirst(count)) {
      this.outbox.set(commitSeq, { kind: 'committed', submitterId, txnId, commitSeq, commitTimeUnixNs })
    }
    this.outcomes.forgetBefore(last)
  }

  protected takeOutbox(): CommitResult[] {
    const results = [...this.outbox.values()]
    this.outbox.clear()
    return results
  }

  /** Sets the busy flag, or throws. */
  protected beginFlushStep(operation: string): void {
    this.requireUsable()
    this.requireIdle(operation)
    this.busy = true
  }

  /**
   * The storage failed, so that nobody knows what of the pending commits is durable. No call is made again: a sync that failed may report
   * success the next time without having written.
   */
  protected failWith(error: unknown): CoordinatorFailedError {
    this.phase = 'failed'
    this.failure = error
    for (const { commitSeq, submitterId, txnId } of this.batch.takeFirst(this.batch.size)) {
      this.outbox.set(commitSeq, { kind: 'outcome-unknown', submitterId, txnId, commitSeq })
    }
    return new CoordinatorFailedError(error)
  }

  protected requireIdle(operation: string): void {
    if (this.busy) throw new CoordinatorBusyError(operation)
  }
}

/** The markers of one group. */
function markersIn(bytes: Uint8Array): CommitMarker[] {
  const markers: CommitMarker[] = []
  for (let at = 0; at < bytes.length; at += MARKER_BYTES) {
    const marker = decodeMarker(bytes.subarray(at, at + MARKER_BYTES))
    if (marker === undefined) throw new Error('heddle internal: expected a marker that was just written')
    markers.push(marker)
  }
  return markers
}
