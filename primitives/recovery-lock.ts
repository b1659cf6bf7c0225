// The lock under which one peer at a time recovers what dead peers left behind. A holder that died is replaced by the next taker.
//
// The word: 0 free, else bits 0..8 holder + 1 and bits 9..30 the low bits of the holder's epoch (peer-table.ts).
//
// The epoch is more than the published "peer + 1". Without it: p loads the lock of the dead holder x and finds x DEAD, pauses;
// another peer takes the lock over, recovers x and lets go; the id x is joined again and its new user takes the lock; p's
// compare-and-swap against "x + 1" succeeds, and two peers recover at once, which may list a slot twice.

import { CorruptStateError } from './errors.js'
import { CAS_FAILURES_MAX, isDead, isLive, type PeerTable } from './peer-table.js'
import type { WaitBudget } from './wait-budget.js'

const HOLDER_MASK = 0x1ff
const EPOCH_SHIFT = 9
const EPOCH_MASK = 0x3f_ffff

/** What the lock holds while it is free. */
export const LOCK_FREE = 0

/** What the lock holds while the peer has it that joined in this epoch. */
export function lockWord(peer: number, epoch: number): number {
  return ((epoch & EPOCH_MASK) << EPOCH_SHIFT) | (peer + 1)
}

/** The peer that holds the lock; undefined when it is free. */
export function lockHolderOf(lock: number): number | undefined {
  return lock === LOCK_FREE ? undefined : (lock & HOLDER_MASK) - 1
}

/**
 * Takes the lock at `lockIndex` of `words` for `byPeer`, which is LIVE. False if a LIVE peer kept it until the time was over. To let go,
 * store LOCK_FREE.
 */
export function takeRecoveryLock(words: Int32Array, lockIndex: number, peers: PeerTable, byPeer: number, budget: WaitBudget): boolean {
  const taken = lockWord(byPeer, peers.joinedEpoch(byPeer))
  let failures = 0
  for (;;) {
    const lock = Atomics.load(words, lockIndex)
    const holder = lockHolderOf(lock)
    if (holder !== undefined && holder !== byPeer) {
      if (holder >= peers.capacity) throw new CorruptStateError(`expected a peer below ${peers.capacity} to hold the recovery lock, got ${holder}`)
      const status = peers.loadStatus(holder)
      if (!isDead(status)) {
        // EMPTY: the holder let go and left after the load of the lock.
        const waited = budget.sleepFor(isLive(status) ? holder : undefined)
        if (!waited) return false
        continue
      }
    }
    const seen = Atomics.compareExchange(words, lockIndex, lock, taken)
    if (seen === lock) return true
    failures += 1
    if (failures % CAS_FAILURES_MAX === 0) peers.nap(byPeer)
  }
}
