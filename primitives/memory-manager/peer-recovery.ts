// Taking back what a dead peer q left behind: its places in the locks (V1), its messages (V2), and the slot that stood between two steps of
// its last operation (V3: limbo-recovery.ts). The caller p is a LIVE peer; all others run on. One peer recovers at a time, under the
// recovery lock; one that died is replaced by the next, and every part may be repeated.
//
// We differ from the published steps in two places:
//
// V1 also clears POISONED where q holds the write lock of a slot that is not READY. q stood between F3 and F4 of a free: the poisoned
// message is gone. Left there, the bit would spoil the next message in the slot. While q's name is in the word nobody else gets the lock,
// so a slot that is not READY cannot be poisoned before the compare-and-swap.
//
// V2 frees a message of q only by a compare-and-swap against the very word that says "of q". "freeShared as p" would look again after an
// adopt came in between, find the generation right, and free the message of its new owner.

import { PeerStateError } from '../errors.js'
import { type LimboOutcome, recoverNamedSlot } from '../limbo-recovery.js'
import { CAS_FAILURES_MAX, isDead, peerStateOf } from '../peer-table.js'
import { LOCK_FREE, takeRecoveryLock } from '../recovery-lock.js'
import { INTENT_FREE } from '../slot-intent.js'
import { WaitBudget } from '../wait-budget.js'
import type { CountedSlotList } from './counted-slot-list.js'
import { BorrowActiveError, LockTimeoutError } from './errors.js'
import { DIRTY, hasWriter, POISONED, SLEEPERS } from './lock-word.js'
import { lockIndexOf, type ManagerMemory, RECOVERY_LOCK_INDEX, wordIndexOf } from './manager-memory.js'
import type { SlotLocks } from './slot-locks.js'
import { FILLING, FREE, generationOf, isFree, isReady, slotOwnerOf, slotStateOf, slotWordOf } from './slot-word.js'

export interface RecoverReport {
  /** False: the peer stays DEAD, and the call is to be made again later. */
  readonly complete: boolean
  /** Slots in whose lock this call found the dead peer. */
  readonly locksReleased: number
  /** Messages that the dead peer was changing. */
  readonly poisonedSlots: number
  /** Slots of the dead peer that this call freed. */
  readonly freedSlots: number
  /** Slots between two steps of the dead peer that this call put back on the list: 0 or 1. */
  readonly recoveredLimbo: number
  /** The peer that the call waited for in vain: it holds a guard, its intent names the slot in question, or it recovers. */
  readonly blockedBy?: number
}

/** What one call found and did so far. */
export interface RecoveryProgress {
  /** q: the peer that is recovered. */
  readonly deadPeer: number
  /** p: the caller. */
  readonly byPeer: number
  /** What is left of the time for waiting, and who was waited for. */
  readonly budget: WaitBudget
  locksReleased: number
  poisonedSlots: number
  freedSlots: number
  recoveredLimbo: number
}

export class PeerRecovery {
  protected readonly memory: ManagerMemory
  protected readonly list: CountedSlotList
  protected readonly locks: SlotLocks

  constructor(memory: ManagerMemory, list: CountedSlotList, locks: SlotLocks) {
    this.memory = memory
    this.list = list
    this.locks = locks
  }

  /** R0 to R2, V1 to V4. Both peers are in range. Throws PeerStateError, CorruptStateError. */
  run(deadPeer: number, byPeer: number, waitMsMax: number): RecoverReport {
    const { words, peers } = this.memory
    peers.requireLive(byPeer) // R0
    if (deadPeer === byPeer) throw new PeerStateError(deadPeer, 'live', 'DEAD and not the peer that recovers')
    const status = peers.loadStatus(deadPeer) // R0
    if (!isDead(status)) throw new PeerStateError(deadPeer, peerStateOf(status), 'DEAD')
    const budget = new WaitBudget(peers, byPeer, waitMsMax)
    const progress = { deadPeer, byPeer, budget, locksReleased: 0, poisonedSlots: 0, freedSlots: 0, recoveredLimbo: 0 }
    const locked = takeRecoveryLock(words, RECOVERY_LOCK_INDEX, peers, byPeer, budget) // R1
    if (!locked) return reportOf(progress, false)
    const statusAgain = peers.loadStatus(deadPeer) // R2
    let complete = true
    // Not DEAD any more: another peer recovered it before, and the id may already have a new user.
    if (isDead(statusAgain)) {
      complete = this.recover(progress)
      if (complete) peers.storeEmpty(deadPeer, statusAgain) // V4
    }
    Atomics.store(words, RECOVERY_LOCK_INDEX, LOCK_FREE) // V4
    return reportOf(progress, complete)
  }

