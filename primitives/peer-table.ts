// The peers of a shared object: who may use it, in which life, and what each is about to take or give.
//
// One entry of 64 bytes for each id, so that peers do not share cache lines:
//
//   +0  status = epoch << 2 | state. EMPTY -> LIVE (join, epoch + 1) -> EMPTY (leave) or DEAD (declared);
//       DEAD -> EMPTY (recovered, epoch + 1). The epoch is 30 bits wide and counts modulo 2^30.
//   +4  intent: what the peer's running operation may take or give; 0 when none. Written by the peer, and once more by
//       whoever recovers it. Its meaning belongs to the object.
//   +8  nap word: always 0, never notified; a peer sleeps on its own.
//
// Ordering: an operation loads the status once, before its first write. A peer that is declared dead while it runs breaks
// the contract; its next operation finds another status and throws (`requireLive`).

import { BadArgumentError, CorruptStateError, PeerStateError } from './errors.js'

export type PeerState = 'empty' | 'live' | 'dead'

export const PEER_ENTRY_BYTES = 64
const ENTRY_WORDS = PEER_ENTRY_BYTES / 4
const STATUS_WORD = 0
const INTENT_WORD = 1
const NAP_WORD = 2
/** Words of an entry that are in use; what follows them stays 0. */
export const PEER_ENTRY_USED_WORDS = 3

const STATE_BITS = 2
const STATE_MASK = 0b11
const EMPTY = 0
const LIVE = 1
const DEAD = 2

/** A compare-and-swap loop sleeps after this many failures in a row. */
export const CAS_FAILURES_MAX = 64
/** How long it sleeps, in ms. */
const NAP_MS = 1

/** One handle's view of the peers. It remembers in which epoch each peer was joined through it. */
export class PeerTable {
  /** How many ids there are. */
  readonly capacity: number
  /** The words that hold the entries; others may lie before and behind them. */
  readonly #words: Int32Array
  /** Index in `#words` of the first entry. */
  readonly #firstIndex: number
  /** By peer id: the status that this handle's join stored; 0 (EMPTY, which no operation accepts) when it did not join. */
  readonly #joinedStatus: Int32Array

  /** @param firstIndex index in `words` of the first entry */
  constructor(words: Int32Array, firstIndex: number, capacity: number) {
    this.#words = words
    this.#firstIndex = firstIndex
    this.capacity = capacity
    this.#joinedStatus = new Int32Array(capacity)
  }

  /** Throws BadArgumentError unless `peer`, given as `argument`, is an id of this table. */
  requireId(argument: string, peer: number): void {
    // Written out: every operation begins here.
    if (typeof peer === 'number' && peer >= 0 && peer < this.capacity && Math.floor(peer) === peer) return
    throw new BadArgumentError(argument, peer, `an integer from 0 to ${this.capacity - 1}`)
  }

  /** Takes the id for this handle. Throws PeerStateError unless it is EMPTY. */
  join(peer: number): void {
    const words = this.#words
    const statusIndex = this.#statusIndex(peer)
    let failures = 0
    for (;;) {
      const status = Atomics.load(words, statusIndex)
      if ((status & STATE_MASK) !== EMPTY) throw new PeerStateError(peer, peerStateOf(status), 'EMPTY, an id that nobody uses')
      const joined = nextEpoch(status, LIVE)
      const seen = Atomics.compareExchange(words, statusIndex, status, joined)
      if (seen === status) {
        this.#joinedStatus[peer] = joined
        return
      }
      failures += 1
      if (failures % CAS_FAILURES_MAX === 0) this.nap(peer)
    }
  }

