// The errors that only a coordinator and its storage throw.

import { PrimitiveError } from '../errors.js'
import type { CommitSeq } from './commit-types.js'

/** `WC_INVALID_SUBMISSION`: a field of a submission has the wrong type or is out of its range, or its capsule is of another coordinator. Nothing was changed. */
export class InvalidSubmissionError extends PrimitiveError {
  override readonly name = 'InvalidSubmissionError'
  /** The field, without the path inside it: `writePages`, also where one of its elements is wrong. */
  readonly field: string

  /** @param expected and `got` complete "expected … , got …" */
  constructor(field: string, expected: string, got: string) {
    super('WC_INVALID_SUBMISSION', `expected ${expected}, got ${got}`)
    this.field = field
  }
}

/** `WC_BUSY`: a step that writes is running already, of this coordinator. Nothing was changed. */
export class CoordinatorBusyError extends PrimitiveError {
  override readonly name = 'CoordinatorBusyError'

  constructor(operation: string) {
    super('WC_BUSY', `expected ${operation} to be called while no flush runs, got a call in the middle of one`)
  }
}

/**
 * `WC_FAILED`: the storage failed after a number was given out, so that nobody knows what is durable. Only getters, `inspect`, `drainCommitted` and
 * `takeResult` work; whoever owns the storage calls `WriteCoordinator.recover`.
 */
export class CoordinatorFailedError extends PrimitiveError {
  override readonly name = 'CoordinatorFailedError'
  /** What the storage threw. */
  override readonly cause: unknown

  constructor(cause: unknown) {
    super('WC_FAILED', `expected a coordinator whose storage works, got one that failed, and must be recovered: ${String(cause)}`)
    this.cause = cause
  }
}

/** `WC_RECOVERY_REQUIRED`: a coordinator was to begin anew on a store that holds markers. */
export class RecoveryRequiredError extends PrimitiveError {
  override readonly name = 'RecoveryRequiredError'

  /** @param bytes size of the marker file */
  constructor(bytes: number, initialSeq: CommitSeq) {
    super(
      'WC_RECOVERY_REQUIRED',
      `expected a store without markers to begin at ${initialSeq}, got a marker file of ${bytes} bytes: call WriteCoordinator.recover`,
    )
  }
}

/** `WC_CORRUPT_LOG`: data that was durable is damaged, missing or of another store. Nothing was truncated or written. */
export class CorruptLogError extends PrimitiveError {
  override readonly name = 'CorruptLogError'
  readonly file: string
  /** Byte at which the damaged record begins. */
  readonly offset: number

  /** @param expected and `got` complete "expected … at byte N of FILE, got …" */
  constructor(file: string, offset: number, expected: string, got: string) {
    super('WC_CORRUPT_LOG', `expected ${expected} at byte ${offset} of ${file}, got ${got}`)
    this.file = file
    this.offset = offset
  }
}

/** What a storage was doing. */
export type StorageOperation = 'open' | 'size' | 'append' | 'sync' | 'read' | 'truncate' | 'close' | 'lock'

/** `WC_STORAGE`: the storage could not do what it was asked for, or the directory is in use. */
export class StorageError extends PrimitiveError {
  override readonly name = 'StorageError'
  /** Name of the file inside the store. */
  readonly file: string
  readonly operation: StorageOperation

  /** @param what expected what, and what came; `cause` is what the system threw, if it did */
  constructor(file: string, operation: StorageOperation, what: string, cause?: unknown) {
    super('WC_STORAGE', cause === undefined ? what : `${what}: ${String(cause)}`)
    this.file = file
    this.operation = operation
    if (cause !== undefined) this.cause = cause
  }
}
