// Taking back what a dead peer q left behind: the slots that it owned (R3), and the one slot that stood between two steps of
// its last operation (N1 to N8), which is free and off its list, so that only the dead peer's intent names it. The caller p is
// a LIVE peer. Steps are numbered as in the specification of the pool.
//
// One reclaimer works at a time, under the reclaim lock; a reclaimer that died is replaced by the next one, and every part
// may be repeated.
//
// Why N2 to N6 are enough. A slot that only a dead peer can reach is off every list and free for good, so the steps look for a
// lasting fact. A peer that takes a slot in between names it in its intent before the pop and keeps it named until the slot
// word carries a new generation, so N5 or N6 sees it. A peer that frees the slot names it before its compare-and-swap and
// until its push is done, so N3 sees it or the walk N4 finds the slot. Every listed slot above i was pushed after i, and a
// slot's next is rewritten only by a push, so the walk cannot step past a slot that stays listed, nor meet one that stays
// off. Leaving out either scan is wrong.

import { CorruptStateError, PeerStateError } from './errors.js'
import { isDead, peerStateOf } from './peer-table.js'
import { LOCK_FREE, takeRecoveryLock } from './recovery-lock.js'
import { INTENT_FREE, INTENT_NONE, INTENT_RECOVER, intentClassOf, intentKindOf, intentNames, intentSlotOf, intentWord } from './slot-intent.js'
import { pushSlot, walkMeets } from './varslot-free-list.js'
import { LOCK_INDEX, type PoolMemory, type SizeClass, slotIndexOf } from './varslot-memory.js'
import { freeWord, generationOf, isAllocated, ownerOf } from './varslot-slot-word.js'
import { WaitBudget } from './wait-budget.js'

export interface ReclaimOptions {
  /** How long the call may wait for LIVE peers in all, in ms: 0 to 600,000, default 1000. */
  readonly waitMsMax?: number
}

export interface ReclaimReport {
  /** False: the peer stays DEAD, and the call is to be made again later. */
  readonly complete: boolean
  /** Slots owned by the dead peer that this call freed. */
  readonly freedSlots: number
  /** Slots between two steps of the dead peer that this call put back on their list: 0 or 1. */
  readonly recoveredLimbo: number
  /** The LIVE peer that the call waited for in vain: its intent names the slot in question, or it holds the reclaim lock. */
  readonly blockedBy?: number
}

/** Steps R0 to R6. Both peers are in range. */
export function reclaimDeadPeer(memory: PoolMemory, deadPeer: number, byPeer: number, waitMsMax: number): ReclaimReport {
  const { peers } = memory
  peers.requireLive(byPeer) // R0
  if (deadPeer === byPeer) throw new PeerStateError(deadPeer, 'live', 'DEAD and not the peer that reclaims')
  const status = peers.loadStatus(deadPeer) // R0
  if (!isDead(status)) throw new PeerStateError(deadPeer, peerStateOf(status), 'DEAD')
  const reclaim = new Reclaim(memory, deadPeer, byPeer, waitMsMax)
  return reclaim.run()
}

/** One call of {@link reclaimDeadPeer}. */
class Reclaim {
  readonly #memory: PoolMemory
  /** q: the peer that is reclaimed. */
  readonly #deadPeer: number
  /** p: the caller. */
  readonly #byPeer: number
  /** What is left of the time for waiting, and who was waited for. */
  readonly #budget: WaitBudget
  /** Slots freed so far by this call. */
  #freedSlots = 0
  /** 1 once this call has put the named slot back. */
  #recoveredLimbo = 0

  constructor(memory: PoolMemory, deadPeer: number, byPeer: number, waitMsMax: number) {
    this.#memory = memory
    this.#deadPeer = deadPeer
    this.#byPeer = byPeer
    this.#budget = new WaitBudget(memory.peers, byPeer, waitMsMax)
  }

