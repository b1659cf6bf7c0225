// The errors that only a qsbr manager throws.

import { PrimitiveError } from '../errors.js'

/** `QSBR_ALREADY_REGISTERED`: the executor id is registered, or the thread has a local manager. Nothing was counted. */
export class AlreadyRegisteredError extends PrimitiveError {
  override readonly name = 'AlreadyRegisteredError'
  /** The id that was asked for. */
  readonly executorId: number

  /** @param got completes "expected an id that is free in a thread without local manager, got" */
  constructor(executorId: number, got: string) {
    super('QSBR_ALREADY_REGISTERED', `expected executor ${executorId} to be free and the thread to be without a local manager, got ${got}`)
    this.executorId = executorId
  }
}

/** `QSBR_NOT_REGISTERED`: the thread has no local manager, the local manager has left, or nobody has the id that is to be evicted. */
export class NotRegisteredError extends PrimitiveError {
  override readonly name = 'NotRegisteredError'

  /** @param expected completes "expected" */
  constructor(expected: string, got: string) {
    super('QSBR_NOT_REGISTERED', `expected ${expected}, got ${got}`)
  }
}

/** `QSBR_PAUSED`: an operation of a registered executor while it is temporarily deregistered, or a resume while it is not. */
export class PausedError extends PrimitiveError {
  override readonly name = 'PausedError'
  readonly executorId: number

  constructor(executorId: number, expected: 'registered' | 'paused') {
    const got = expected === 'registered' ? 'paused: resume it first' : 'registered: nothing is to be resumed'
    super('QSBR_PAUSED', `expected executor ${executorId} to be ${expected}, got it ${got}`)
    this.executorId = executorId
  }
}

/** `QSBR_EVICTED`: the executor was removed by `forceDeregister`. `deregister` still frees what it retired. */
export class EvictedError extends PrimitiveError {
  override readonly name = 'EvictedError'
  readonly executorId: number

  constructor(executorId: number) {
    super('QSBR_EVICTED', `expected executor ${executorId} to be registered, got it evicted by forceDeregister`)
    this.executorId = executorId
  }
}

/** `QSBR_REENTRANCY`: an operation that frees entries was called by an entry that is being freed. Nothing was changed. */
export class ReentrancyError extends PrimitiveError {
  override readonly name = 'ReentrancyError'

  constructor(operation: string) {
    super('QSBR_REENTRANCY', `expected ${operation} to be called when no entry is being freed, got a call from inside one`)
  }
}

/** `QSBR_TIMEOUT`: entries are still waiting. The executor has left; calling `deregister` again goes on waiting. */
export class DeregisterTimeoutError extends PrimitiveError {
  override readonly name = 'DeregisterTimeoutError'
  /** How many entries are waiting. */
  readonly remaining: number

  /** @param failed what the entries threw that were freed by the call, if any did: becomes the `cause` */
  constructor(remaining: number, waitMsMax: number, failed: ReclaimError | undefined) {
    super('QSBR_TIMEOUT', `expected all entries to be freed within ${waitMsMax} ms, got ${remaining} still waiting for other executors to pass or leave`)
    this.remaining = remaining
    if (failed !== undefined) this.cause = failed
  }
}

/** `QSBR_RECLAIM`: one or more entries threw. All entries that were due have been run, each once. */
export class ReclaimError extends PrimitiveError {
  override readonly name = 'ReclaimError'
  /** What was thrown, in the order in which the entries ran. */
  readonly errors: readonly unknown[]

  constructor(errors: readonly unknown[]) {
    super('QSBR_RECLAIM', `expected every entry to be freed without an error, got ${errors.length} thrown, first: ${String(errors[0])}`)
    this.errors = errors
  }
}

/** `QSBR_IN_USE`: the manager was to be closed while executors are registered. */
export class ManagerInUseError extends PrimitiveError {
  override readonly name = 'ManagerInUseError'
  /** Ids of those that are registered, ascending. */
  readonly executorIds: readonly number[]

  constructor(executorIds: readonly number[]) {
    super('QSBR_IN_USE', `expected a manager without registered executors, got one with ${executorIds.join(', ')}`)
    this.executorIds = executorIds
  }
}
