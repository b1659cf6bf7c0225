// A lock-free stack whose nodes are slots of a pool (R. K. Treiber, IBM RJ 5118, 1986), without a tag: a node is used again only once every executor
// has passed since it was popped. So a popper may read the next of a node that another one has popped before it.
//
// A link is a slot's generation and index in one number, which is also the number of the object for the invariants of qsbr.

import type { PeerHandle } from 'heddle'
import { qsbrEvents } from '../../invariants/qsbr/public.js'
import { generationOf, isAllocated, type SlotMemory } from '../../invariants/varslot-pool/slot-memory.js'
import { type SlotRef, VarSlotPool } from '../../primitives/varslot-pool/public.js'
import { SLOT_SIZE } from '../varslot-pool/pool-world.js'
import type { SlotUser } from '../varslot-pool/slot-user.js'
import type { ExecutorUser } from './executor-user.js'

/** No node. */
const END = 0
/** A link is generation * 16 + slot index + 1. */
const LINK_SLOTS = 16
const HEAD = 0
/** How long a popper may look at a node before it reads on. */
const USE_STEPS = 6

export class SlotStack {
  /** The link to the node on top. */
  readonly head = new Int32Array(new SharedArrayBuffer(4))
  /** By slot, at every `#nodeWords` words: the link to the node below. */
  readonly #nodes: Int32Array

  constructor(pool: SharedArrayBuffer, slotCount: number, peerCapacity: number) {
    const { classOffsets } = VarSlotPool.layout([{ slotSize: SLOT_SIZE, slotCount }], { peerCapacity })
    this.#nodes = new Int32Array(pool, classOffsets[0]?.dataOffset, (slotCount * SLOT_SIZE) / 4)
  }

  push(ref: SlotRef): void {
    const node = nodeIndex(ref)
    const link = linkTo(ref)
    for (;;) {
      const top = Atomics.load(this.head, HEAD)
      Atomics.store(this.#nodes, node, top)
      const seen = Atomics.compareExchange(this.head, HEAD, top, link)
      if (seen === top) return
    }
  }

  /** For a registered executor, which holds each node that it looks at until it passes. undefined if the stack is empty. */
  pop(me: PeerHandle): SlotRef | undefined {
    for (;;) {
      const top = Atomics.load(this.head, HEAD)
      if (top === END) return undefined
      me.event(qsbrEvents.HOLDS, top)
      const ref = refOf(top)
      for (let step = USE_STEPS * me.random(2); step > 0; step--) me.step('looks at the node')
      const node = nodeIndex(ref)
      const next = Atomics.load(this.#nodes, node)
      const seen = Atomics.compareExchange(this.head, HEAD, top, next)
      if (seen === top) return ref
    }
  }

  /** Unlinks all nodes; returns them. They may still be read by others. */
  takeAll(): SlotRef[] {
    const refs: SlotRef[] = []
    let link = Atomics.exchange(this.head, HEAD, END)
    while (link !== END) {
      const ref = refOf(link)
      refs.push(ref)
      const node = nodeIndex(ref)
      link = Atomics.load(this.#nodes, node)
    }
    return refs
  }
}

/** Becomes the owner of a node that was popped, and retires it. */
export function retireSlot(executor: ExecutorUser, slots: SlotUser, ref: SlotRef, me: PeerHandle): void {
  const adopted = slots.tryAdopt(ref)
  if (!adopted) throw new Error(`expected slot ${ref.slotIdx} to stay allocated until its popper passes`)
  me.event(qsbrEvents.RETIRED, linkTo(ref))
  executor.local.scheduleDeallocate(new SlotReclaimer(slots, me), ref)
}

/** Frees retired nodes. */
class SlotReclaimer {
  readonly #slots: SlotUser
  readonly #me: PeerHandle

  constructor(slots: SlotUser, me: PeerHandle) {
    this.#slots = slots
    this.#me = me
  }

  free(ref: SlotRef): void {
    this.#me.event(qsbrEvents.FREED, linkTo(ref))
    this.#slots.free(ref)
  }
}

/** Whether the slot behind a link is free, or used again, whoever freed it. */
export function isSlotFreed(memory: SlotMemory, link: number): boolean {
  const { slotIdx, generation } = refOf(link)
  const word = memory.slotWord(0, slotIdx)
  return !isAllocated(word) || generationOf(word) !== generation
}

function linkTo(ref: SlotRef): number {
  return ref.generation * LINK_SLOTS + ref.slotIdx + 1
}

function refOf(link: number): SlotRef {
  return { classIdx: 0, extentIdx: 0, slotIdx: (link % LINK_SLOTS) - 1, generation: Math.floor(link / LINK_SLOTS) }
}

function nodeIndex(ref: SlotRef): number {
  return (ref.slotIdx * SLOT_SIZE) / 4
}
