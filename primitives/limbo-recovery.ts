// Putting back the one slot that a dead peer q may have left in limbo (slot-list.ts): free and off its list, so that only q's intent names
// it. The caller p is a LIVE peer and holds the recovery lock, so nobody else recovers meanwhile; all others may run. Every part may be
// repeated. Steps are numbered N1 to N8 as in the specification of the slot pool.
//
// Why N2 to N6 are enough. A slot that only a dead peer can reach is off every list and free for good, so the steps look for a
// lasting fact. A peer that takes a slot in between names it in its intent before the pop and keeps it named until the slot
// word carries a new generation, so N5 or N6 sees it. A peer that frees the slot names it before its compare-and-swap and
// until its push is done, so N3 sees it or the walk N4 finds the slot. Every listed slot above i was pushed after i, and a
// slot's next is rewritten only by a push, so the walk cannot step past a slot that stays listed, nor meet one that stays
// off. Leaving out either scan is wrong.

import { CorruptStateError } from './errors.js'
import { isDead, type PeerTable } from './peer-table.js'
import { INTENT_NONE, INTENT_RECOVER, intentClassOf, intentKindOf, intentNames, intentSlotOf } from './slot-intent.js'
import type { SlotList } from './slot-list.js'
import type { WaitBudget } from './wait-budget.js'

/** The object whose slots are recovered. */
export interface SlottedObject {
  readonly words: Int32Array
  readonly peers: PeerTable
  /** By class. */
  readonly lists: readonly SlotList[]
  /** Whether a slot word says that the slot is free: listed, or in limbo. */
  readonly isFree: (slotWord: number) => boolean
}

/** Who recovers whom, and how long it may wait. */
export interface RecoveryCast {
  /** q: the peer that is recovered. */
  readonly deadPeer: number
  /** p: the caller. */
  readonly byPeer: number
  /** What is left of the time for waiting, and who was waited for. */
  readonly budget: WaitBudget
}

/** `blocked`: a LIVE peer stood on the slot until the time was over. `pushed`: the slot was in limbo, and is listed now. */
export type LimboOutcome = 'settled' | 'pushed' | 'blocked'

/** N1 to N8: afterwards the dead peer's intent names nothing, unless the outcome is `blocked`. */
export function recoverNamedSlot(object: SlottedObject, cast: RecoveryCast): LimboOutcome {
  const { words, peers, lists } = object
  const deadIntentIndex = peers.intentIndex(cast.deadPeer)
  const intent = Atomics.load(words, deadIntentIndex) // N1
  if (intent === INTENT_NONE) return 'settled'
  const list = lists[intentClassOf(intent)]
  const slotIdx = intentSlotOf(intent)
  if (intentKindOf(intent) === undefined || list === undefined || slotIdx >= list.slotCount) {
    throw new CorruptStateError(`expected the intent of peer ${cast.deadPeer} to name a slot, got ${intent}`)
  }
  const outcome = settleSlot(object, cast, list, slotIdx) // N2..N7
  if (outcome !== 'blocked') Atomics.store(words, deadIntentIndex, INTENT_NONE) // N8
  return outcome
}

/** N2 to N7: the slot is in use, listed, or pushed by this call. */
function settleSlot(object: SlottedObject, cast: RecoveryCast, list: SlotList, slotIdx: number): LimboOutcome {
  const { words } = object
  const slotIndex = list.slotIndexOf(slotIdx)
  for (;;) {
    const word = Atomics.load(words, slotIndex) // N2
    if (!object.isFree(word)) return 'settled'
    const standing = findPeerNaming(object, cast, list.classIdx, slotIdx) // N3
    if (standing !== undefined) {
      const waited = cast.budget.sleepFor(standing)
      if (!waited) return 'blocked'
      continue
    }
    const listed = walkFor(list, slotIdx, cast.budget) // N4
    if (listed === undefined) return 'blocked'
    if (listed) return 'settled'
    const standingAgain = findPeerNaming(object, cast, list.classIdx, slotIdx) // N5
    if (standingAgain !== undefined) {
      const waited = cast.budget.sleepFor(standingAgain)
      if (!waited) return 'blocked'
      continue
    }
    const wordAgain = Atomics.load(words, slotIndex) // N6
    if (wordAgain !== word) continue
    list.announce(INTENT_RECOVER, slotIdx, cast.byPeer) // N7
    list.push(slotIdx, cast.byPeer)
    list.withdraw(cast.byPeer)
    return 'pushed'
  }
}

/** N3 and N5: a peer whose intent names the slot and that is not DEAD; the caller and the dead peer do not count. */
function findPeerNaming({ words, peers }: SlottedObject, cast: RecoveryCast, classIdx: number, slotIdx: number): number | undefined {
  for (let peer = 0; peer < peers.capacity; peer++) {
    if (peer === cast.deadPeer || peer === cast.byPeer) continue
    const intentIndex = peers.intentIndex(peer)
    const intent = Atomics.load(words, intentIndex)
    if (!intentNames(intent, classIdx, slotIdx)) continue
    const status = peers.loadStatus(peer)
    if (!isDead(status)) return peer
  }
  return undefined
}

/** N4: whether the slot is on its list; undefined if the list changed under every walk until the time was over. */
function walkFor(list: SlotList, slotIdx: number, budget: WaitBudget): boolean | undefined {
  for (;;) {
    const met = list.meets(slotIdx)
    if (met !== undefined) return met
    const expired = budget.expired()
    if (expired) {
      budget.blockedBy = undefined
      return undefined
    }
  }
}
