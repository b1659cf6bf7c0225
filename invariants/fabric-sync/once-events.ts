// What peers report about a once: with the shared words, all that its invariants know.

/** About to call `getOrInit`: {@link OnceEvent}. */
export const ASKING = 'asking'
/** It returned, or `get` gave a value: {@link ValueEvent}. */
export const GOT = 'got'
/** It threw: {@link RefusalEvent}. */
export const NOT_GOT = 'not got'
/** The initialiser begins: {@link OnceEvent}. */
export const INITIALISING = 'initialising'
/** The initialiser returns: {@link ValueEvent}. */
export const INITIALISED = 'initialised'
/** The initialiser throws: {@link OnceEvent}. */
export const INITIALISER_THREW = 'initialiser threw'

export interface OnceEvent {
  readonly leaseId: number
}

export interface RefusalEvent extends OnceEvent {
  /** Whether the polls were used up. */
  readonly timedOut: boolean
}

export interface ValueEvent extends OnceEvent {
  /** The data words of the value, as a cell holds them. */
  readonly words: readonly number[]
}
