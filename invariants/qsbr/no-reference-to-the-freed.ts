// QS-2: no executor holds a reference to a freed object. References are ghosts: a peer reports what it holds, and drops all of it at each of its
// quiescent points.
//
// What peers hold and what they free changes at events, so it is judged there. Objects that are also freed without an event, as the slots of a dead
// peer are by a reclaim, are asked for after every step, through `isFreed`.
//
// Cost: nothing after a step, or one call of `isFreed` for each object that is held.

import type { Invariant } from '../../sim/invariant.js'
import { FREED, HOLDS } from './qsbr-events.js'
import { peersText, RetirementLedger } from './retirement-ledger.js'

/**
 * QS-2: nobody holds what was freed.
 *
 * @param isFreed whether an object is free by now, whoever freed it
 */
export function noReferenceToTheFreed<World>(isFreed?: (world: World, object: number) => boolean): Invariant<World> {
  const ledger = new RetirementLedger()
  const judged: Invariant<World> = {
    name: 'no-reference-to-the-freed',
    begin() {
      ledger.begin()
    },
    onEvent(event) {
      let message: string | undefined
      if (event.kind === 'event' && event.name === FREED) {
        const holders = ledger.holders.get(event.data as number)
        if (holders !== undefined) message = `object ${event.data} was freed while it is held by ${peersText(holders)}`
      } else if (event.kind === 'event' && event.name === HOLDS) {
        const object = ledger.retired.get(event.data as number)
        if (object !== undefined && object.freedCount > 0) message = `object ${event.data} is held by peer ${event.peer}, but was freed before`
      }
      ledger.note(event)
      return message
    },
  }
  if (isFreed === undefined) return judged
  return {
    ...judged,
    when: 'writes',
    everyStep(world) {
      for (const [object, holders] of ledger.holders) {
        if (isFreed(world, object)) return `object ${object} is free while it is held by ${peersText(holders)}`
      }
      return undefined
    },
  }
}
