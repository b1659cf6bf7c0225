// FS-1: at most one open, verified guard per mutex has an active lease.
//
// A guard is open from the moment at which `lock` returned it until its release begins. Its lease is active while the lease word says so and
// its holder's clock does not show it over. The guard of a peer that crashed stays open.
//
// Checked after every step that wrote. Cost: two words for each open guard, of which there is rarely more than one.

import type { Invariant } from '../../sim/invariant.js'
import { ABANDONING, LOCKED, type LockEvent, RELEASING, SESSION, type SessionEvent } from './fabric-events.js'
import { type FabricWordsOf, referenceOfId, sessionText } from './fabric-words.js'

interface OpenGuard {
  readonly reference: number
  readonly fence: number
  readonly aheadMs: number
}

/** FS-1: of all open guards of the mutex at most one has an active lease. */
export function oneActiveHolder<World>(wordsOf: FabricWordsOf<World>): Invariant<World> {
  const open: OpenGuard[] = []
  /** By lease id: how far the holder's clock is ahead. */
  const aheads = new Map<number, number>()

  return {
    name: 'one-active-holder',
    when: 'writes',
    begin() {
      open.length = 0
      aheads.clear()
    },
    everyStep(world) {
      if (open.length < 2) return undefined
      const words = wordsOf(world)
      let active: OpenGuard | undefined
      for (const guard of open) {
        if (!words.isShownActive(guard.reference, guard.aheadMs)) continue
        if (active !== undefined) return `both ${guardText(active)} and ${guardText(guard)} hold the mutex under active leases`
        active = guard
      }
      return undefined
    },
    onEvent(event) {
      if (event.kind !== 'event') return undefined
      switch (event.name) {
        case SESSION: {
          const { leaseId, aheadMs } = event.data as SessionEvent
          aheads.set(leaseId, aheadMs)
          break
        }
        case LOCKED: {
          const { leaseId, fence } = event.data as LockEvent
          open.push({ reference: referenceOfId(leaseId), fence, aheadMs: aheads.get(leaseId) ?? 0 })
          break
        }
        case RELEASING:
        case ABANDONING: {
          const { leaseId, fence } = event.data as LockEvent
          const at = open.findIndex((guard) => guard.fence === fence && guard.reference === referenceOfId(leaseId))
          if (at >= 0) open.splice(at, 1)
          break
        }
      }
      return undefined
    },
  }
}

function guardText({ reference, fence }: OpenGuard): string {
  return `${sessionText(reference)} (fence ${fence})`
}
