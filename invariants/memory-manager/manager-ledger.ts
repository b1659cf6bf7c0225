// The ghost record of a memory manager: who holds which guard and which calls are open, kept from events alone. Each invariant that needs
// one has its own, and notes every event in it after it has judged what the memory showed until then.
//
// A guard is open from the event that says it was handed out to the one that says it is about to end, so a guard in the record is always
// one in memory too. A peer is dead when it crashed; what it was in then stays in the record until the peer is recovered.

import type { HistoryEvent } from '../../sim/invariant.js'
import { ACTORS_MAX, IDLE, NOBODY, OpenCalls } from '../open-calls.js'
import * as events from './manager-events.js'
import type { ManagerWords } from './manager-words.js'

// Kinds of open calls. Each is about a slot, but RECOVER about the manager's id of the peer that is recovered.
export const STORE = 1
export const OPEN = 2
export const RELEASE = 3
export const POISON = 4
export const FREEING = 5
export const ADOPT = 6
export const RECOVER = 7

// Kinds of guards.
export const NO_GUARD = 0
export const READ_GUARD = 1
export const WRITE_GUARD = 2

export class ManagerLedger extends OpenCalls {
  memory!: ManagerWords
  /** By simulated peer: whether its call is about a write guard. */
  readonly callWrites = new Uint8Array(ACTORS_MAX)
  /** By simulated peer and slot: the guard, and the generation of its token. */
  #guards = new Uint8Array(0)
  #generations = new Int32Array(0)

  begin(memory: ManagerWords): void {
    this.memory = memory
    const size = ACTORS_MAX * memory.capacity
    if (this.#guards.length !== size) {
      this.#guards = new Uint8Array(size)
      this.#generations = new Int32Array(size)
    }
    // A loop, over those that acted: the guards of the others were never set.
    const met = this.peerLimit * memory.capacity
    for (let at = 0; at < met; at++) this.#guards[at] = NO_GUARD
    this.clearCalls()
  }

  /** Takes note of an event. */
  note(event: HistoryEvent): void {
    this.meet(event.peer)
    if (event.kind === 'crash') this.dead[event.peer] = 1
    if (event.kind === 'event') this.#noteCall(event.peer, event.name, event.data)
  }

  /** The guard that the simulated peer holds on the slot, dead or not. */
  guard(peer: number, slot: number): number {
    return this.#guards[peer * this.memory.capacity + slot] as number
  }

  /** The generation of that guard's token. */
  guardGeneration(peer: number, slot: number): number {
    return this.#generations[peer * this.memory.capacity + slot] as number
  }

  /** Whether a peer that lives is inside this kind of call about this message. */
  isCalled(call: number, slot: number, generation: number): boolean {
    for (let peer = 0; peer < this.peerLimit; peer++) {
      if (this.call[peer] === call && this.dead[peer] === 0 && this.callAbout[peer] === slot && this.callGeneration[peer] === generation) return true
    }
    return false
  }

  /** Whether a peer is inside a recovery of the manager's id. */
  isRecovered(id: number): boolean {
    return this.isAbout(RECOVER, id)
  }

  /** Whether a peer is inside any recovery. */
  anyRecovery(): boolean {
    for (let peer = 0; peer < this.peerLimit; peer++) if (this.call[peer] === RECOVER) return true
    return false
  }

  /** Whether a peer that died, and is not recovered, used the manager under this id. */
  isDeadId(id: number): boolean {
    for (let peer = 0; peer < this.peerLimit; peer++) if (this.dead[peer] === 1 && this.as[peer] === id) return true
    return false
  }

  /** Whether the call waits for the lock of the slot, or is about to let go of it. */
  isAtLock(peer: number, slot: number): boolean {
    const call = this.call[peer] as number
    return (call === OPEN || call === RELEASE || call === POISON || call === FREEING) && this.callAbout[peer] === slot
  }

  #noteCall(peer: number, name: string, data: unknown): void {
    switch (name) {
      case events.STORING:
        this.enter(peer, STORE, (data as events.StoringEvent).as, NOBODY, 0)
        return
      case events.OPENING: {
        const { as, slot, generation, kind } = data as events.GuardEvent
        this.enter(peer, OPEN, as, slot, generation)
        this.callWrites[peer] = kind === 'write' ? 1 : 0
        return
      }
      case events.OPENED: {
        const { slot, generation, kind } = data as events.GuardEvent
        this.call[peer] = IDLE
        const at = peer * this.memory.capacity + slot
        this.#guards[at] = kind === 'write' ? WRITE_GUARD : READ_GUARD
        this.#generations[at] = generation
        return
      }
      case events.RELEASING:
      case events.POISONING: {
        const { as, slot, generation, kind } = data as events.GuardEvent
        this.#guards[peer * this.memory.capacity + slot] = NO_GUARD
        this.enter(peer, name === events.POISONING ? POISON : RELEASE, as, slot, generation)
        this.callWrites[peer] = kind === 'write' ? 1 : 0
        return
      }
      case events.FREEING: {
        const { as, slot, generation } = data as events.MessageEvent
        this.enter(peer, FREEING, as, slot, generation)
        return
      }
      case events.ADOPTING: {
        const { as, slot, generation } = data as events.MessageEvent
        this.enter(peer, ADOPT, as, slot, generation)
        return
      }
      case events.RECOVERING: {
        const { as, peer: id } = data as events.RecoverEvent
        this.enter(peer, RECOVER, as, id, 0)
        return
      }
      case events.RECOVERED:
        this.call[peer] = IDLE
        this.#forget((data as events.RecoverEvent).peer)
        return
      case events.USED:
        return
      default:
        this.call[peer] = IDLE
    }
  }

  /** Nothing is left of the dead peer that used the manager under this id. */
  #forget(id: number): void {
    for (let peer = 0; peer < this.peerLimit; peer++) {
      if (this.dead[peer] === 0 || this.as[peer] !== id) continue
      this.call[peer] = IDLE
      this.as[peer] = NOBODY
      this.#guards.fill(NO_GUARD, peer * this.memory.capacity, (peer + 1) * this.memory.capacity)
    }
  }
}
