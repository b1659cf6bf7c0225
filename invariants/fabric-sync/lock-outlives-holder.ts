// FS-12: after the holder's lease ended, some live party that keeps trying acquires the lock.
//
// Read from its other end: whoever gives up after it has tried for longer than any lease of the scenario runs must have been kept out by a
// party that is alive. Checked when a peer gives up.
//
// Cost: one entry for each acquisition; nothing after a step.

import type { Invariant } from '../../sim/invariant.js'
import { GAVE_UP, type GaveUpEvent, LOCKED, LOCKING, type LockEvent, NOT_LOCKED } from './fabric-events.js'
import { sessionText } from './fabric-words.js'
import { type MutexWordsOf, UNLOCKED } from './mutex-words.js'

/**
 * FS-12: a peer that is dead keeps nobody out for longer than its lease.
 *
 * @param leaseMsMax how long a lease of the scenario runs after its holder died, in ms
 */
export function lockOutlivesHolder<World>(mutexOf: MutexWordsOf<World>, leaseMsMax: number): Invariant<World> {
  const crashed = new Set<number>()
  /** Peers that were inside `lock` when they crashed, or still are. */
  const locking = new Set<number>()
  /** By fence: the peer that got the guard. */
  const holders = new Map<number, number>()

  return {
    name: 'lock-outlives-holder',
    begin() {
      crashed.clear()
      locking.clear()
      holders.clear()
    },
    onEvent(event, _history, world) {
      if (event.kind === 'crash') crashed.add(event.peer)
      if (event.kind !== 'event') return undefined
      if (event.name === LOCKING) locking.add(event.peer)
      if (event.name === LOCKED || event.name === NOT_LOCKED) locking.delete(event.peer)
      if (event.name === LOCKED) holders.set((event.data as LockEvent).fence, event.peer)
      if (event.name !== GAVE_UP) return undefined
      const { triedMs } = event.data as GaveUpEvent
      const mutex = mutexOf(world)
      if (triedMs <= leaseMsMax || mutex.holder() === UNLOCKED) return undefined
      const holder = holders.get(mutex.fence())
      const dead = holder === undefined ? [...locking].find((peer) => crashed.has(peer)) : crashed.has(holder) ? holder : undefined
      if (dead === undefined) return undefined
      return `peer ${event.peer} tried for ${triedMs} ms and gave up: peer ${dead}, which crashed, still holds the lock (${sessionText(mutex.holder())}, fence ${mutex.fence()})`
    },
  }
}
