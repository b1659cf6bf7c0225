// The ghost record of a slot pool: who holds which slot and which calls are open, kept from events alone. Each invariant that
// needs one has its own, and notes every event in it after it has judged what the memory showed until then.
//
// A hold begins when `allocate` returns and ends where `free` is called. Slots that are allocated when the execution begins are
// held by their owner. A peer is dead when it crashed or was declared dead, and its holds are abandoned then: a reclaim may end them at any step.
// Arrays are by slot number (slot-memory.ts) or by simulated peer, and are reused between executions.

import type { HistoryEvent } from '../../sim/invariant.js'
import { IDLE, OpenCalls } from '../open-calls.js'
import * as events from './slot-events.js'
import { generationOf, isAllocated, ownerOf, type SlotMemory } from './slot-memory.js'

// Kinds of open calls. ALLOCATE is about bytes, FREE and ADOPT about a slot number, RECLAIM about a pool id.
export const ALLOCATE = 1
export const FREE = 2
export const ADOPT = 3
export const RECLAIM = 4

export class SlotLedger extends OpenCalls {
  memory!: SlotMemory
  /** By slot: generation that is held; 0 when nobody holds the slot. */
  heldGeneration = new Int32Array(0)
  /** By slot: the simulated peer that holds it. */
  holder = new Int32Array(0)
  /** By slot: the pool id under which it is held. */
  heldAs = new Int32Array(0)

  begin(memory: SlotMemory): void {
    this.memory = memory
    if (this.heldGeneration.length !== memory.slotCountTotal) {
      this.heldGeneration = new Int32Array(memory.slotCountTotal)
      this.holder = new Int32Array(memory.slotCountTotal)
      this.heldAs = new Int32Array(memory.slotCountTotal)
    }
    // A loop: there is little to clear, and `fill` costs 40 ns to call.
    for (let slot = 0; slot < this.heldGeneration.length; slot++) this.heldGeneration[slot] = 0
    this.clearCalls()
    for (let classIdx = 0; classIdx < memory.classCount; classIdx++) {
      for (let slotIdx = 0; slotIdx < (memory.slotCounts[classIdx] as number); slotIdx++) {
        const word = memory.slotWord(classIdx, slotIdx)
        if (isAllocated(word)) this.#hold((memory.firstSlots[classIdx] as number) + slotIdx, generationOf(word), ownerOf(word), ownerOf(word))
      }
    }
  }

  /** Takes note of an event. */
  note(event: HistoryEvent): void {
    const peer = event.peer
    this.meet(peer)
    switch (event.kind) {
      case 'event':
        this.#noteCall(event)
        return
      case 'crash':
        this.dead[peer] = 1
        this.#endCallOfDead(peer)
        return
      case 'declared dead':
        this.dead[peer] = 1
        return
      case 'restart':
        this.dead[peer] = 0
        this.#forgetHolds(peer)
        return
      default:
        return
    }
  }

  /** Number of the slot in an event. */
  slotOf(event: events.SlotEvent): number {
    return (this.memory.firstSlots[event.classIdx] as number) + event.slotIdx
  }

  /** Whether a peer that lives holds the slot. */
  isHeld(slot: number): boolean {
    return this.heldGeneration[slot] !== 0 && this.dead[this.holder[slot] as number] === 0
  }

  /** Whether a peer is inside `free` or `adopt` with this slot and generation. */
  isCalled(call: number, slot: number, generation: number): boolean {
    for (let peer = 0; peer < this.peerLimit; peer++) {
      if (this.call[peer] === call && this.callAbout[peer] === slot && this.callGeneration[peer] === generation) return true
    }
    return false
  }

  /** Whether a peer is inside a reclaim of the pool id. */
  isReclaimed(peerId: number): boolean {
    return this.isAbout(RECLAIM, peerId)
  }

  /** Whether a peer is inside any reclaim. */
  anyReclaim(): boolean {
    for (let peer = 0; peer < this.peerLimit; peer++) if (this.call[peer] === RECLAIM) return true
    return false
  }

  #noteCall(event: HistoryEvent): void {
    const peer = event.peer
    switch (event.name) {
      case events.ALLOCATING: {
        const { as, size } = event.data as events.AllocateEvent
        this.enter(peer, ALLOCATE, as, size, 0)
        return
      }
      case events.ALLOCATED: {
        const data = event.data as events.SlotEvent
        this.call[peer] = IDLE
        this.#hold(this.slotOf(data), data.generation, peer, data.as)
        return
      }
      case events.FREEING: {
        const data = event.data as events.SlotEvent
        const slot = this.slotOf(data)
        this.enter(peer, FREE, data.as, slot, data.generation)
        if (this.heldGeneration[slot] === data.generation) this.heldGeneration[slot] = 0
        return
      }
      case events.ADOPTING: {
        const data = event.data as events.SlotEvent
        this.enter(peer, ADOPT, data.as, this.slotOf(data), data.generation)
        return
      }
      case events.ADOPTED: {
        const data = event.data as events.SlotEvent
        this.call[peer] = IDLE
        this.#hold(this.slotOf(data), data.generation, peer, data.as)
        return
      }
      case events.RECLAIMING: {
        const data = event.data as events.ReclaimEvent
        this.enter(peer, RECLAIM, data.as, data.peer, 0)
        return
      }
      case events.EXHAUSTED:
      case events.ALLOCATE_REFUSED:
      case events.FREED:
      case events.FREE_REFUSED:
      case events.ADOPT_REFUSED:
      case events.RECLAIMED:
      case events.RECLAIM_BLOCKED:
      case events.RECLAIM_REFUSED:
        this.call[peer] = IDLE
        return
      default:
        return
    }
  }

  /** A peer that dies in `free` before the slot is free leaves it to the peer from which it had the reference. */
  #endCallOfDead(peer: number): void {
    const slot = this.callAbout[peer] as number
    const generation = this.callGeneration[peer] as number
    if (this.call[peer] === FREE && this.heldGeneration[slot] === 0) {
      const word = this.memory.wordOf(slot)
      if (isAllocated(word) && generationOf(word) === generation) this.heldGeneration[slot] = generation
    }
    this.call[peer] = IDLE
  }

  #hold(slot: number, generation: number, peer: number, as: number): void {
    this.heldGeneration[slot] = generation
    this.holder[slot] = peer
    this.heldAs[slot] = as
  }

  #forgetHolds(peer: number): void {
    for (let slot = 0; slot < this.heldGeneration.length; slot++) if (this.holder[slot] === peer) this.heldGeneration[slot] = 0
  }
}
