// MM-8: POISONED is set if a handed-out write guard ended without `release()` (exception or crash), and only then; cleared only by free.
//
// Where POISONED appears in a lock word there must be a call that gives up a write guard of the slot, or a recovery of a peer that died with
// one; where it disappears, a free of the message, or a recovery. When such a call or recovery returns and the message is still there, it
// must be POISONED. No message is when its store returns. A peer that died inside `release` may have been either side of it, so both are right then.
//
// Cost: one word for each slot after every step that wrote; the guards when a recovery returns.

import type { HistoryEvent, Invariant } from '../../sim/invariant.js'
import { judgedChanges } from '../judged-changes.js'
import * as events from './manager-events.js'
import { FREEING, ManagerLedger, POISON, RELEASE, WRITE_GUARD } from './manager-ledger.js'
import { generationOf, holds, lockWatch, type ManagerWords, type ManagerWordsOf, messageText, POISONED } from './manager-words.js'

/** MM-8: a message is poisoned exactly if one of its writers did not come to its end. */
export function poisonMeansBrokenWrite<World>(memoryOf: ManagerWordsOf<World>): Invariant<World> {
  const ledger = new ManagerLedger()

  function judge(slot: number, before: number, after: number): string | undefined {
    if (((before ^ after) & POISONED) === 0) return undefined
    const generation = generationOf(ledger.memory.word(slot))
    if ((after & POISONED) !== 0) {
      if (ledger.isCalled(POISON, slot, generation) || diedWriting(slot, generation)) return undefined
      return `${messageText(slot, generation)} was poisoned, but no writer of it failed`
    }
    if (ledger.isCalled(FREEING, slot, generation) || ledger.anyRecovery()) return undefined
    return `${messageText(slot, generation)} is no longer poisoned, but nobody frees it`
  }

  /** Whether a peer died with a write guard on the message, or while it let go of one, and is being recovered. */
  function diedWriting(slot: number, generation: number): boolean {
    for (let peer = 0; peer < ledger.peerLimit; peer++) {
      if (ledger.dead[peer] === 0 || !ledger.isRecovered(ledger.as[peer] as number)) continue
      if (ledger.guard(peer, slot) === WRITE_GUARD && ledger.guardGeneration(peer, slot) === generation) return true
      const call = ledger.call[peer]
      const lettingGo = (call === RELEASE || call === POISON) && ledger.callWrites[peer] === 1
      if (lettingGo && ledger.callAbout[peer] === slot && ledger.callGeneration[peer] === generation) return true
    }
    return false
  }

  /** What is wrong with the messages that the dead peer with this id was writing. */
  function judgeRecovered(memory: ManagerWords, id: number): string | undefined {
    for (let peer = 0; peer < ledger.peerLimit; peer++) {
      if (ledger.dead[peer] === 0 || ledger.as[peer] !== id) continue
      for (let slot = 0; slot < memory.capacity; slot++) {
        if (ledger.guard(peer, slot) !== WRITE_GUARD) continue
        const message = requirePoisoned(memory, slot, ledger.guardGeneration(peer, slot), `${id} died while it wrote`)
        if (message !== undefined) return message
      }
    }
    return undefined
  }

  function judgeEvent(event: HistoryEvent, memory: ManagerWords): string | undefined {
    if (event.kind !== 'event') return undefined
    switch (event.name) {
      case events.RECOVERED:
        return judgeRecovered(memory, (event.data as events.RecoverEvent).peer)
      case events.STORED: {
        const { slot, generation } = event.data as events.MessageEvent
        return (memory.lock(slot) & POISONED) === 0 ? undefined : `${messageText(slot, generation)} is poisoned, and was only just stored`
      }
      case events.POISONED: {
        const { as, slot, generation } = event.data as events.GuardEvent
        return requirePoisoned(memory, slot, generation, `${as} gave up writing`)
      }
      default:
        return undefined
    }
  }

  return { name: 'poison-means-broken-write', ...judgedChanges(memoryOf, ledger, lockWatch(), judge, judgeEvent) }
}

function requirePoisoned(memory: ManagerWords, slot: number, generation: number, why: string): string | undefined {
  if (!holds(memory.word(slot), generation) || (memory.lock(slot) & POISONED) !== 0) return undefined
  return `${why} ${messageText(slot, generation)}, and it is not poisoned`
}
