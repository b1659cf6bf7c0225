// FS-4: a guard's value equals the last published value at M7.
//
// M7 is the last step of `lock`, so the event that a guard was handed out belongs to it. Two looks: the value is what the published cell
// holds then; and it is what the last release that is said to have published left, or one after that which has not ended yet.
//
// Cost: the words of one cell for each guard handed out; nothing after a step.

import type { Invariant } from '../../sim/invariant.js'
import { LOCKED, type LockEvent, NOT_PUBLISHED, PUBLISHED, RELEASING, type ReleaseEvent, sameWords } from './fabric-events.js'
import type { MutexWords, MutexWordsOf } from './mutex-words.js'

/** FS-4: `lock` hands out the value that is published at that moment. */
export function guardReadsPublished<World>(mutexOf: MutexWordsOf<World>): Invariant<World> {
  /** The last release, by fence, that returned. */
  let said: ReleaseEvent | undefined
  /** Releases that have begun and not thrown. */
  let begun: ReleaseEvent[] = []

  function judge({ fence, words }: LockEvent, mutex: MutexWords): string | undefined {
    const cell = mutex.cell()
    for (let word = 0; word < words.length; word++) {
      if (words[word] !== mutex.data(cell, word))
        return `the guard with fence ${fence} has the value [${words.join(' ')}], but the published cell holds ${mutex.cellText(cell)}`
    }
    const last = said
    if (last === undefined || last.fence > fence || sameWords(last.to, words)) return undefined
    if (begun.some((release) => release.fence > last.fence && release.fence < fence && sameWords(release.to, words))) return undefined
    return `the guard with fence ${fence} has the value [${words.join(' ')}], but the release of fence ${last.fence} returned, as if it had published [${last.to.join(' ')}]`
  }

  return {
    name: 'guard-reads-published',
    begin() {
      said = undefined
      begun = []
    },
    onEvent(event, _history, world) {
      if (event.kind !== 'event') return undefined
      switch (event.name) {
        case LOCKED:
          return judge(event.data as LockEvent, mutexOf(world))
        case RELEASING:
          begun.push(event.data as ReleaseEvent)
          return undefined
        case PUBLISHED: {
          const release = event.data as ReleaseEvent
          if (said === undefined || said.fence < release.fence) said = release
          return undefined
        }
        case NOT_PUBLISHED: {
          const { fence } = event.data as ReleaseEvent
          begun = begun.filter((release) => release.fence !== fence)
          return undefined
        }
        default:
          return undefined
      }
    },
  }
}
