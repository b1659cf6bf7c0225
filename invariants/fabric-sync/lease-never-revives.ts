// FS-11: a lease generation once not ACTIVE is never ACTIVE again; renewal never succeeds after takeover.
//
// A takeover is a step after which a mutex names another holder than before, without having been unlocked between. Checked after every step
// that wrote.
//
// Cost: three words for each lease slot, and one for the mutex.

import type { Invariant } from '../../sim/invariant.js'
import { type FabricWords, type FabricWordsOf, generationOf, indexOf, STATE_ACTIVE } from './fabric-words.js'
import { type MutexWordsOf, UNLOCKED } from './mutex-words.js'

/** FS-11: what has ended stays ended, for each generation of each lease. */
export function leaseNeverRevives<World>(wordsOf: FabricWordsOf<World>, mutexOf?: MutexWordsOf<World>): Invariant<World> {
  let states = new Uint8Array(0)
  let generations = new Uint16Array(0)
  let expiries = new Float64Array(0)
  let holderBefore = UNLOCKED
  /** By lease index: the generation whose lock was taken over; 0 for none. */
  let replaced = new Uint16Array(0)

  function look(words: FabricWords, index: number): string | undefined {
    const state = words.leaseState(index)
    const generation = words.leaseGeneration(index)
    const expiryMs = words.leaseExpiryMs(index)
    let wrong: string | undefined
    if (generation < (generations[index] as number)) wrong = `came after generation ${generations[index]}`
    else if (generation === generations[index] && state === STATE_ACTIVE) {
      if (states[index] !== STATE_ACTIVE) wrong = 'is active again after it had ended'
      else if (expiryMs > (expiries[index] as number) && replaced[index] === generation) wrong = 'was renewed after its lock was taken over'
    }
    states[index] = state
    generations[index] = generation
    expiries[index] = expiryMs
    return wrong === undefined ? undefined : `lease ${index}, generation ${generation}, ${wrong}`
  }

  return {
    name: 'lease-never-revives',
    when: 'writes',
    begin(world) {
      const words = wordsOf(world)
      const count = words.leaseCapacity
      if (states.length !== count) {
        states = new Uint8Array(count)
        generations = new Uint16Array(count)
        expiries = new Float64Array(count)
        replaced = new Uint16Array(count)
      }
      for (let index = 0; index < count; index++) {
        replaced[index] = 0
        look(words, index)
      }
      holderBefore = mutexOf === undefined ? UNLOCKED : mutexOf(world).holder()
    },
    everyStep(world) {
      const words = wordsOf(world)
      for (let index = 0; index < states.length; index++) {
        const message = look(words, index)
        if (message !== undefined) return message
      }
      if (mutexOf === undefined) return undefined
      const holder = mutexOf(world).holder()
      if (holder === holderBefore) return undefined
      if (holder !== UNLOCKED && holderBefore !== UNLOCKED) replaced[indexOf(holderBefore)] = generationOf(holderBefore)
      holderBefore = holder
      return undefined
    },
  }
}
