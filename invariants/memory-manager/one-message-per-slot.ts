// MM-5: two stores without a free between them never return tokens of one slot.
//
// Checked when a store returns: since the store before it in the same slot, the slot word must have stopped saying "READY, of that
// generation".
//
// Cost: one word for each slot after every step that wrote.

import type { Invariant } from '../../sim/invariant.js'
import { type MessageEvent, STORED } from './manager-events.js'
import { generationOf, holds, type ManagerWordsOf, messageText, READY, stateOf, wordWatch } from './manager-words.js'

/** MM-5: a slot is given to one message at a time. */
export function oneMessagePerSlot<World>(memoryOf: ManagerWordsOf<World>): Invariant<World> {
  const watch = wordWatch()
  /** By slot: the generation that a store returned and that was not freed since; 0 when none. */
  let stored = new Int32Array(0)

  function follow(slot: number, before: number, after: number): undefined {
    const generation = stored[slot] as number
    if (generation !== 0 && holds(before, generation) && !holds(after, generation)) stored[slot] = 0
    return undefined
  }

  return {
    name: 'one-message-per-slot',
    when: 'writes',
    begin(world) {
      const memory = memoryOf(world)
      if (stored.length !== memory.capacity) stored = new Int32Array(memory.capacity)
      for (let slot = 0; slot < memory.capacity; slot++) {
        const word = memory.word(slot)
        stored[slot] = stateOf(word) === READY ? generationOf(word) : 0
      }
      watch.begin(memory)
    },
    everyStep(world) {
      return watch.look(memoryOf(world), follow)
    },
    onEvent(event, _history, world) {
      watch.look(memoryOf(world), follow)
      if (event.kind !== 'event' || event.name !== STORED) return undefined
      const { as, slot, generation } = event.data as MessageEvent
      const before = stored[slot] as number
      stored[slot] = generation
      return before === 0 ? undefined : `${as} stored ${messageText(slot, generation)}, where ${messageText(slot, before)} was not freed`
    },
  }
}