  /** Gives the id back. The caller has called {@link requireLive} and knows that nothing of the peer's is left. */
  leave(peer: number): void {
    const statusIndex = this.#statusIndex(peer)
    const joined = this.#joinedStatus[peer] as number
    const left = joined - LIVE + EMPTY
    const seen = Atomics.compareExchange(this.#words, statusIndex, joined, left)
    if (seen !== joined) throw new PeerStateError(peer, peerStateOf(seen), 'LIVE until it had left')
    this.#joinedStatus[peer] = 0
  }

  /** Declares that `peer` will never take another step. `byPeer` is the caller. */
  declareDead(peer: number, byPeer: number): void {
    this.requireLive(byPeer)
    if (peer === byPeer) throw new PeerStateError(peer, 'live', 'declared dead by another peer')
    const statusIndex = this.#statusIndex(peer)
    const status = Atomics.load(this.#words, statusIndex)
    if ((status & STATE_MASK) !== LIVE) throw new PeerStateError(peer, peerStateOf(status), 'LIVE')
    const declared = status - LIVE + DEAD
    const seen = Atomics.compareExchange(this.#words, statusIndex, status, declared)
    // Left or declared dead by another between the two lines. No second try: it could hit the id's next user.
    if (seen !== status) throw new PeerStateError(peer, peerStateOf(seen), 'LIVE until it was declared dead')
  }

  /** One load. */
  state(peer: number): PeerState {
    const status = this.loadStatus(peer)
    return peerStateOf(status)
  }

  /** Throws PeerStateError unless the peer is LIVE in the epoch in which this handle joined it. One load. */
  requireLive(peer: number): void {
    const statusIndex = this.#statusIndex(peer)
    const status = Atomics.load(this.#words, statusIndex)
    if (status === this.#joinedStatus[peer] && status !== 0) return
    throw new PeerStateError(peer, peerStateOf(status), 'LIVE and joined through this handle')
  }

  /** The status word: `epochOf` and `isDead` read it. */
  loadStatus(peer: number): number {
    const statusIndex = this.#statusIndex(peer)
    const status = Atomics.load(this.#words, statusIndex)
    return status
  }

  /** Frees a recovered peer's id for its next user. `deadStatus` is its status word as loaded while it was DEAD. */
  storeEmpty(peer: number, deadStatus: number): void {
    const statusIndex = this.#statusIndex(peer)
    const empty = nextEpoch(deadStatus, EMPTY)
    Atomics.store(this.#words, statusIndex, empty)
  }

  /** Epoch in which this handle joined the peer. Not a step. */
  joinedEpoch(peer: number): number {
    return epochOf(this.#joinedStatus[peer] as number)
  }

  /** Index of the peer's intent word in the words given to the constructor. */
  intentIndex(peer: number): number {
    return this.#firstIndex + peer * ENTRY_WORDS + INTENT_WORD
  }

  /** Blocks the thread for `ms` at most. Nobody notifies the nap word, so nothing ends the sleep early. */
  nap(peer: number, ms: number = NAP_MS): void {
    const napIndex = this.#firstIndex + peer * ENTRY_WORDS + NAP_WORD
    Atomics.wait(this.#words, napIndex, 0, ms)
  }

  #statusIndex(peer: number): number {
    return this.#firstIndex + peer * ENTRY_WORDS + STATUS_WORD
  }
}

/** The state in a status word. */
export function peerStateOf(status: number): PeerState {
  switch (status & STATE_MASK) {
    case EMPTY:
      return 'empty'
    case LIVE:
      return 'live'
    case DEAD:
      return 'dead'
    default:
      throw new CorruptStateError(`expected a peer's state to be 0, 1 or 2, got status word ${status}`)
  }
}

/** The epoch in a status word: 0 to 2^30 - 1. */
export function epochOf(status: number): number {
  return status >>> STATE_BITS
}

export function isLive(status: number): boolean {
  return (status & STATE_MASK) === LIVE
}

export function isDead(status: number): boolean {
  return (status & STATE_MASK) === DEAD
}

/** The status word of the epoch after that of `status`. The shift drops what does not fit in 30 bits. */
function nextEpoch(status: number, state: number): number {
  return ((epochOf(status) + 1) << STATE_BITS) | state
}
