// What peers report about a memory manager: the only thing besides its memory that its invariants know. A scenario reports
// `me.event('freeing', { as, slot, generation })` before the call and `'freed'` or `'free refused'` after it.
//
// Events carry the manager's ids (`as`), because the id under which a peer uses the manager may be another than the simulator's: a recovery
// acts as the host. Slot and generation are those of the token.

/** About to call `storeShared`: {@link StoringEvent}. */
export const STORING = 'storing'
/** It returned a token: {@link MessageEvent}. */
export const STORED = 'stored'
/** It threw: {@link RefusedEvent}. */
export const STORE_REFUSED = 'store refused'

/** About to ask for a guard: {@link GuardEvent}. */
export const OPENING = 'opening'
/** The guard was handed out. */
export const OPENED = 'opened'
/** The call threw: {@link RefusedEvent}. */
export const OPEN_REFUSED = 'open refused'
/** The peer has just looked at the message under its guard: {@link GuardEvent}. */
export const USED = 'used'
/** About to call `release` on the guard. What a writer has written is the message from now on. */
export const RELEASING = 'releasing'
export const RELEASED = 'released'
/** About to end a write guard otherwise. */
export const POISONING = 'poisoning'
export const POISONED = 'poisoned'

/** About to call `freeShared`: {@link MessageEvent}. */
export const FREEING = 'freeing'
export const FREED = 'freed'
/** It threw: {@link RefusedEvent}. */
export const FREE_REFUSED = 'free refused'

/** About to call `adopt`; `as` is the new owner. {@link MessageEvent} */
export const ADOPTING = 'adopting'
export const ADOPTED = 'adopted'
/** It threw: {@link RefusedEvent}. */
export const ADOPT_REFUSED = 'adopt refused'

/** About to call `recoverPeer`: {@link RecoverEvent}. */
export const RECOVERING = 'recovering'
/** It returned `complete: true`. */
export const RECOVERED = 'recovered'
/** It returned `complete: false`. */
export const RECOVER_BLOCKED = 'recover blocked'

export type GuardKind = 'read' | 'header' | 'write'

export interface StoringEvent {
  readonly as: number
}

export interface MessageEvent {
  readonly as: number
  readonly slot: number
  readonly generation: number
}

export interface GuardEvent extends MessageEvent {
  readonly kind: GuardKind
}

export interface RefusedEvent {
  readonly as: number
  /** Absent where a store was refused. */
  readonly slot?: number
  readonly generation?: number
  /** Of the error. */
  readonly code: string
  /** What a time-out names: ids of the manager. */
  readonly blockers?: readonly number[]
}

export interface RecoverEvent {
  readonly as: number
  /** The dead peer's id. */
  readonly peer: number
}