  run(): ReclaimReport {
    const { words, peers } = this.#memory
    const locked = takeRecoveryLock(words, LOCK_INDEX, peers, this.#byPeer, this.#budget) // R1
    if (!locked) return this.#report(false)
    const status = peers.loadStatus(this.#deadPeer) // R2
    let complete = true
    // Not DEAD any more: another reclaimer was here before, and the id may already have a new user.
    if (isDead(status)) {
      this.#freeOwnedSlots() // R3
      complete = this.#recoverNamedSlot() // N1..N8
      if (complete) peers.storeEmpty(this.#deadPeer, status) // R5
    }
    Atomics.store(words, LOCK_INDEX, LOCK_FREE) // R6
    return this.#report(complete)
  }

  /** R3. Peers that run may free and adopt the same slots meanwhile; whoever changes the slot word first has it. */
  #freeOwnedSlots(): void {
    const { words, classes } = this.#memory
    for (let classIdx = 0; classIdx < classes.length; classIdx++) {
      const sizeClass = classes[classIdx] as SizeClass
      for (let slotIdx = 0; slotIdx < sizeClass.slotCount; slotIdx++) {
        const slotIndex = slotIndexOf(sizeClass, slotIdx)
        const word = Atomics.load(words, slotIndex)
        if (!isAllocated(word) || ownerOf(word) !== this.#deadPeer) continue
        this.#freeOwnedSlot(sizeClass, slotIdx, word)
      }
    }
  }

  /** F1 to F7 for a slot of the dead peer, whose word was loaded as `ownedWord`. A changed word means that it is another's. */
  #freeOwnedSlot(sizeClass: SizeClass, slotIdx: number, ownedWord: number): void {
    const { words, peers } = this.#memory
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    const intentIndex = peers.intentIndex(this.#byPeer)
    const intent = intentWord(INTENT_FREE, sizeClass.classIdx, slotIdx)
    const freed = freeWord(generationOf(ownedWord))
    Atomics.store(words, intentIndex, intent) // F1
    const word = Atomics.load(words, slotIndex) // F2
    if (word === ownedWord) {
      const seen = Atomics.compareExchange(words, slotIndex, ownedWord, freed) // F3
      if (seen === ownedWord) {
        pushSlot(this.#memory, this.#byPeer, sizeClass, slotIdx) // F4..F6
        this.#freedSlots += 1
      }
    }
    Atomics.store(words, intentIndex, INTENT_NONE) // F7, F9
  }

  /** N1 to N8. False if a LIVE peer stood on the slot until the time was over. */
  #recoverNamedSlot(): boolean {
    const { words, classes, peers } = this.#memory
    const deadIntentIndex = peers.intentIndex(this.#deadPeer)
    const intent = Atomics.load(words, deadIntentIndex) // N1
    if (intent === INTENT_NONE) return true
    const sizeClass = classes[intentClassOf(intent)]
    const slotIdx = intentSlotOf(intent)
    if (intentKindOf(intent) === undefined || sizeClass === undefined || slotIdx >= sizeClass.slotCount) {
      throw new CorruptStateError(`expected the intent of peer ${this.#deadPeer} to name a slot of the pool, got ${intent}`)
    }
    const settled = this.#settleSlot(sizeClass, slotIdx) // N2..N7
    if (settled) Atomics.store(words, deadIntentIndex, INTENT_NONE) // N8
    return settled
  }

  /** N2 to N7: the slot is allocated, listed, or pushed by this call. False if the time was over before one was certain. */
  #settleSlot(sizeClass: SizeClass, slotIdx: number): boolean {
    const { words } = this.#memory
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    for (;;) {
      const word = Atomics.load(words, slotIndex) // N2
      if (isAllocated(word)) return true
      const standing = this.#findPeerNaming(sizeClass.classIdx, slotIdx) // N3
      if (standing !== undefined) {
        const waited = this.#budget.sleepFor(standing)
        if (!waited) return false
        continue
      }
      const listed = this.#walkFor(sizeClass, slotIdx) // N4
      if (listed === undefined) return false
      if (listed) return true
      const standingAgain = this.#findPeerNaming(sizeClass.classIdx, slotIdx) // N5
      if (standingAgain !== undefined) {
        const waited = this.#budget.sleepFor(standingAgain)
        if (!waited) return false
        continue
      }
      const wordAgain = Atomics.load(words, slotIndex) // N6
      if (wordAgain !== word) continue
      this.#pushLimbo(sizeClass, slotIdx) // N7
      return true
    }
  }

  /** N3 and N5: a peer whose intent names the slot and that is not DEAD; the caller and the dead peer do not count. */
  #findPeerNaming(classIdx: number, slotIdx: number): number | undefined {
    const { words, peers } = this.#memory
    for (let peer = 0; peer < peers.capacity; peer++) {
      if (peer === this.#deadPeer || peer === this.#byPeer) continue
      const intentIndex = peers.intentIndex(peer)
      const intent = Atomics.load(words, intentIndex)
      if (!intentNames(intent, classIdx, slotIdx)) continue
      const status = peers.loadStatus(peer)
      if (!isDead(status)) return peer
    }
    return undefined
  }

  /** N4: whether the slot is on its list; undefined if the list changed under every walk until the time was over. */
  #walkFor(sizeClass: SizeClass, slotIdx: number): boolean | undefined {
    for (;;) {
      const met = walkMeets(this.#memory, sizeClass, slotIdx)
      if (met !== undefined) return met
      const expired = this.#budget.expired()
      if (expired) {
        this.#budget.blockedBy = undefined
        return undefined
      }
    }
  }

  #pushLimbo(sizeClass: SizeClass, slotIdx: number): void {
    const { words, peers } = this.#memory
    const intentIndex = peers.intentIndex(this.#byPeer)
    const intent = intentWord(INTENT_RECOVER, sizeClass.classIdx, slotIdx)
    Atomics.store(words, intentIndex, intent)
    pushSlot(this.#memory, this.#byPeer, sizeClass, slotIdx)
    Atomics.store(words, intentIndex, INTENT_NONE)
    this.#recoveredLimbo += 1
  }

  #report(complete: boolean): ReclaimReport {
    const report = { complete, freedSlots: this.#freedSlots, recoveredLimbo: this.#recoveredLimbo }
    const { blockedBy } = this.#budget
    return complete || blockedBy === undefined ? report : { ...report, blockedBy }
  }
}
