// FS-2: the fences of successive acquisitions strictly rise.
//
// An acquisition (M5) is a step after which the main word names a holder and is another word than before. Checked after every step that wrote.
//
// Cost: two words.

import type { Invariant } from '../../sim/invariant.js'
import { sessionText } from './fabric-words.js'
import { type MutexWordsOf, UNLOCKED } from './mutex-words.js'

/** FS-2: whoever takes the lock gets a higher fence than everybody before. */
export function fencesRise<World>(mutexOf: MutexWordsOf<World>): Invariant<World> {
  let holderBefore = UNLOCKED
  let fenceBefore = 0
  let highest = 0
  return {
    name: 'fences-rise',
    when: 'writes',
    begin(world) {
      holderBefore = mutexOf(world).holder()
      fenceBefore = mutexOf(world).fence()
      highest = fenceBefore
    },
    everyStep(world) {
      const mutex = mutexOf(world)
      const holder = mutex.holder()
      const fence = mutex.fence()
      if (holder === holderBefore && fence === fenceBefore) return undefined
      holderBefore = holder
      fenceBefore = fence
      if (holder === UNLOCKED) return undefined
      if (fence <= highest) return `${sessionText(holder)} took the lock with fence ${fence}, after one was taken with fence ${highest}`
      highest = fence
      return undefined
    },
  }
}
