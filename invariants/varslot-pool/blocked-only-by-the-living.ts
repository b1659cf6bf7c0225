// A reclaim that gives up names a peer that is not dead: the reclaim lock and the intents of dead peers stand in nobody's way.
//
// The peer must have been alive at some moment of the call. Without this a reclaimer that dies inside leaves every later reclaim
// waiting for it, which no statement about slots notices.
//
// Cost: nothing after a step; one word for each peer when a reclaim begins.

import type { Invariant } from '../../sim/invariant.js'
import { ACTORS_MAX } from '../open-calls.js'
import { RECLAIM_BLOCKED, RECLAIMING, type ReclaimEvent } from './slot-events.js'
import { POOL_PEERS_MAX, type SlotMemoryOf, STATE_DEAD } from './slot-memory.js'

/** A reclaim is blocked only by a peer that was not dead when the reclaim began. */
export function blockedOnlyByTheLiving<World>(memoryOf: SlotMemoryOf<World>): Invariant<World> {
  /** By caller and pool id: whether the pool id was DEAD when the caller's reclaim began. */
  const deadAtBegin = new Uint8Array(ACTORS_MAX * POOL_PEERS_MAX)
  return {
    name: 'blocked-only-by-the-living',
    begin() {
      deadAtBegin.fill(0)
    },
    onEvent(event, _history, world) {
      if (event.kind !== 'event') return undefined
      const row = event.peer * POOL_PEERS_MAX
      if (event.name === RECLAIMING) {
        const memory = memoryOf(world)
        for (let peer = 0; peer < memory.peerCapacity; peer++) deadAtBegin[row + peer] = memory.peerState(peer) === STATE_DEAD ? 1 : 0
        return undefined
      }
      if (event.name !== RECLAIM_BLOCKED) return undefined
      const { peer, blockedBy } = event.data as ReclaimEvent
      if (blockedBy === undefined || deadAtBegin[row + blockedBy] === 0) return undefined
      return `the reclaim of ${peer} was blocked by ${blockedBy}, which was declared dead before the reclaim began`
    },
  }
}
