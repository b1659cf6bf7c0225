// WC-14: the epoch rises by one per durable group and never otherwise.
//
// The coordinator's epoch is that of the last marker which is certain; it may be behind while a call that writes markers is open, because the sync
// may have failed all the same. In the file each marker belongs to the group of the one before it, or is
// the first of a group with the next epoch; a group that the living coordinator appended has its last marker.
//
// Cost: nothing after a step; a look at the markers at events where the disk has changed.

import type { Invariant } from '../../sim/invariant.js'
import { CallsInFlight } from './calls-in-flight.js'
import { commitLogOf, forgetCommitLog } from './commit-log.js'
import { APPEND_MARKERS, FLUSH, SUBMIT_AND_COMMIT } from './coordinator-events.js'
import type { Coordinator, CoordinatorViewOf } from './coordinator-view.js'
import type { Marker } from './log-records.js'

const WRITING: readonly string[] = [APPEND_MARKERS, FLUSH, SUBMIT_AND_COMMIT]

/** WC-14: an epoch is a group that is durable. */
export function epochCountsGroups<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  const calls = new CallsInFlight()
  let known: Coordinator | undefined
  /** Markers that the living coordinator found. */
  let foundCount = 0

  function groupFault(markers: readonly Marker[]): string | undefined {
    for (const [at, marker] of markers.entries()) {
      const { commitSeq, epoch, firstOfGroup } = marker
      const previous = markers[at - 1]
      const expected = (previous?.epoch ?? 0) + (firstOfGroup ? 1 : 0)
      if (previous === undefined && !firstOfGroup) return `number ${commitSeq} is not the first of a group`
      if (epoch !== expected) return `number ${commitSeq} has epoch ${epoch}, expected ${expected}`
      const isLast = markers[at + 1]?.firstOfGroup !== false
      if (at >= foundCount && marker.lastOfGroup !== isLast)
        return `number ${commitSeq} ${isLast ? 'ends a group, but does not say so' : 'says that it ends a group'}`
    }
    return undefined
  }

  return {
    name: 'epoch-counts-groups',
    begin(world) {
      forgetCommitLog(viewOf(world))
      calls.begin()
      known = undefined
      foundCount = 0
    },
    onEvent(event, _history, world) {
      calls.note(event)
      const view = viewOf(world)
      const { coordinator } = view
      if (coordinator === undefined || coordinator.state === 'failed') return undefined
      const { markers } = commitLogOf(view).certain
      if (coordinator !== known) {
        known = coordinator
        foundCount = markers.length
      }
      const epoch = markers.at(-1)?.epoch ?? 0
      if (coordinator.currentEpoch < epoch && calls.some(({ operation }) => WRITING.includes(operation))) return undefined
      if (coordinator.currentEpoch !== epoch) return `the epoch is ${coordinator.currentEpoch}, but the last durable group has ${epoch}`
      return groupFault(markers)
    },
  }
}
