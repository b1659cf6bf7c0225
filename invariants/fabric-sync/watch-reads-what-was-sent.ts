// FS-9: a watch read returns a value that was sent, whole; versions seen by one receiver do not go back; none after CLOSED.
//
// Closed is for good: the version of a closed channel stays, and it does not open again.
//
// Checked when a value is received, and after every step that wrote. Cost: the main word after a step, one entry for each version.

import type { Invariant } from '../../sim/invariant.js'
import { sameWords } from './fabric-events.js'
import { RECEIVED, SENDING, type ValueOfVersion } from './watch-events.js'
import type { WatchWordsOf } from './watch-words.js'

/** @param initial the data words of version 0 */
export function watchReadsWhatWasSent<World>(watchOf: WatchWordsOf<World>, initial: readonly number[]): Invariant<World> {
  /** By version. */
  const sent = new Map<number, readonly number[]>()
  /** By peer: the version that it received last. */
  const received = new Map<number, number>()
  let closedAt: number | undefined

  return {
    name: 'watch-reads-what-was-sent',
    when: 'writes',
    begin() {
      sent.clear()
      received.clear()
      sent.set(0, initial)
      closedAt = undefined
    },
    everyStep(world) {
      const watch = watchOf(world)
      const version = watch.version()
      const closed = watch.isClosed()
      if (closedAt === undefined) {
        if (closed) closedAt = version
        return undefined
      }
      if (!closed) return `the channel was closed at version ${closedAt} and is open again at version ${version}`
      return version === closedAt ? undefined : `version ${version} was sent after the channel was closed at version ${closedAt}`
    },
    onEvent(event) {
      if (event.kind !== 'event') return undefined
      if (event.name !== SENDING && event.name !== RECEIVED) return undefined
      const { version, words } = event.data as ValueOfVersion
      if (event.name === SENDING) {
        sent.set(version, words)
        return undefined
      }
      const before = received.get(event.peer) ?? 0
      received.set(event.peer, version)
      if (version < before) return `peer ${event.peer} received version ${version} after version ${before}`
      if (closedAt !== undefined && version > closedAt)
        return `peer ${event.peer} received version ${version} of a channel that was closed at version ${closedAt}`
      const value = sent.get(version)
      if (value === undefined) return `peer ${event.peer} received version ${version}, which was not sent`
      return sameWords(value, words) ? undefined : `peer ${event.peer} received [${words}] as version ${version}, and [${value}] was sent`
    },
  }
}
