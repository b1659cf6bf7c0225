// FS-3, second half: each published value derives from the one before; no update is lost.
//
// Checked at the end, over all releases in the order of their fences. A release that returned has published; one that threw has not. One that
// was cut off by a crash may have: it has if the next value derives from its own.
//
// Cost: one entry for each release; nothing after a step.

import type { Invariant } from '../../sim/invariant.js'
import { NOT_PUBLISHED, PUBLISHED, RELEASING, type ReleaseEvent, sameWords } from './fabric-events.js'
import { type MutexWordsOf, UNLOCKED } from './mutex-words.js'

interface Release {
  readonly event: ReleaseEvent
  end: 'returned' | 'threw' | 'cut off'
}

/** FS-3: the published values, in the order of their fences, each derive from the one before, and the last one is in memory. */
export function noLostUpdate<World>(mutexOf: MutexWordsOf<World>): Invariant<World> {
  let initial: readonly number[] = []
  const releases: Release[] = []

  return {
    name: 'no-lost-update',
    begin(world) {
      const mutex = mutexOf(world)
      initial = mutex.cellData(mutex.cell())
      releases.length = 0
    },
    onEvent(event) {
      if (event.kind !== 'event') return undefined
      if (event.name === RELEASING) releases.push({ event: event.data as ReleaseEvent, end: 'cut off' })
      if (event.name !== PUBLISHED && event.name !== NOT_PUBLISHED) return undefined
      const { leaseId, fence } = event.data as ReleaseEvent
      const release = releases.find((other) => other.event.fence === fence && other.event.leaseId === leaseId)
      if (release !== undefined) release.end = event.name === PUBLISHED ? 'returned' : 'threw'
      return undefined
    },
    atEnd(world) {
      releases.sort((a, b) => a.event.fence - b.event.fence)
      let values: readonly (readonly number[])[] = [initial]
      for (const { event, end } of releases) {
        if (end === 'threw') continue
        const derives = values.some((value) => sameWords(value, event.from))
        if (end === 'cut off') {
          if (derives) values = [...values, event.to]
          continue
        }
        if (!derives)
          return `fence ${event.fence} published [${event.to.join(' ')}] made from [${event.from.join(' ')}], but the value before was ${texts(values)}: an update is lost`
        values = [event.to]
      }
      const mutex = mutexOf(world)
      const last = mutex.cellData(mutex.cell())
      if (mutex.holder() === UNLOCKED && !values.some((value) => sameWords(value, last)))
        return `the last published value is ${texts(values)}, but the cell holds [${last.join(' ')}]`
      return undefined
    },
  }
}

function texts(values: readonly (readonly number[])[]): string {
  return values.map((words) => `[${words.join(' ')}]`).join(' or ')
}
