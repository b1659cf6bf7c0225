// FS-8: at most one result of a once is published; whoever sees DONE sees all of it.
//
// When the once is DONE, its cell holds, whole, what the initialiser of the session in its word returned, and it stays so. Two initialisers never
// run under active leases at a time.
//
// Checked after every step that wrote (the main word; when DONE the cell too), when a value is got, and when an initialiser begins.

import type { Invariant } from '../../sim/invariant.js'
import { sameWords } from './fabric-events.js'
import { referenceOfId, sessionText } from './fabric-words.js'
import { GOT, INITIALISED, INITIALISER_THREW, INITIALISING, NOT_GOT, type OnceEvent, type ValueEvent } from './once-events.js'
import { type OnceWords, type OnceWordsOf, STATE_DONE } from './once-words.js'

/** FS-8: one result, and all of it. */
export function oncePublishesOnce<World>(onceOf: OnceWordsOf<World>): Invariant<World> {
  /** By session: what its last initialiser returned. */
  const results = new Map<number, readonly number[]>()
  /** Sessions whose initialiser was begun and has neither thrown nor led to a result or an error of its call. */
  const running = new Set<number>()
  let published: readonly number[] | undefined

  function judge(once: OnceWords): string | undefined {
    if (once.state() !== STATE_DONE) return published === undefined ? undefined : `the value [${published}] was published, and the once is not done any more`
    if (published === undefined) {
      const result = results.get(once.runner())
      if (result === undefined || !once.holds(result))
        return `the cell ${once.cellText()} was published by ${sessionText(once.runner())}, whose initialiser returned ${result === undefined ? 'nothing' : `[${result}]`}`
      published = result
    }
    return once.holds(published) ? undefined : `the value [${published}] was published, and the cell became ${once.cellText()}`
  }

  return {
    name: 'once-publishes-once',
    when: 'writes',
    begin() {
      results.clear()
      running.clear()
      published = undefined
    },
    everyStep: (world) => judge(onceOf(world)),
    onEvent(event, _history, world) {
      if (event.kind !== 'event') return undefined
      const once = onceOf(world)
      switch (event.name) {
        case INITIALISING: {
          const reference = referenceOfId((event.data as OnceEvent).leaseId)
          for (const other of running) {
            if (other !== reference && once.fabric.isShownActive(other, 0))
              return `${sessionText(reference)} runs its initialiser while ${sessionText(other)}, whose lease is active, runs another`
          }
          running.add(reference)
          break
        }
        case INITIALISER_THREW:
        case NOT_GOT:
          running.delete(referenceOfId((event.data as OnceEvent).leaseId))
          break
        case INITIALISED: {
          const { leaseId, words } = event.data as ValueEvent
          results.set(referenceOfId(leaseId), words)
          break
        }
        case GOT: {
          const { leaseId, words } = event.data as ValueEvent
          running.delete(referenceOfId(leaseId))
          const message = judge(once)
          if (message !== undefined) return message
          if (published === undefined || !sameWords(published, words))
            return `${sessionText(referenceOfId(leaseId))} got [${words}], and ${published === undefined ? 'nothing' : `[${published}]`} is published`
        }
      }
      return undefined
    },
  }
}
