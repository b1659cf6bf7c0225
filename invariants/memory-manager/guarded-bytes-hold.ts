// MM-4: the bytes under a read or header guard do not change and belong to the token's generation.
//
// For each slot the bytes of the last whole message are kept: those that were there when a store returned, or when a writer was about to
// release. A guard must show these, when it is handed out, when it is used and when it is about to end. So a message that a dead writer
// left half-written is found as well.
//
// Cost: nothing after a step; all bytes of the message at each event of a guard, so for small messages.

import type { Invariant } from '../../sim/invariant.js'
import * as events from './manager-events.js'
import { generationOf, holds, type ManagerWords, type ManagerWordsOf, messageText, READY, stateOf } from './manager-words.js'

const UNCHANGED = -1

/** MM-4: under a guard there is the message that the token names, whole, and it stays as it is. */
export function guardedBytesHold<World>(memoryOf: ManagerWordsOf<World>): Invariant<World> {
  /** By slot: the last whole message, and its generation; 0 when none is known. */
  let copies = new Int32Array(0)
  let generations = new Int32Array(0)

  function keep(memory: ManagerWords, slot: number, generation: number): void {
    memory.copyMessage(slot, copies)
    generations[slot] = generation
  }

  function judge(memory: ManagerWords, { as, slot, generation, kind }: events.GuardEvent, when: string): string | undefined {
    const word = memory.word(slot)
    const isThere = holds(word, generation)
    const changed = isThere && generations[slot] === generation ? memory.changedWord(slot, copies) : UNCHANGED
    if (isThere && changed === UNCHANGED) return undefined
    const guard = `${as}, ${when} its ${kind} guard on ${messageText(slot, generation)},`
    if (isThere) return `${guard} sees word ${changed} of it other than its last writer left it`
    return `${guard} has a slot that ${stateOf(word) === READY ? `holds generation ${generationOf(word)}` : 'holds no message'}`
  }

  return {
    name: 'guarded-bytes-hold',
    begin(world) {
      const memory = memoryOf(world)
      const size = memory.capacity * memory.messageWords
      if (copies.length !== size) copies = new Int32Array(size)
      if (generations.length !== memory.capacity) generations = new Int32Array(memory.capacity)
      for (let slot = 0; slot < memory.capacity; slot++) {
        const word = memory.word(slot)
        keep(memory, slot, stateOf(word) === READY ? generationOf(word) : 0)
      }
    },
    onEvent(event, _history, world) {
      if (event.kind !== 'event') return undefined
      const memory = memoryOf(world)
      switch (event.name) {
        case events.STORED: {
          const { slot, generation } = event.data as events.MessageEvent
          keep(memory, slot, generation)
          return undefined
        }
        case events.OPENED:
          return judge(memory, event.data as events.GuardEvent, 'which has just got')
        case events.USED:
          return judge(memory, event.data as events.GuardEvent, 'using')
        case events.RELEASING: {
          const data = event.data as events.GuardEvent
          if (data.kind !== 'write') return judge(memory, data, 'about to release')
          keep(memory, data.slot, data.generation)
          return undefined
        }
        default:
          return undefined
      }
    },
  }
}
