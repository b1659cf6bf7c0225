// What peers report about a write coordinator: their calls, and nothing else. A scenario makes each call through `me.call`, under the name below and
// with the coordinator's own arguments: `me.call(SUBMIT, [submission, now], (s, n) => coordinator.submit(s, n))`. Results are taken from
// what the calls return, and who got them from who called.
//
// The function of RECOVER puts what it made into the world before it returns, and takes out what was there before it begins. A coordinator that set-up
// made needs no report.

import type { CommitResult, ReadOnlySubmission, Submission, SubmitOutcome } from './coordinator-view.js'

/** Arguments: the submission, the time in ns. */
export const SUBMIT = 'submit'
export const SUBMIT_AND_COMMIT = 'submitAndCommit'
/** Argument: the submission. */
export const VALIDATE = 'validate'
export const SUBMIT_READ_ONLY = 'submitReadOnly'
/** No arguments. */
export const FSYNC1 = 'fsync1'
export const APPEND_MARKERS = 'appendMarkersAndFsync2'
export const DRAIN = 'drainCommitted'
export const FLUSH = 'flushBatch'
export const SHUTDOWN = 'initiateShutdown'
/** Argument: the number. */
export const TAKE_RESULT = 'takeResult'
/** The constructor, with its first three arguments. */
export const CREATE = 'create'
/** The function `recover`, with its first two arguments. */
export const RECOVER = 'recover'

/** One call, over or not. */
export interface CallEvent {
  readonly operation: string
  readonly args: readonly unknown[]
  /** Steps completed when it began. */
  readonly step: number
}

/** The submission that a call handed over. */
export function submissionOf(call: CallEvent): Submission {
  return call.args[0] as Submission
}

export function readOnlySubmissionOf(call: CallEvent): ReadOnlySubmission {
  return call.args[0] as ReadOnlySubmission
}

/** The number and the submission that a call was given, if it returned that it was: by `submit` alone. */
export function numberGiven(call: CallEvent, returned: unknown): number | undefined {
  if (call.operation !== SUBMIT) return undefined
  const outcome = returned as SubmitOutcome
  return outcome.ok ? outcome.commitSeq : undefined
}

/** Whether a call of `submitReadOnly` accepted what it was given. */
export function acceptedReads(call: CallEvent, returned: unknown): boolean {
  return call.operation === SUBMIT_READ_ONLY && returned === undefined
}

/** The results of numbers that a call handed out when it returned. */
export function resultsHandedOut(call: CallEvent, returned: unknown): readonly NumberedResult[] {
  switch (call.operation) {
    case FLUSH:
    case DRAIN:
      return returned as readonly NumberedResult[]
    case TAKE_RESULT:
      return returned === undefined ? [] : [returned as NumberedResult]
    case SUBMIT_AND_COMMIT:
      return isOfNumber(returned as CommitResult) ? [returned as NumberedResult] : []
    default:
      return []
  }
}

/** A result that ends what a number began. */
export interface NumberedResult extends CommitResult {
  readonly commitSeq: number
}

/** Whether a result is that of a number. A duplicate names the number of another. */
function isOfNumber(result: CommitResult): boolean {
  return result.kind === 'committed' || result.kind === 'outcome-unknown'
}

/** Whether what a call returned is a refusal: a result without a number. */
export function isRefusal(call: CallEvent, returned: unknown): boolean {
  switch (call.operation) {
    case SUBMIT:
      return !(returned as SubmitOutcome).ok
    case SUBMIT_AND_COMMIT:
      return !isOfNumber(returned as CommitResult)
    case SUBMIT_READ_ONLY:
    case VALIDATE:
      return returned !== undefined
    default:
      return false
  }
}

/** Whether a call hands out results, and publishes before. */
export function publishes(operation: string): boolean {
  return operation === FLUSH || operation === DRAIN || operation === SUBMIT_AND_COMMIT
}

/** The code of an error that a call threw; undefined for any other error. */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined
}
