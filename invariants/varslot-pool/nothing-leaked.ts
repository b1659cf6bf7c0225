// VS-7: listed + allocated to non-dead owners = slotCount in each class once every dead peer is reclaimed.
//
// Said of each slot: at the end it is on its free list, or allocated to a peer that lives and (by the ghost record) holds it.
// Checked at the end, if every peer that crashed or was declared dead has been reclaimed since; otherwise it says nothing.
//
// Cost: nothing after a step; two words for each slot at the end.

import type { Invariant } from '../../sim/invariant.js'
import { ACTORS_MAX } from '../open-calls.js'
import { RECLAIMED, type ReclaimEvent } from './slot-events.js'
import { SlotLedger } from './slot-ledger.js'
import { isAllocated, ownerOf, POOL_PEERS_MAX, type SlotMemory, type SlotMemoryOf, STATE_DEAD, slotText } from './slot-memory.js'

/** VS-7: once every dead peer is reclaimed each slot is on its free list or held by a living peer. */
export function nothingLeaked<World>(memoryOf: SlotMemoryOf<World>): Invariant<World> {
  const ledger = new SlotLedger()
  /** By pool id: whether it was reclaimed after the last peer that used it died. */
  const reclaimed = new Uint8Array(POOL_PEERS_MAX)
  let marks = new Int32Array(0)

  return {
    name: 'nothing-leaked',
    begin(world) {
      const memory = memoryOf(world)
      ledger.begin(memory)
      reclaimed.fill(0)
      if (marks.length !== memory.slotCountTotal) marks = new Int32Array(memory.slotCountTotal)
    },
    onEvent(event) {
      ledger.note(event)
      if (event.kind === 'event' && event.name === RECLAIMED) reclaimed[(event.data as ReclaimEvent).peer] = 1
      const as = ledger.as[event.peer] as number
      if ((event.kind === 'crash' || event.kind === 'declared dead') && as >= 0) reclaimed[as] = 0
      return undefined
    },
    atEnd(world) {
      const memory = memoryOf(world)
      if (!allReclaimed(memory, ledger, reclaimed)) return undefined
      marks.fill(0)
      memory.markListed(marks, 1)
      for (let classIdx = 0; classIdx < memory.classCount; classIdx++) {
        for (let slotIdx = 0; slotIdx < (memory.slotCounts[classIdx] as number); slotIdx++) {
          const slot = (memory.firstSlots[classIdx] as number) + slotIdx
          if (marks[slot] === 1) continue
          const message = judge(memory, ledger, classIdx, slotIdx)
          if (message !== undefined) return message
        }
      }
      return undefined
    },
  }
}

function allReclaimed(memory: SlotMemory, ledger: SlotLedger, reclaimed: Uint8Array): boolean {
  for (let peer = 0; peer < memory.peerCapacity; peer++) if (memory.peerState(peer) === STATE_DEAD) return false
  for (let peer = 0; peer < ACTORS_MAX; peer++) {
    const as = ledger.as[peer] as number
    if (ledger.dead[peer] === 1 && as >= 0 && reclaimed[as] === 0) return false
  }
  return true
}

/** What is wrong with a slot that is on no list. */
function judge(memory: SlotMemory, ledger: SlotLedger, classIdx: number, slotIdx: number): string | undefined {
  const word = memory.slotWord(classIdx, slotIdx)
  const slot = (memory.firstSlots[classIdx] as number) + slotIdx
  if (!isAllocated(word)) return `${slotText(classIdx, slotIdx)} is lost: it is free, on no list, and no peer can move any more`
  const owner = ownerOf(word)
  if (!ledger.isHeld(slot)) return `${slotText(classIdx, slotIdx)} is lost: it is allocated to ${owner}, but no living peer holds it`
  if (ledger.heldAs[slot] !== owner) return `${slotText(classIdx, slotIdx)} is allocated to ${owner}, but ${ledger.heldAs[slot]} holds it`
  return undefined
}
