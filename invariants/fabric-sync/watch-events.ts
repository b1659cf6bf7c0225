// What peers report about a watch: with the shared words, all that its invariants know.

/** About to call `send`: {@link ValueOfVersion}. */
export const SENDING = 'sending'
/** `recv` or `borrow` returned: {@link ValueOfVersion}. */
export const RECEIVED = 'received'

export interface ValueOfVersion {
  readonly version: number
  /** The data words of the value, as a cell holds them. */
  readonly words: readonly number[]
}
