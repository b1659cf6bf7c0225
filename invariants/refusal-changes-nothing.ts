// VS-11, MM-12: a call that throws a range, argument or state error leaves every shared byte unchanged. For any object in shared memory.
//
// The scenario announces each call that must throw (EXPECTING_REFUSAL) and says how it ended (REFUSED or ACCEPTED). Memory is copied
// at the first and compared at the second, so it is right only where no other peer runs in between: in scenarios with one peer.
//
// Cost: nothing after a step; the whole memory is read at both events, so for small ones.

import type { Invariant } from '../sim/invariant.js'
import { ACCEPTED, EXPECTING_REFUSAL, REFUSED } from './varslot-pool/slot-events.js'

/** The shared memory that is judged, word by word. */
export interface ComparedMemory {
  readonly words: Int32Array
}

/** VS-11: a call that must throw does throw, and leaves every byte of the memory as it was. For scenarios with one peer. */
export function refusalChangesNothing<World>(memoryOf: (world: World) => ComparedMemory): Invariant<World> {
  let before = new Int32Array(0)
  let call = ''

  function changed(memory: ComparedMemory): string {
    for (let index = 0; index < before.length; index++) {
      if (memory.words[index] !== before[index]) return `word ${index} of the memory went from ${before[index]} to ${memory.words[index]}`
    }
    return ''
  }

  return {
    name: 'refusal-changes-nothing',
    onEvent(event, _history, world) {
      if (event.kind !== 'event') return undefined
      const memory = memoryOf(world)
      switch (event.name) {
        case EXPECTING_REFUSAL:
          if (before.length !== memory.words.length) before = new Int32Array(memory.words.length)
          before.set(memory.words)
          call = String(event.data)
          return undefined
        case REFUSED: {
          const change = changed(memory)
          return change === '' ? undefined : `${call} was refused, but ${change}`
        }
        case ACCEPTED: {
          const change = changed(memory)
          return `${call} was accepted${change === '' ? '' : `, and ${change}`}; expected it to throw`
        }
        default:
          return undefined
      }
    },
  }
}