  /** V1 to V3. False if a LIVE peer was in the way until the time was over. */
  protected recover(progress: RecoveryProgress): boolean {
    const { capacity } = this.memory
    // All locks first: the dead peer may be in the lock of a slot that V2 waits for.
    for (let slotIdx = 0; slotIdx < capacity; slotIdx++) this.releaseLock(progress, slotIdx) // V1
    let blockedBy: number | undefined
    let complete = true
    for (let slotIdx = 0; slotIdx < capacity; slotIdx++) {
      const freed = this.freeOwned(progress, slotIdx) // V2
      if (freed) continue
      complete = false
      blockedBy ??= progress.budget.blockedBy
    }
    const outcome = this.recoverLimbo(progress) // V3
    if (outcome === 'pushed') progress.recoveredLimbo += 1
    progress.budget.blockedBy = blockedBy ?? progress.budget.blockedBy
    return complete && outcome !== 'blocked'
  }

  /** V1: takes the dead peer out of one lock. */
  protected releaseLock(progress: RecoveryProgress, slotIdx: number): void {
    const { words, peers } = this.memory
    const { deadPeer, byPeer } = progress
    const lockIndex = lockIndexOf(this.memory, slotIdx)
    let failures = 0
    for (;;) {
      const lock = Atomics.load(words, lockIndex)
      if (!this.locks.names(lock, deadPeer)) return
      let left = this.locks.withoutPeer(lock, deadPeer)
      let poisons = false
      if (hasWriter(lock, deadPeer)) {
        const gone = this.holdsNoMessage(slotIdx)
        poisons = !gone && this.leavesHalfWritten(lock)
        left = (left & ~(gone ? DIRTY | POISONED : DIRTY)) | (poisons ? POISONED : 0)
      }
      const seen = Atomics.compareExchange(words, lockIndex, lock, left)
      if (seen === lock) {
        progress.locksReleased += 1
        if (poisons) progress.poisonedSlots += 1
        if ((lock & SLEEPERS) !== 0) this.locks.wake(lockIndex)
        return
      }
      failures += 1
      if (failures % CAS_FAILURES_MAX === 0) peers.nap(byPeer)
    }
  }

  /** Whether the slot, whose write lock the dead peer holds, is not READY, so that what the lock says of a message means none. */
  protected holdsNoMessage(slotIdx: number): boolean {
    const wordIndex = wordIndexOf(this.memory, slotIdx)
    const word = Atomics.load(this.memory.words, wordIndex)
    return !isReady(word)
  }

  /** Whether the dead writer may have changed the message. */
  protected leavesHalfWritten(lock: number): boolean {
    return (lock & DIRTY) !== 0
  }

  /** V2: false if the slot is the dead peer's and somebody held a guard on it until the time was over. */
  protected freeOwned(progress: RecoveryProgress, slotIdx: number): boolean {
    const { words } = this.memory
    const wordIndex = wordIndexOf(this.memory, slotIdx)
    const word = Atomics.load(words, wordIndex)
    if (isFree(word) || slotOwnerOf(word) !== progress.deadPeer) return true
    // Nobody had the token of a message that was not finished, so nobody needs to be waited for.
    if (slotStateOf(word) === FILLING) {
      this.claimAndPush(progress, slotIdx, word, false)
      return true
    }
    const locked = this.tryLock(progress, slotIdx)
    if (!locked) return false
    this.claimAndPush(progress, slotIdx, word, true)
    return true
  }

  /** The write lock; false if others held it until the time was over. */
  protected tryLock(progress: RecoveryProgress, slotIdx: number): boolean {
    const { byPeer, budget } = progress
    const waitMs = budget.leftMs()
    try {
      this.locks.lockFree(slotIdx, byPeer, Math.max(0, waitMs))
      return true
    } catch (error) {
      // The caller may hold a guard itself: then it is in its own way.
      if (error instanceof BorrowActiveError) budget.blockedBy = byPeer
      else if (error instanceof LockTimeoutError) budget.blockedBy = error.readers[0] ?? error.writer ?? error.pending
      else throw error
      return false
    }
  }

  /** F2 to F8 against the word that says whose the slot is: a lost compare-and-swap means that it is another's by now. */
  protected claimAndPush(progress: RecoveryProgress, slotIdx: number, owned: number, locked: boolean): void {
    const { words } = this.memory
    const { byPeer } = progress
    const wordIndex = wordIndexOf(this.memory, slotIdx)
    const free = slotWordOf(FREE, 0, generationOf(owned))
    this.list.announce(INTENT_FREE, slotIdx, byPeer) // F2
    const seen = Atomics.compareExchange(words, wordIndex, owned, free) // F3
    const claimed = seen === owned
    if (locked) this.locks.unlockFree(slotIdx, byPeer, claimed) // F4
    if (claimed) {
      this.list.push(slotIdx, byPeer) // F5..F7
      progress.freedSlots += 1
    }
    this.list.withdraw(byPeer) // F8
  }

  /** V3. */
  protected recoverLimbo(progress: RecoveryProgress): LimboOutcome {
    const { words, peers } = this.memory
    return recoverNamedSlot({ words, peers, lists: [this.list], isFree }, progress)
  }
}

function reportOf(progress: RecoveryProgress, complete: boolean): RecoverReport {
  const { locksReleased, poisonedSlots, freedSlots, recoveredLimbo, budget } = progress
  const report = { complete, locksReleased, poisonedSlots, freedSlots, recoveredLimbo }
  return complete || budget.blockedBy === undefined ? report : { ...report, blockedBy: budget.blockedBy }
}
