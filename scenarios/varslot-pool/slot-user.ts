// One peer's use of a pool: each call tells the invariants what it is about to do and how it ended.

import type { PeerHandle } from 'heddle'
import { slotEvents } from 'heddle/invariants'
import type { ReclaimReport, SlotRef } from 'heddle/primitives/varslot-pool'
import type { SlotPool } from '../known-bad/varslot-pool/slot-pool.js'

export class SlotUser {
  readonly pool: SlotPool
  /** The pool id that this peer uses. */
  readonly as: number
  readonly #me: PeerHandle

  constructor(pool: SlotPool, as: number, me: PeerHandle) {
    this.pool = pool
    this.as = as
    this.#me = me
  }

  allocate(size = 1): SlotRef | undefined {
    const asked = { as: this.as, size }
    this.#me.event(slotEvents.ALLOCATING, asked)
    const slot = this.pool.allocate(size, this.as)
    if (slot === undefined) this.#me.event(slotEvents.EXHAUSTED, asked)
    else this.#me.event(slotEvents.ALLOCATED, this.#slotEvent(slot))
    return slot
  }

  /** As {@link allocate}; undefined also where the pool refuses the peer. */
  tryAllocate(size = 1): SlotRef | undefined {
    try {
      return this.allocate(size)
    } catch (error) {
      requireCode(error, 'PEER_STATE')
      this.#me.event(slotEvents.ALLOCATE_REFUSED, { as: this.as, size })
      return undefined
    }
  }

  /** Frees a slot that nobody else may free. */
  free(slot: SlotRef): void {
    this.#me.event(slotEvents.FREEING, this.#slotEvent(slot))
    this.pool.free(slot, this.as)
    this.#me.event(slotEvents.FREED, this.#slotEvent(slot))
  }

  /** Frees a slot that others may have freed before; says whether it was the first. */
  tryFree(slot: SlotRef): boolean {
    try {
      this.free(slot)
      return true
    } catch (error) {
      requireCode(error, 'VARSLOT_DOUBLE_FREE')
      this.#me.event(slotEvents.FREE_REFUSED, this.#slotEvent(slot))
      return false
    }
  }

  /** Becomes the owner of a received slot; says whether it was still there. */
  tryAdopt(slot: SlotRef): boolean {
    this.#me.event(slotEvents.ADOPTING, this.#slotEvent(slot))
    try {
      this.pool.adopt(slot, this.as)
    } catch (error) {
      requireCode(error, 'VARSLOT_STALE_SLOT')
      this.#me.event(slotEvents.ADOPT_REFUSED, this.#slotEvent(slot))
      return false
    }
    this.#me.event(slotEvents.ADOPTED, this.#slotEvent(slot))
    return true
  }

  /** One try, which waits for nobody. */
  reclaim(peer: number): ReclaimReport {
    this.#me.event(slotEvents.RECLAIMING, { as: this.as, peer })
    const report = this.pool.reclaimPeerSlots(peer, this.as, { waitMsMax: 0 })
    if (report.complete) this.#me.event(slotEvents.RECLAIMED, { as: this.as, peer })
    else this.#me.event(slotEvents.RECLAIM_BLOCKED, { as: this.as, peer, blockedBy: report.blockedBy })
    return report
  }

  /** A reclaim that the pool may refuse, because the peer is not dead: undefined then. */
  tryReclaim(peer: number): ReclaimReport | undefined {
    try {
      return this.reclaim(peer)
    } catch (error) {
      requireCode(error, 'PEER_STATE')
      this.#me.event(slotEvents.RECLAIM_REFUSED, { as: this.as, peer })
      return undefined
    }
  }

  #slotEvent({ classIdx, slotIdx, generation }: SlotRef) {
    return { as: this.as, classIdx, slotIdx, generation }
  }
}

/** Throws any error but the one that is expected here. */
export function requireCode(error: unknown, code: string): void {
  if (codeOf(error) !== code) throw error
}

/** The code of a primitive's error; undefined for any other. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
