// At most one peer is inside a section at a time. Looks at `me.enter` and `me.leave` only.
//
// Cost: two comparisons for each event; nothing after a step.

import type { HistoryEvent, Invariant } from '../sim/invariant.js'

export interface MutualExclusionOptions {
  /**
   * Whether a peer that crashes inside leaves the section to others, as with a lease or an owner that is found dead.
   * Default: false, the dead peer stays inside for good.
   */
  readonly crashReleases?: boolean
}

/**
 * The section of `me.enter(section)` and `me.leave(section)` holds at most one peer.
 *
 * ```ts
 * import { mutualExclusion } from 'heddle/invariants'
 * const invariants = [mutualExclusion('critical section')]
 * ```
 */
export function mutualExclusion(section: string, options: MutualExclusionOptions = {}): Invariant {
  const crashReleases = options.crashReleases ?? false
  /** Peer inside, or undefined when the section is free. */
  let inside: number | undefined
  let crashed = false

  return {
    name: 'mutual-exclusion',
    begin() {
      inside = undefined
      crashed = false
    },
    onEvent(event: HistoryEvent) {
      switch (event.kind) {
        case 'crash':
          if (event.peer !== inside) return undefined
          if (crashReleases) inside = undefined
          else crashed = true
          return undefined
        case 'enter':
          if (event.name !== section) return undefined
          if (inside !== undefined) return `peer ${event.peer} entered "${section}" while peer ${inside}${crashed ? ', which crashed there,' : ''} is inside`
          inside = event.peer
          return undefined
        case 'leave':
          if (event.name !== section) return undefined
          if (inside !== event.peer) return `peer ${event.peer} left "${section}" without being inside`
          inside = undefined
          return undefined
        default:
          return undefined
      }
    },
  }
}
