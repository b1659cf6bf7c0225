// MM-11: no peer waits although the lock it wants is free and nobody else holds or wants it (beyond one wait slice).
//
// Waits are bounded, so a peer that waits for nothing times out. A time-out names who was in the way: at least one of them must be another
// peer that, by the ghost record, held a guard on the slot, or asked for one, freed or recovered, at some moment of the call. A peer that
// died counts until it is recovered. At the end the same is asked of the peers that are still inside a call.
//
// Cost: nothing after a step; one entry for each peer at each event of a guard.

import type { Invariant } from '../../sim/invariant.js'
import { ACTORS_MAX } from '../open-calls.js'
import * as events from './manager-events.js'
import { FREEING, ManagerLedger, NO_GUARD, OPEN, RECOVER } from './manager-ledger.js'
import type { ManagerWordsOf } from './manager-words.js'

const TIMEOUT_CODE = 'MM_LOCK_TIMEOUT'

/** MM-11: whoever waits for a lock waits for somebody. */
export function nobodyWaitsForNothing<World>(memoryOf: ManagerWordsOf<World>): Invariant<World> {
  const ledger = new ManagerLedger()
  /** By simulated peer in a call for a lock: ids of the others that had to do with the slot since the call began. Bit n: id n. */
  const involved = new Int32Array(ACTORS_MAX)

  function isWaiting(peer: number): boolean {
    return ledger.dead[peer] === 0 && (ledger.call[peer] === OPEN || ledger.call[peer] === FREEING)
  }

  /** Whether a peer has to do with the slot right now. */
  function hasToDo(peer: number, slot: number): boolean {
    return ledger.guard(peer, slot) !== NO_GUARD || ledger.isAtLock(peer, slot) || ledger.call[peer] === RECOVER
  }

  /** Adds to every peer that waits the others that have to do with its slot now. */
  function look(): void {
    for (let waiter = 0; waiter < ledger.peerLimit; waiter++) {
      if (!isWaiting(waiter)) continue
      for (let other = 0; other < ledger.peerLimit; other++) {
        const as = ledger.as[other] as number
        if (other !== waiter && as >= 0 && hasToDo(other, ledger.callAbout[waiter] as number)) involved[waiter] = (involved[waiter] as number) | (1 << as)
      }
    }
  }

  return {
    name: 'nobody-waits-for-nothing',
    begin(world) {
      ledger.begin(memoryOf(world))
      involved.fill(0)
    },
    onEvent(event) {
      if (event.kind !== 'event') {
        ledger.note(event)
        return undefined
      }
      const { peer, name } = event
      let message: string | undefined
      if (name === events.OPEN_REFUSED || name === events.FREE_REFUSED) {
        const { as, slot, code, blockers = [] } = event.data as events.RefusedEvent
        // An id that nobody can have says that somebody is in the way, and not who.
        const mask = (involved[peer] as number) & ~(1 << as)
        const real = blockers.filter((id) => (id < 16 ? (mask & (1 << id)) !== 0 : mask !== 0))
        if (code === TIMEOUT_CODE && real.length === 0) {
          const named = blockers.length === 0 ? 'nobody' : blockers.join(', ')
          message = `${as} waited in vain for the lock of slot ${slot}, because of ${named}; but nobody else had to do with the slot`
        }
      }
      ledger.note(event)
      if (name === events.OPENING || name === events.FREEING) involved[peer] = 0
      look()
      return message
    },
    atEnd() {
      for (let waiter = 0; waiter < ledger.peerLimit; waiter++) {
        if (!isWaiting(waiter)) continue
        const slot = ledger.callAbout[waiter] as number
        let others = 0
        for (let other = 0; other < ledger.peerLimit; other++) if (other !== waiter && hasToDo(other, slot)) others++
        if (others === 0) return `${ledger.as[waiter]} waits for the lock of slot ${slot} for good, but nobody else has to do with the slot`
      }
      return undefined
    },
  }
}
