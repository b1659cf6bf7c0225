// The ghost record of a slot pool: who holds which slot and which calls are open, kept from events alone. Each invariant that
// needs one has its own, and notes every event in it after it has judged what the memory showed until then.
//
// A hold begins when `allocate` returns and ends where `free` is called. Slots that are allocated when the execution begins are
// held by their owner. The holds of a peer that crashed or was declared dead are abandoned: a reclaim may end them at any step.
// Arrays are by slot number (slot-memory.ts) or by simulated peer, and are reused between executions.

import type { HistoryEvent } from '../../sim/invariant.js'
import * as events from './slot-events.js'
import { generationOf, isAllocated, ownerOf, type SlotMemory } from './slot-memory.js'

/** Simulated peers and recoveries, by id. */
export const ACTORS_MAX = 32
const NOBODY = -1

// Kinds of open calls.
export const IDLE = 0
export const ALLOCATE = 1
export const FREE = 2
export const ADOPT = 3
export const RECLAIM = 4

export class SlotLedger {
  memory!: SlotMemory
  /** By slot: generation that is held; 0 when nobody holds the slot. */
  heldGeneration = new Int32Array(0)
  /** By slot: the simulated peer that holds it. */
  holder = new Int32Array(0)
  /** By slot: the pool id under which it is held. */
  heldAs = new Int32Array(0)

  /** By simulated peer: kind of the call it is in. */
  readonly call = new Uint8Array(ACTORS_MAX)
  /** Slot number that the call is about (FREE, ADOPT), bytes (ALLOCATE), or pool id (RECLAIM). */
  readonly callAbout = new Int32Array(ACTORS_MAX)
  /** Generation in the reference (FREE, ADOPT). */
  readonly callGeneration = new Int32Array(ACTORS_MAX)
  /** Pool id under which the peer last called anything; -1 before its first call. */
  readonly as = new Int32Array(ACTORS_MAX)
  /** Whether the peer crashed or was declared dead. */
  readonly dead = new Uint8Array(ACTORS_MAX)
  /** Above the ids of all peers that were noted in this execution. */
  #peerLimit = ACTORS_MAX

  begin(memory: SlotMemory): void {
    this.memory = memory
    if (this.heldGeneration.length !== memory.slotCountTotal) {
      this.heldGeneration = new Int32Array(memory.slotCountTotal)
      this.holder = new Int32Array(memory.slotCountTotal)
      this.heldAs = new Int32Array(memory.slotCountTotal)
    }
    // Loops: there is little to clear, and `fill` costs 40 ns to call.
    for (let slot = 0; slot < this.heldGeneration.length; slot++) this.heldGeneration[slot] = 0
    for (let peer = 0; peer < this.#peerLimit; peer++) {
      this.call[peer] = IDLE
      this.as[peer] = NOBODY
      this.dead[peer] = 0
    }
    this.#peerLimit = 0
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
    if (peer >= this.#peerLimit) this.#peerLimit = peer + 1
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
    for (let peer = 0; peer < this.#peerLimit; peer++) {
      if (this.call[peer] === call && this.callAbout[peer] === slot && this.callGeneration[peer] === generation) return true
    }
    return false
  }

  /** Whether a peer is inside a reclaim of the pool id. */
  isReclaimed(peerId: number): boolean {
    for (let peer = 0; peer < this.#peerLimit; peer++) if (this.call[peer] === RECLAIM && this.callAbout[peer] === peerId) return true
    return false
  }

  /** Whether a peer is inside any reclaim. */
  anyReclaim(): boolean {
    for (let peer = 0; peer < this.#peerLimit; peer++) if (this.call[peer] === RECLAIM) return true
    return false
  }

  #noteCall(event: HistoryEvent): void {
    const peer = event.peer
    switch (event.name) {
      case events.ALLOCATING: {
        const { as, size } = event.data as events.AllocateEvent
        this.#enter(peer, ALLOCATE, as, size, 0)
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
        this.#enter(peer, FREE, data.as, slot, data.generation)
        if (this.heldGeneration[slot] === data.generation) this.heldGeneration[slot] = 0
        return
      }
      case events.ADOPTING: {
        const data = event.data as events.SlotEvent
        this.#enter(peer, ADOPT, data.as, this.slotOf(data), data.generation)
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
        this.#enter(peer, RECLAIM, data.as, data.peer, 0)
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

  #enter(peer: number, call: number, as: number, about: number, generation: number): void {
    this.call[peer] = call
    this.as[peer] = as
    this.callAbout[peer] = about
    this.callGeneration[peer] = generation
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
