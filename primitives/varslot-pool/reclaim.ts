// Taking back what a dead peer q left behind: the slots that it owned (R3), and the one slot that stood between two steps of
// its last operation (N1 to N8: limbo-recovery.ts). The caller p is a LIVE peer. Steps are numbered as in the specification of the pool.
//
// One reclaimer works at a time, under the reclaim lock; a reclaimer that died is replaced by the next one, and every part
// may be repeated.

import { PeerStateError } from '../errors.js'
import { recoverNamedSlot } from '../limbo-recovery.js'
import { isDead, peerStateOf } from '../peer-table.js'
import { LOCK_FREE, takeRecoveryLock } from '../recovery-lock.js'
import { INTENT_FREE } from '../slot-intent.js'
import { WaitBudget } from '../wait-budget.js'
import { LOCK_INDEX, type PoolMemory, type SizeClass, slotIndexOf } from './memory.js'
import { freeWord, generationOf, isAllocated, ownerOf } from './slot-word.js'

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
    const { words } = this.#memory
    const { list } = sizeClass
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    const freed = freeWord(generationOf(ownedWord))
    list.announce(INTENT_FREE, slotIdx, this.#byPeer) // F1
    const word = Atomics.load(words, slotIndex) // F2
    if (word === ownedWord) {
      const seen = Atomics.compareExchange(words, slotIndex, ownedWord, freed) // F3
      if (seen === ownedWord) {
        list.push(slotIdx, this.#byPeer) // F4..F6
        this.#freedSlots += 1
      }
    }
    list.withdraw(this.#byPeer) // F7, F9
  }

  /** N1 to N8. False if a LIVE peer stood on the slot until the time was over. */
  #recoverNamedSlot(): boolean {
    const { words, peers, classes } = this.#memory
    const lists = classes.map((sizeClass) => sizeClass.list)
    const cast = { deadPeer: this.#deadPeer, byPeer: this.#byPeer, budget: this.#budget }
    const outcome = recoverNamedSlot({ words, peers, lists, isFree: isNotAllocated }, cast)
    if (outcome === 'pushed') this.#recoveredLimbo += 1
    return outcome !== 'blocked'
  }

  #report(complete: boolean): ReclaimReport {
    const report = { complete, freedSlots: this.#freedSlots, recoveredLimbo: this.#recoveredLimbo }
    const { blockedBy } = this.#budget
    return complete || blockedBy === undefined ? report : { ...report, blockedBy }
  }
}

function isNotAllocated(slotWord: number): boolean {
  return !isAllocated(slotWord)
}
