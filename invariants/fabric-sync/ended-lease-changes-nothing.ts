// FS-10: an operation begun after its lease ended throws and changes nothing except marking that lease EXPIRED.
//
// What an operation changes on a mutex bears its session or its fence: taking the lock, unlocking it, cell words with its tag, its lease. While
// such an operation runs, none of these may change. Checked after every step that wrote, and when the operation ends.
//
// Cost: nothing while no such operation runs; else the mutex and one lease for each.

import type { Invariant } from '../../sim/invariant.js'
import { OPERATION, OPERATION_DONE, OPERATION_REFUSED, type OperationEvent } from './fabric-events.js'
import { type FabricWords, type FabricWordsOf, indexOf, referenceOfId, sessionText } from './fabric-words.js'
import { type MutexWords, type MutexWordsOf, UNLOCKED } from './mutex-words.js'

/** An operation that must be refused, with what its mutex and its lease were when it began. */
interface Doomed {
  readonly peer: number
  readonly operation: string
  readonly reference: number
  readonly expiryMs: number
  /** Whether the session held the lock, and with which fence. */
  readonly held: boolean
  readonly fence: number
  readonly taggedWords: number
}

/** FS-10: under a lease that has ended nothing is changed any more. */
export function endedLeaseChangesNothing<World>(wordsOf: FabricWordsOf<World>, mutexOf: MutexWordsOf<World>): Invariant<World> {
  const doomed: Doomed[] = []

  return {
    name: 'ended-lease-changes-nothing',
    when: 'writes',
    begin() {
      doomed.length = 0
    },
    everyStep(world) {
      for (const it of doomed) {
        const message = judge(it, wordsOf(world), mutexOf(world))
        if (message !== undefined) return message
      }
      return undefined
    },
    onEvent(event, _history, world) {
      if (event.kind !== 'event' && event.kind !== 'crash') return undefined
      const it = doomed.find(({ peer }) => peer === event.peer)
      if (it !== undefined && (event.kind === 'crash' || event.name === OPERATION_REFUSED || event.name === OPERATION_DONE)) {
        doomed.splice(doomed.indexOf(it), 1)
        if (event.name === OPERATION_DONE) return `${it.operation} of ${sessionText(it.reference)}, begun after that lease had ended, returned`
      }
      if (event.name !== OPERATION) return undefined
      const { leaseId, aheadMs, operation } = event.data as OperationEvent
      const reference = referenceOfId(leaseId)
      const words = wordsOf(world)
      if (words.isShownActive(reference, aheadMs)) return undefined
      const mutex = mutexOf(world)
      const fence = mutex.fence()
      const expiryMs = words.leaseExpiryMs(indexOf(reference))
      doomed.push({ peer: event.peer, operation, reference, expiryMs, held: mutex.holder() === reference, fence, taggedWords: taggedWords(mutex, fence) })
      return undefined
    },
  }
}

function judge(it: Doomed, words: FabricWords, mutex: MutexWords): string | undefined {
  const done = doneBy(it, words, mutex)
  return done === undefined ? undefined : `${it.operation} of ${sessionText(it.reference)}, begun after that lease had ended, ${done}`
}

/** What the operation did, if anything. */
function doneBy(it: Doomed, words: FabricWords, mutex: MutexWords): string | undefined {
  if (words.isActive(it.reference) && words.leaseExpiryMs(indexOf(it.reference)) !== it.expiryMs) return 'renewed the lease'
  const holds = mutex.holder() === it.reference
  if (!it.held) return holds ? 'took the lock' : undefined
  if (!holds && mutex.holder() === UNLOCKED && mutex.fence() === it.fence) return 'unlocked the mutex'
  return taggedWords(mutex, it.fence) > it.taggedWords ? 'wrote to a cell' : undefined
}

/** Cell words that bear the tag of this fence. */
function taggedWords(mutex: MutexWords, fence: number): number {
  let count = 0
  for (let cell = 0; cell < 2; cell++) for (let word = 0; word < mutex.cellWords; word++) if (mutex.tag(cell, word) === (fence | 0)) count++
  return count
}
