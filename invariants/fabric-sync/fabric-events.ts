// What peers report about their leases and their mutex: the only thing besides shared memory that the fabric's invariants know.
//
// A session is named by its lease id, because one peer may have several sessions, one after the other.

/** A peer begins to use a session: {@link SessionEvent}. */
export const SESSION = 'session'

/** About to call `lock` or `tryLock`: {@link LockEvent} without a fence. */
export const LOCKING = 'locking'
/** It returned a guard: {@link LockEvent}. The guard is open from now on. */
export const LOCKED = 'locked'
/** It threw, or found the mutex held. */
export const NOT_LOCKED = 'not locked'

/** About to end a guard in a way that publishes, by `release` or at the end of a block: {@link ReleaseEvent}. The guard is not open any more. */
export const RELEASING = 'releasing'
/** That returned: {@link ReleaseEvent}. */
export const PUBLISHED = 'published'
/** That threw: {@link ReleaseEvent}. */
export const NOT_PUBLISHED = 'not published'
/** About to unlock without publishing: {@link LockEvent}. */
export const ABANDONING = 'abandoning'

/** A peer that wanted a lock has stopped trying: {@link GaveUpEvent}. */
export const GAVE_UP = 'gave up'

/** About to call anything under a lease: {@link OperationEvent}. */
export const OPERATION = 'operation'
/** It returned: {@link OperationEvent}. */
export const OPERATION_DONE = 'operation done'
/** It threw: {@link OperationEvent}. */
export const OPERATION_REFUSED = 'operation refused'

/** `create` of a primitive returned: {@link CreatedEvent}. */
export const CREATED = 'created'

export interface SessionEvent {
  readonly leaseId: number
  /** How far the holder's clock is ahead of true time, in ms. */
  readonly aheadMs: number
}

export interface LockEvent {
  readonly leaseId: number
  /** 0 where there is none yet. */
  readonly fence: number
  /** The data words of the guard's value, as a cell holds them. */
  readonly words: readonly number[]
}

export interface ReleaseEvent {
  readonly leaseId: number
  readonly fence: number
  /** The data words of the value as read at acquisition. */
  readonly from: readonly number[]
  /** Those of the value that is to be published. */
  readonly to: readonly number[]
}

export interface GaveUpEvent {
  readonly leaseId: number
  /** For how long it had tried when it tried for the last time, in ms of its own clock. */
  readonly triedMs: number
}

export interface OperationEvent {
  readonly leaseId: number
  /** How far the caller's clock is ahead of true time, in ms. */
  readonly aheadMs: number
  /** What is called: `lock`. */
  readonly operation: string
  /** Of the primitive that is called; undefined where it is the lease itself, and where nothing asks. */
  readonly place?: Place
}

/** Where a primitive lies. */
export interface Place {
  /** `mutex`, `barrier`, `once` or `watch`. */
  readonly what: string
  /** In bytes of the arena. */
  readonly baseOffset: number
  readonly byteLength: number
}

export type CreatedEvent = Place

export function sameWords(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false
  return true
}
