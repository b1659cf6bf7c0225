// The ghost record of a write coordinator, kept from calls alone: which number was given to which submission, and whether its result was handed out.
// Each invariant that needs one has its own. The record outlives power failures; a recovery takes out the numbers that it does not count, because
// they are given again.
//
// A coordinator is new when the world shows another object than before. All numbers up to its tip are committed: that is what it tells its clients.

import type { HistoryEvent } from '../../sim/invariant.js'
import { CallsInFlight } from './calls-in-flight.js'
import {
  acceptedReads,
  type CallEvent,
  codeOf,
  numberGiven,
  readOnlySubmissionOf,
  resultsHandedOut,
  SUBMIT_AND_COMMIT,
  submissionOf,
} from './coordinator-events.js'
import type { Coordinator, CoordinatorView, ReadOnlySubmission, Submission } from './coordinator-view.js'

/** A number that was given to a submission. */
export interface Allocation {
  readonly commitSeq: number
  readonly submission: Submission
  /** Which of the execution's coordinators gave it, from 1. */
  readonly life: number
  /** How often its result was handed out. */
  handedOutCount: number
  /** Whether anybody was told that it is committed, by a result or a recovery. */
  isCommitted: boolean
}

export class CommitLedger {
  /** By number, in the order in which they were given. */
  readonly allocations = new Map<number, Allocation>()
  /** Submissions of transactions that only read which were accepted. */
  readonly readOnly: ReadOnlySubmission[] = []
  /** By transaction: submissions that may have a number which nobody was told yet. */
  readonly unnumbered = new Map<number, Submission>()
  readonly calls = new CallsInFlight()
  /** Coordinators seen so far. */
  life = 0
  /** Tip of the first one when it was seen: nothing is known of the numbers up to it. */
  base = 0
  /** The first number that was given twice by one coordinator, and what to say about it. */
  clash: string | undefined
  #coordinator: Coordinator | undefined

  begin(view: CoordinatorView): void {
    this.allocations.clear()
    this.readOnly.length = 0
    this.unnumbered.clear()
    this.calls.begin()
    this.life = 0
    this.base = 0
    this.clash = undefined
    this.#coordinator = undefined
    this.look(view)
  }

  /** Whether the world shows a coordinator that is not on record yet. */
  isNew({ coordinator }: CoordinatorView): boolean {
    return coordinator !== undefined && coordinator !== this.#coordinator
  }

  /** Takes note of a new coordinator, if there is one. */
  look(view: CoordinatorView): void {
    if (!this.isNew(view)) return
    const coordinator = view.coordinator as Coordinator
    this.#coordinator = coordinator
    const tip = coordinator.commitSeqTip
    if (this.life === 0) this.base = tip
    for (const [txnId, submission] of this.unnumbered) {
      const commitSeq = coordinator.outcomeOf(txnId)
      if (commitSeq !== undefined && !this.allocations.has(commitSeq)) this.#allocate(commitSeq, submission)
    }
    this.unnumbered.clear()
    this.life += 1
    for (const [commitSeq, allocation] of this.allocations) {
      if (commitSeq > tip) this.allocations.delete(commitSeq)
      else allocation.isCommitted = true
    }
  }

  /** Takes note of an event, and of a new coordinator before. Where the event ends a call, that call. */
  note(event: HistoryEvent, view: CoordinatorView): CallEvent | undefined {
    this.look(view)
    const call = this.calls.note(event)
    if (event.kind === 'invoke' && event.name === SUBMIT_AND_COMMIT) {
      const submission = submissionOf(this.calls.of(event.peer) as CallEvent)
      if (!this.#hasNumber(submission)) this.unnumbered.set(submission.txnId, submission)
    }
    if (call === undefined) return undefined
    if (event.kind === 'throw') this.#noteThrow(call, event.data)
    else this.#noteReturn(call, event.data)
    return call
  }

  /** The highest number that is committed now; those below are too. */
  committedTip({ coordinator }: CoordinatorView): number {
    let tip = coordinator?.durableSeq ?? 0
    for (const { commitSeq, isCommitted } of this.allocations.values()) if (isCommitted && commitSeq > tip) tip = commitSeq
    return tip
  }

  #noteThrow(call: CallEvent, thrown: unknown): void {
    // After a storage failure nobody knows whether the submission has a number; after any other error it has none.
    if (call.operation === SUBMIT_AND_COMMIT && codeOf(thrown) !== 'WC_FAILED') this.unnumbered.delete(submissionOf(call).txnId)
  }

  #noteReturn(call: CallEvent, returned: unknown): void {
    const given = numberGiven(call, returned)
    if (given !== undefined) this.#allocate(given, submissionOf(call))
    if (acceptedReads(call, returned)) this.readOnly.push(readOnlySubmissionOf(call))
    for (const { commitSeq, txnId, kind } of resultsHandedOut(call, returned)) {
      const submission = this.unnumbered.get(txnId)
      if (submission !== undefined) {
        this.unnumbered.delete(txnId)
        this.#allocate(commitSeq, submission)
      }
      const allocation = this.allocations.get(commitSeq)
      if (allocation === undefined) continue
      allocation.handedOutCount += 1
      if (kind === 'committed') allocation.isCommitted = true
    }
    if (call.operation === SUBMIT_AND_COMMIT) this.unnumbered.delete(submissionOf(call).txnId)
  }

  #allocate(commitSeq: number, submission: Submission): void {
    const before = this.allocations.get(commitSeq)
    if (before !== undefined) this.clash ??= `number ${commitSeq} was given to transaction ${before.submission.txnId} and to ${submission.txnId}`
    this.allocations.set(commitSeq, { commitSeq, submission, life: this.life, handedOutCount: 0, isCommitted: false })
  }

  #hasNumber({ txnId }: Submission): boolean {
    for (const { submission } of this.allocations.values()) if (submission.txnId === txnId) return true
    return false
  }
}
