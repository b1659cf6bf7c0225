// FS-10: an operation begun after its lease ended throws and changes nothing except marking that lease EXPIRED.
//
// While a peer is inside such an operation, none of its steps may change a word of the fabric: no lease but the one, no range, nothing of any
// primitive. Checked after every step that wrote, and when the operation ends.
//
// Cost: nothing while no such operation runs; else a comparison for each word of the fabric.

import type { Invariant } from '../../sim/invariant.js'
import { OPERATION, OPERATION_DONE, OPERATION_REFUSED, type OperationEvent } from './fabric-events.js'
import { type FabricWords, type FabricWordsOf, fabricWatch, referenceOfId, sessionText } from './fabric-words.js'

/** An operation that must be refused. */
interface Doomed {
  readonly reference: number
  /** For messages. */
  readonly what: string
}

/** FS-10: under a lease that has ended nothing is changed any more. */
export function endedLeaseChangesNothing<World>(wordsOf: FabricWordsOf<World>): Invariant<World> {
  /** By peer. */
  const doomed = new Map<number, Doomed>()
  const watch = fabricWatch()

  /** Judges what changed since the last look, which `peer` did. */
  function judge(words: FabricWords, peer: number): string | undefined {
    const it = doomed.get(peer)
    return watch.look(words, (at, before, after) => {
      if (it === undefined || words.isExpiry(it.reference, at, before, after)) return undefined
      return `${it.what} changed ${words.textOf(4 * at)}`
    })
  }

  return {
    name: 'ended-lease-changes-nothing',
    when: 'writes',
    begin() {
      doomed.clear()
    },
    everyStep: (world, actor) => (doomed.size === 0 ? undefined : judge(wordsOf(world), actor)),
    onEvent(event, _history, world) {
      if (event.kind === 'crash') doomed.delete(event.peer)
      if (event.kind !== 'event') return undefined
      const words = wordsOf(world)
      if (event.name === OPERATION) {
        const { leaseId, aheadMs, operation } = event.data as OperationEvent
        const reference = referenceOfId(leaseId)
        if (words.isShownActive(reference, aheadMs)) return undefined
        // What the step that led here changed is not the operation's.
        watch.begin(words)
        doomed.set(event.peer, { reference, what: `${operation} of ${sessionText(reference)}, begun after that lease had ended,` })
        return undefined
      }
      const it = doomed.get(event.peer)
      if (it === undefined || (event.name !== OPERATION_DONE && event.name !== OPERATION_REFUSED)) return undefined
      const message = judge(words, event.peer)
      doomed.delete(event.peer)
      return event.name === OPERATION_DONE ? `${it.what} returned` : message
    },
  }
}
