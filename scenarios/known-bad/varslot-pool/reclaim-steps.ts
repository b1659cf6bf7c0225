// Reclaim, in parts that a known-bad variant replaces. Letters and numbers are the steps of the specification, as in
// primitives/varslot-reclaim.ts, which says why each step is where it is.

import { WAIT_MS_DEFAULT } from '../../../primitives/argument-checks.js'
import { PeerStateError } from '../../../primitives/errors.js'
import { isDead } from '../../../primitives/peer-table.js'
import { LOCK_FREE, lockHolderOf, lockWord } from '../../../primitives/recovery-lock.js'
import { INTENT_FREE, INTENT_NONE, INTENT_RECOVER, intentClassOf, intentNames, intentSlotOf } from '../../../primitives/slot-intent.js'
import { END } from '../../../primitives/slot-list.js'
import { LOCK_INDEX, nextIndexOf, type SizeClass, slotIndexOf } from '../../../primitives/varslot-pool/memory.js'
import type { ReclaimOptions, ReclaimReport } from '../../../primitives/varslot-pool/reclaim.js'
import { freeWord, generationOf, isAllocated, ownerOf } from '../../../primitives/varslot-pool/slot-word.js'
import { WaitBudget } from '../../../primitives/wait-budget.js'
import { SlotSteps } from './slot-steps.js'

/** What one call of reclaim did so far. */
export interface ReclaimProgress {
  readonly deadPeer: number
  readonly byPeer: number
  readonly budget: WaitBudget
  freedSlots: number
  recoveredLimbo: number
}

export class ReclaimSteps extends SlotSteps {
  reclaimPeerSlots(peerId: number, byPeer: number, options?: ReclaimOptions): ReclaimReport {
    const { words, peers } = this.memory
    this.requireLive(byPeer) // R0
    const status = peers.loadStatus(peerId)
    if (peerId === byPeer || !isDead(status)) throw new PeerStateError(peerId, peers.state(peerId), 'DEAD and not the peer that reclaims')
    const budget = new WaitBudget(peers, byPeer, options?.waitMsMax ?? WAIT_MS_DEFAULT)
    const progress = { deadPeer: peerId, byPeer, budget, freedSlots: 0, recoveredLimbo: 0 }
    const locked = this.takeLock(progress)
    if (!locked) return report(progress, false)
    const statusAgain = peers.loadStatus(peerId) // R2
    let complete = true
    if (isDead(statusAgain)) {
      this.freeOwned(progress)
      complete = this.recoverNamed(progress)
      if (complete) peers.storeEmpty(peerId, statusAgain) // R5
    }
    Atomics.store(words, LOCK_INDEX, LOCK_FREE) // R6
    return report(progress, complete)
  }

  /** R1: false if another peer keeps the lock. */
  protected takeLock(progress: ReclaimProgress): boolean {
    const { words } = this.memory
    const { byPeer } = progress
    const taken = this.lockWordOf(byPeer)
    for (;;) {
      const lock = Atomics.load(words, LOCK_INDEX)
      const holder = lockHolderOf(lock)
      if (holder !== undefined && holder !== byPeer) {
        const inTheWay = this.standsInTheWay(holder)
        if (inTheWay) {
          const waited = progress.budget.sleepFor(holder)
          if (!waited) return false
          continue
        }
      }
      const seen = Atomics.compareExchange(words, LOCK_INDEX, lock, taken)
      if (seen === lock) return true
    }
  }

  /** What the reclaim lock holds while the peer has it. */
  protected lockWordOf(peer: number): number {
    return lockWord(peer, this.memory.peers.joinedEpoch(peer))
  }

  /** Whether the holder of the reclaim lock may still be at work. */
  protected standsInTheWay(holder: number): boolean {
    const status = this.memory.peers.loadStatus(holder)
    return !isDead(status)
  }

  /** R3: frees what the dead peer owns. */
  protected freeOwned(progress: ReclaimProgress): void {
    const { words, classes } = this.memory
    for (const sizeClass of classes) {
      for (let slotIdx = 0; slotIdx < sizeClass.slotCount; slotIdx++) {
        const slotIndex = slotIndexOf(sizeClass, slotIdx)
        const word = Atomics.load(words, slotIndex)
        if (!isAllocated(word) || ownerOf(word) !== progress.deadPeer) continue
        this.announce(progress.byPeer, INTENT_FREE, sizeClass, slotIdx) // F1
        const claimed = this.claimOwned(sizeClass, slotIdx, word)
        if (claimed) {
          this.push(sizeClass, slotIdx)
          progress.freedSlots++
        }
        this.withdraw(progress.byPeer) // F7
      }
    }
  }

