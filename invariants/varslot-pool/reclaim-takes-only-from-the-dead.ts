// VS-8: after a complete reclaim of p no slot has owner p, p's intent is 0, and no slot of a living owner changed.
//
// The first two are checked in the step in which p's status leaves DEAD: afterwards the id may be joined again and own slots at
// once, even before the reclaim returns. Where the pool has no statuses they are checked when the reclaim returns, unless a peer
// that lives uses the id. The third is checked while any reclaim is open, at each event and after every step that wrote: a
// slot that a living peer holds (by the ghost record) does not stop being allocated with its generation.
//
// Cost: one word for each slot and for each peer.

import type { Invariant } from '../../sim/invariant.js'
import { RECLAIMED, type ReclaimEvent } from './slot-events.js'
import { SlotLedger } from './slot-ledger.js'
import {
  generationOf,
  isAllocated,
  ownerOf,
  POOL_PEERS_MAX,
  type SlotMemory,
  type SlotMemoryOf,
  STATE_DEAD,
  STATE_EMPTY,
  slotText,
  slotWatch,
} from './slot-memory.js'

/** VS-8: a reclaim leaves nothing of the dead peer's, and touches nothing of the living's. */
export function reclaimTakesOnlyFromTheDead<World>(memoryOf: SlotMemoryOf<World>): Invariant<World> {
  const ledger = new SlotLedger()
  const watch = slotWatch()
  /** By pool id: the state that the last look saw. */
  const states = new Uint8Array(POOL_PEERS_MAX)

  function judgeSlot(slot: number, before: number, after: number): string | undefined {
    if (!isAllocated(before) || (isAllocated(after) && generationOf(after) === generationOf(before))) return undefined
    if (!ledger.isHeld(slot) || ledger.heldGeneration[slot] !== generationOf(before) || !ledger.anyReclaim()) return undefined
    return `${ledger.memory.textOf(slot)} was taken from ${ledger.heldAs[slot]}, which lives and holds it, during a reclaim`
  }

  function look(memory: SlotMemory): string | undefined {
    const message = watch.look(memory, judgeSlot)
    if (message !== undefined) return message
    for (let peer = 0; peer < memory.peerCapacity; peer++) {
      const before = states[peer]
      const state = memory.peerState(peer)
      states[peer] = state
      if (before !== STATE_DEAD || state === STATE_DEAD) continue
      const left = leftOf(memory, peer)
      if (left !== undefined) return left
    }
    return undefined
  }

  return {
    name: 'reclaim-takes-only-from-the-dead',
    when: 'writes',
    begin(world) {
      const memory = memoryOf(world)
      ledger.begin(memory)
      watch.begin(memory)
      for (let peer = 0; peer < memory.peerCapacity; peer++) states[peer] = memory.peerState(peer)
    },
    everyStep(world) {
      return look(memoryOf(world))
    },
    onEvent(event, _history, world) {
      const memory = memoryOf(world)
      let message = look(memory)
      ledger.note(event)
      if (message === undefined && event.kind === 'event' && event.name === RECLAIMED) {
        const { peer } = event.data as ReclaimEvent
        if (memory.peerState(peer) === STATE_EMPTY && !isUsed(ledger, peer)) message = leftOf(memory, peer)
      }
      return message
    },
  }
}

/** Whether a living peer acts under the pool id. */
function isUsed(ledger: SlotLedger, poolId: number): boolean {
  for (let peer = 0; peer < ledger.as.length; peer++) if (ledger.as[peer] === poolId && ledger.dead[peer] === 0) return true
  return false
}

/** What a complete reclaim of the peer should have taken. */
function leftOf(memory: SlotMemory, peer: number): string | undefined {
  if (memory.intent(peer) !== 0) return `the reclaim of ${peer} is complete, but its intent is ${memory.intent(peer)}; expected 0`
  for (let classIdx = 0; classIdx < memory.classCount; classIdx++) {
    for (let slotIdx = 0; slotIdx < (memory.slotCounts[classIdx] as number); slotIdx++) {
      const word = memory.slotWord(classIdx, slotIdx)
      if (isAllocated(word) && ownerOf(word) === peer) return `the reclaim of ${peer} is complete, but ${slotText(classIdx, slotIdx)} is still allocated to it`
    }
  }
  return undefined
}
