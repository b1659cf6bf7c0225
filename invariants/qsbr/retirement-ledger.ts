// The ghost record of a qsbr manager, kept from events alone: who is registered, who holds what, and for whom each retired object waits. Each
// invariant that needs one has its own, and notes every event in it after it has judged it.
//
// A peer is quiescent from the begin of a call that says so (pass, pause, deregister) to its end, while it is paused, and once it is dead. Peers
// are the simulator's, by id; sets of them are one bit each.

import type { HistoryEvent } from '../../sim/invariant.js'
import { ACTORS_MAX } from '../open-calls.js'
import * as events from './qsbr-events.js'

export interface RetiredObject {
  /** The peer that retired it. */
  readonly by: number
  /** Peers that were registered at the retirement and have not been quiescent since. */
  waitsFor: number
  /** How often it was freed. */
  freedCount: number
}

export class RetirementLedger {
  /** By object. */
  readonly retired = new Map<number, RetiredObject>()
  /** By object: the peers that hold it. */
  readonly holders = new Map<number, number>()
  /** Set of peers. */
  registered = 0
  paused = 0
  dead = 0
  /** Peers that passed together with all others after the last retirement, often enough. */
  keptPassing = 0
  /** Peers inside a call of the manager. */
  calling = 0
  /** Peers inside a call by which they say that they hold nothing. */
  quiescent = 0

  begin(): void {
    this.retired.clear()
    this.holders.clear()
    this.registered = 0
    this.paused = 0
    this.dead = 0
    this.keptPassing = 0
    this.calling = 0
    this.quiescent = 0
  }

  /** Takes note of an event. */
  note(event: HistoryEvent): void {
    const bit = 1 << event.peer
    if (event.kind === 'crash') {
      this.dead |= bit
      this.calling &= ~bit
      this.#drop(bit)
    }
    if (event.kind !== 'event') return
    switch (event.name) {
      case events.REGISTERING:
      case events.RESUMING:
        this.calling |= bit
        return
      case events.REGISTER_REFUSED:
        this.calling &= ~bit
        return
      case events.REGISTERED:
      case events.RESUMED:
        this.calling &= ~bit
        this.registered |= bit
        this.paused &= ~bit
        return
      case events.PASSING:
        this.#becomeQuiescent(bit)
        return
      case events.PAUSING:
        this.#becomeQuiescent(bit)
        this.registered &= ~bit
        this.paused |= bit
        return
      case events.LEAVING:
        this.#becomeQuiescent(bit)
        this.registered &= ~bit
        this.paused &= ~bit
        return
      case events.PASSED:
      case events.PAUSED:
      case events.LEFT:
      case events.LEAVE_TIMED_OUT:
        this.calling &= ~bit
        this.quiescent &= ~bit
        return
      case events.EVICTING:
        this.calling |= bit
        this.#settle(1 << (event.data as number))
        this.registered &= ~(1 << (event.data as number))
        return
      case events.EVICTED:
        this.calling &= ~bit
        return
      case events.KEPT_PASSING:
        this.keptPassing |= bit
        return
      case events.HOLDS:
        this.holders.set(event.data as number, (this.holders.get(event.data as number) ?? 0) | bit)
        return
      case events.RETIRED:
        this.retired.set(event.data as number, { by: event.peer, waitsFor: this.registered & ~this.quiescent, freedCount: 0 })
        return
      case events.FREED: {
        const object = this.retired.get(event.data as number)
        if (object !== undefined) object.freedCount += 1
        return
      }
      default:
        return
    }
  }

  /** Whether all that ever registered have left or were evicted, and nobody is paused. */
  get allHaveLeft(): boolean {
    return this.registered === 0 && (this.paused & ~this.dead) === 0
  }

  /** Whether all that are registered kept passing, and nobody is paused. */
  get allKeptPassing(): boolean {
    return (this.registered & ~this.keptPassing & ~this.dead) === 0 && (this.paused & ~this.dead) === 0
  }

  isDead(peer: number): boolean {
    return (this.dead & (1 << peer)) !== 0
  }

  /** How many objects a peer has retired that were not freed. */
  unfreedBy(peer: number): number {
    let count = 0
    for (const object of this.retired.values()) if (object.by === peer && object.freedCount === 0) count += 1
    return count
  }

  #becomeQuiescent(bit: number): void {
    this.calling |= bit
    this.quiescent |= bit
    this.#drop(bit)
    this.#settle(bit)
  }

  /** Nothing waits for these peers any more. */
  #settle(bits: number): void {
    for (const object of this.retired.values()) object.waitsFor &= ~bits
  }

  #drop(bits: number): void {
    for (const [object, holders] of this.holders) {
      if ((holders & ~bits) === 0) this.holders.delete(object)
      else this.holders.set(object, holders & ~bits)
    }
  }
}

/** The peers in a set: `peer 0, peer 2`. */
export function peersText(set: number): string {
  const peers: string[] = []
  for (let peer = 0; peer < ACTORS_MAX; peer++) if ((set & (1 << peer)) !== 0) peers.push(`peer ${peer}`)
  return peers.join(', ')
}
