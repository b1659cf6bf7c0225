// MM-2: `available()` is in 0..capacity in every state.
//
// Checked after every step that wrote. This one does ask the manager: what it answers is what is judged.
//
// Cost: one call of `available`, which is one load.

import type { Invariant } from '../../sim/invariant.js'
import type { ManagerWordsOf } from './manager-words.js'

/** MM-2: at no moment does the manager say that less than none, or more than all, of its slots are free. */
export function availableInRange<World>(memoryOf: ManagerWordsOf<World>, availableOf: (world: World) => number): Invariant<World> {
  return {
    name: 'available-in-range',
    when: 'writes',
    everyStep(world) {
      const { capacity } = memoryOf(world)
      const available = availableOf(world)
      if (available >= 0 && available <= capacity) return undefined
      return `available() is ${available}; expected 0 to ${capacity}`
    },
  }
}