  /** F3 for a slot of the dead peer: false if another peer freed or adopted it since `word` was loaded. */
  protected claimOwned(sizeClass: SizeClass, slotIdx: number, word: number): boolean {
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    const freed = freeWord(generationOf(word))
    const seen = Atomics.compareExchange(this.memory.words, slotIndex, word, freed)
    return seen === word
  }

  /** N1 to N8: settles the slot that the dead peer's intent names; false if a living peer stands on it. */
  protected recoverNamed(progress: ReclaimProgress): boolean {
    const { words, classes, peers } = this.memory
    const intentIndex = peers.intentIndex(progress.deadPeer)
    const intent = Atomics.load(words, intentIndex) // N1
    if (intent === INTENT_NONE) return true
    const settled = this.settle(progress, classes[intentClassOf(intent)] as SizeClass, intentSlotOf(intent))
    if (settled) this.withdraw(progress.deadPeer) // N8
    return settled
  }

  /** N2 to N7: the slot is allocated, listed, or pushed by this call. */
  protected settle(progress: ReclaimProgress, sizeClass: SizeClass, slotIdx: number): boolean {
    const { words } = this.memory
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    for (;;) {
      const word = Atomics.load(words, slotIndex) // N2
      if (isAllocated(word)) return true
      const standing = this.firstScan(progress, sizeClass, slotIdx) // N3
      if (standing !== undefined) {
        const waited = progress.budget.sleepFor(standing)
        if (!waited) return false
        continue
      }
      const listed = this.isListed(sizeClass, slotIdx) // N4
      if (listed) return true
      const standingAgain = this.secondScan(progress, sizeClass, slotIdx) // N5
      if (standingAgain !== undefined) {
        const waited = progress.budget.sleepFor(standingAgain)
        if (!waited) return false
        continue
      }
      const wordAgain = Atomics.load(words, slotIndex) // N6
      if (wordAgain !== word) continue
      this.pushRecovered(progress, sizeClass, slotIdx)
      return true
    }
  }

  /** N3: a peer that may still take or give the slot. */
  protected firstScan(progress: ReclaimProgress, sizeClass: SizeClass, slotIdx: number): number | undefined {
    return this.scan(progress, sizeClass, slotIdx)
  }

  /** N5. */
  protected secondScan(progress: ReclaimProgress, sizeClass: SizeClass, slotIdx: number): number | undefined {
    return this.scan(progress, sizeClass, slotIdx)
  }

  protected scan(progress: ReclaimProgress, sizeClass: SizeClass, slotIdx: number): number | undefined {
    const { words, peers } = this.memory
    for (let peer = 0; peer < peers.capacity; peer++) {
      if (peer === progress.deadPeer || peer === progress.byPeer) continue
      const intentIndex = peers.intentIndex(peer)
      const intent = Atomics.load(words, intentIndex)
      if (!intentNames(intent, sizeClass.classIdx, slotIdx)) continue
      const status = peers.loadStatus(peer)
      if (!isDead(status)) return peer
    }
    return undefined
  }

  /** N4: whether a walk from the head meets the slot. */
  protected isListed(sizeClass: SizeClass, slotIdx: number): boolean {
    const { words, heads, taggedHead } = this.memory
    for (;;) {
      const head = Atomics.load(heads, sizeClass.headIndex)
      let at = taggedHead.low(head)
      for (let walked = 0; walked <= sizeClass.slotCount; walked++) {
        if (at === END) return false
        if (at === slotIdx) return true
        const nextIndex = nextIndexOf(sizeClass, at)
        at = Atomics.load(words, nextIndex)
      }
    }
  }

  /** N7. */
  protected pushRecovered(progress: ReclaimProgress, sizeClass: SizeClass, slotIdx: number): void {
    this.announce(progress.byPeer, INTENT_RECOVER, sizeClass, slotIdx)
    this.push(sizeClass, slotIdx)
    this.withdraw(progress.byPeer)
    progress.recoveredLimbo++
  }
}

function report({ freedSlots, recoveredLimbo, budget }: ReclaimProgress, complete: boolean): ReclaimReport {
  const { blockedBy } = budget
  return complete || blockedBy === undefined ? { complete, freedSlots, recoveredLimbo } : { complete, freedSlots, recoveredLimbo, blockedBy }
}
