// FS-10: an operation begun after its lease ended throws and changes nothing except marking that lease EXPIRED.
//
// While a peer is inside such an operation, none of its steps may change a word of the fabric: no lease but the one, no range, nothing of any
// primitive. Checked after every step that wrote, and when the operation ends.
//
// Cost: nothing while no such operation runs; else a comparison for each word of the fabric.

import type { Invariant } from '../../sim/invariant.js'
import { OPERATION, OPERATION_DONE, OPERATION_REFUSED, type OperationEvent } from './fabric-events.js'
import { type FabricWords, type FabricWordsOf, fabricWatch, referenceOfId, sessionText } from './fabric-words.js'

/** FS-10: under a lease that has ended nothing is changed any more. */
export function endedLeaseChangesNothing<World>(wordsOf: FabricWordsOf<World>): Invariant<World> {
  /** By peer: the operation that it is inside of and that must be refused. */
  const doomed = new Map<number, OperationEvent>()
  const watch = fabricWatch()
  // What is being judged.
  let words: FabricWords
  let judged: OperationEvent | undefined

  function judgeWord(at: number, before: number, after: number): string | undefined {
    if (judged === undefined || words.isExpiry(referenceOfId(judged.leaseId), at, before, after)) return undefined
    return `${textOf(judged)} changed ${words.textOf(4 * at)}`
  }

  /** Judges what changed since the last look, which `peer` did. */
  function judge(memory: FabricWords, peer: number): string | undefined {
    words = memory
    judged = doomed.get(peer)
    return watch.look(memory, judgeWord)
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
      if (event.name === OPERATION) {
        const operation = event.data as OperationEvent
        const memory = wordsOf(world)
        if (memory.isShownActive(referenceOfId(operation.leaseId), operation.aheadMs)) return undefined
        // What the step that led here changed is not the operation's.
        watch.begin(memory)
        doomed.set(event.peer, operation)
        return undefined
      }
      if (event.name !== OPERATION_DONE && event.name !== OPERATION_REFUSED) return undefined
      const operation = doomed.get(event.peer)
      if (operation === undefined) return undefined
      const message = judge(wordsOf(world), event.peer)
      doomed.delete(event.peer)
      return event.name === OPERATION_DONE ? `${textOf(operation)} returned` : message
    },
  }
}

function textOf({ operation, leaseId }: OperationEvent): string {
  return `${operation} of ${sessionText(referenceOfId(leaseId))}, begun after that lease had ended,`
}
