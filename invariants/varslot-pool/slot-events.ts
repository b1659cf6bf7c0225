// What peers report about a slot pool: the only thing besides its memory that the slot-pool invariants know. A scenario reports
// `me.event('freeing', { as, classIdx, slotIdx, generation })` before the call and `'freed'` or `'free refused'` after it.
//
// Events carry pool ids (`as`), because the id under which a peer uses the pool may be another than the simulator's: a
// recovery acts as the host, and a new peer may take over the id of a dead one.

/** About to call `allocate`: {@link AllocateEvent}. */
export const ALLOCATING = 'allocating'
/** `allocate` returned a slot, which the peer holds from now on: {@link SlotEvent}. */
export const ALLOCATED = 'allocated'
/** `allocate` returned undefined: {@link AllocateEvent}. */
export const EXHAUSTED = 'exhausted'
/** `allocate` threw: {@link AllocateEvent}. */
export const ALLOCATE_REFUSED = 'allocate refused'

/** About to call `free`: the peer, and whoever handed it the reference, hold the slot no longer. {@link SlotEvent} */
export const FREEING = 'freeing'
export const FREED = 'freed'
/** `free` threw. */
export const FREE_REFUSED = 'free refused'

/** About to call `adopt`; `as` is the new owner. {@link SlotEvent} */
export const ADOPTING = 'adopting'
/** `adopt` returned: the peer holds the slot, whoever held it before does not. */
export const ADOPTED = 'adopted'
/** `adopt` threw. */
export const ADOPT_REFUSED = 'adopt refused'

/** About to call `reclaimPeerSlots`: {@link ReclaimEvent}. */
export const RECLAIMING = 'reclaiming'
/** It returned `complete: true`. */
export const RECLAIMED = 'reclaimed'
/** It returned `complete: false`; `blockedBy` says who stood in the way. */
export const RECLAIM_BLOCKED = 'reclaim blocked'
/** It threw. */
export const RECLAIM_REFUSED = 'reclaim refused'

/** About to make a call that must throw and change nothing; data is any text that names the call. */
export const EXPECTING_REFUSAL = 'expecting refusal'
/** That call threw. */
export const REFUSED = 'refused'
/** That call returned. */
export const ACCEPTED = 'accepted'

export interface AllocateEvent {
  /** The pool id that the call was made with. */
  readonly as: number
  /** Bytes asked for. */
  readonly size: number
}

export interface SlotEvent {
  /** The pool id that the call was made with. */
  readonly as: number
  readonly classIdx: number
  readonly slotIdx: number
  readonly generation: number
}

export interface ReclaimEvent {
  /** Pool id of the caller. */
  readonly as: number
  /** Pool id whose slots are taken back. */
  readonly peer: number
  /** Pool id that the report names. */
  readonly blockedBy?: number | undefined
}
