// MM-9: FREE, unlisted slots are named by an intent; FILLING slots have a LIVE or DEAD owner that has not finished storing.
//
// Memory does not say who put a slot into limbo, so the check asks for any intent that names it; a slot without one is lost if its peer dies
// now. Checked after every step that wrote.
//
// Cost: one word for each slot, one more for each listed one; the intents only when a slot is in limbo.

import type { Invariant } from '../../sim/invariant.js'
import { ManagerLedger, STORE } from './manager-ledger.js'
import { FILLING, FREE, generationOf, type ManagerWordsOf, ownerOf, STATE_EMPTY, stateOf } from './manager-words.js'

/** MM-9: of each slot that holds no message somebody can be found who has it in hand. */
export function unlistedSlotsAreNamed<World>(memoryOf: ManagerWordsOf<World>): Invariant<World> {
  const ledger = new ManagerLedger()
  /** By slot: the number of the check that last met it on the list. */
  let marks = new Int32Array(0)
  let check = 0

  function isStoring(id: number): boolean {
    for (let peer = 0; peer < ledger.peerLimit; peer++) if (ledger.call[peer] === STORE && ledger.as[peer] === id) return true
    return false
  }

  return {
    name: 'unlisted-slots-are-named',
    when: 'writes',
    begin(world) {
      const memory = memoryOf(world)
      ledger.begin(memory)
      if (marks.length !== memory.capacity) marks = new Int32Array(memory.capacity)
      else marks.fill(0)
      check = 0
    },
    everyStep(world) {
      const memory = memoryOf(world)
      memory.markListed(marks, ++check)
      for (let slot = 0; slot < memory.capacity; slot++) {
        if (marks[slot] === check) continue
        const word = memory.word(slot)
        if (stateOf(word) === FREE && !memory.isNamed(slot)) return `slot ${slot} is free but not listed, and no intent names it`
        if (stateOf(word) !== FILLING) continue
        const owner = ownerOf(word)
        if (memory.peerState(owner) === STATE_EMPTY) return `slot ${slot}, generation ${generationOf(word)}, is filled by ${owner}, an id that nobody uses`
        if (!isStoring(owner)) return `slot ${slot}, generation ${generationOf(word)}, is filled by ${owner}, which is not storing`
      }
      return undefined
    },
    onEvent(event) {
      ledger.note(event)
      return undefined
    },
  }
}
