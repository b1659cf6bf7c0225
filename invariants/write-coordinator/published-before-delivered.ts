// WC-15: when a `committed` result is handed out, publishedSeq is at least its commitSeq.
//
// On the board too, where there is one: its readers begin where it says.
//
// Cost: nothing after a step; two numbers for each result.

import type { Invariant } from '../../sim/invariant.js'
import { CallsInFlight } from './calls-in-flight.js'
import { resultsHandedOut } from './coordinator-events.js'
import type { CoordinatorViewOf } from './coordinator-view.js'

/** WC-15: whoever is told that its transaction committed sees it from then on. */
export function publishedBeforeDelivered<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  const calls = new CallsInFlight()
  return {
    name: 'published-before-delivered',
    begin() {
      calls.begin()
    },
    onEvent(event, _history, world) {
      const call = calls.note(event)
      if (call === undefined || event.kind !== 'return') return undefined
      const { coordinator, board } = viewOf(world)
      const published = coordinator?.publishedSeq ?? 0
      const onBoard = board?.publishedSeq() ?? published
      for (const { commitSeq, kind, txnId } of resultsHandedOut(call, event.data)) {
        if (kind !== 'committed') continue
        const told = `${call.operation} handed out number ${commitSeq} of transaction ${txnId} as committed, but`
        if (published < commitSeq) return `${told} publishedSeq is ${published}`
        if (onBoard < commitSeq) return `${told} the board says ${onBoard}`
      }
      return undefined
    },
  }
}
