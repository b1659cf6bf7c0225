// FS-14: nobody moves a lease to EXPIRED before its holder's own clock shows it over.
//
// Checked after every step that wrote: a step that moves a lease to EXPIRED is G3 or the holder's own check.
//
// Cost: one word for each lease slot.

import type { Invariant } from '../../sim/invariant.js'
import { SESSION, type SessionEvent } from './fabric-events.js'
import { type FabricWordsOf, indexOf, referenceOfId, STATE_EXPIRED } from './fabric-words.js'

/** FS-14: when a lease is marked EXPIRED, the clock of its holder shows it over. */
export function expiryNotEarly<World>(wordsOf: FabricWordsOf<World>): Invariant<World> {
  let expired = new Uint8Array(0)
  /** By lease index: how far the clock of the present holder is ahead of true time, in ms. */
  let aheads = new Float64Array(0)
  return {
    name: 'expiry-not-early',
    when: 'writes',
    begin(world) {
      const words = wordsOf(world)
      const count = words.leaseCapacity
      if (expired.length !== count) expired = new Uint8Array(count)
      if (aheads.length !== count) aheads = new Float64Array(count)
      for (let index = 0; index < count; index++) {
        expired[index] = words.leaseState(index) === STATE_EXPIRED ? 1 : 0
        aheads[index] = 0
      }
    },
    everyStep(world) {
      const words = wordsOf(world)
      for (let index = 0; index < expired.length; index++) {
        const isExpired = words.leaseState(index) === STATE_EXPIRED ? 1 : 0
        if (isExpired === expired[index]) continue
        expired[index] = isExpired
        const shownMs = words.nowMs() + (aheads[index] as number)
        const expiryMs = words.leaseExpiryMs(index)
        if (isExpired === 1 && shownMs < expiryMs)
          return `lease ${index}, generation ${words.leaseGeneration(index)}, was ended at ${shownMs} ms by its holder's clock; it runs until ${expiryMs}`
      }
      return undefined
    },
    onEvent(event) {
      if (event.kind !== 'event' || event.name !== SESSION) return undefined
      const { leaseId, aheadMs } = event.data as SessionEvent
      aheads[indexOf(referenceOfId(leaseId))] = aheadMs
      return undefined
    },
  }
}
