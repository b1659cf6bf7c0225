// A VarSlotPool in parts that can be replaced: each known-bad variant is this pool with one method written wrongly.
//
// The skeleton itself is correct, and scenarios/varslot-pool/on-the-skeleton.ts runs every scenario on it, so what a variant breaks is broken by
// its one difference. Here stands what callers use; the parts of its operations are in slot-steps.ts and reclaim-steps.ts.

import { PeerStateError } from '../../../primitives/errors.js'
import type { PeerState } from '../../../primitives/peer-table.js'
import { INTENT_FREE } from '../../../primitives/slot-intent.js'
import { END } from '../../../primitives/slot-list.js'
import { DoubleFreeError, SizeTooLargeError, StaleSlotError } from '../../../primitives/varslot-pool/errors.js'
import { formatPool, readFormat } from '../../../primitives/varslot-pool/format.js'
import { inspectPool, type VarSlotPoolState } from '../../../primitives/varslot-pool/inspect.js'
import { formatOf, layoutOf, type PoolOptions, peerCapacityOf, type SizeClassConfig, type SlotRef } from '../../../primitives/varslot-pool/layout.js'
import { mapPool, type SizeClass, slotIndexOf } from '../../../primitives/varslot-pool/memory.js'
import type { SlotReclaimer } from '../../../primitives/varslot-pool/public.js'
import { copySlotRef } from '../../../primitives/varslot-pool/ref.js'
import { allocatedWord, generationOf, isAllocated, ownerOf } from '../../../primitives/varslot-pool/slot-word.js'
import { ReclaimSteps } from './reclaim-steps.js'
import type { SlotPool } from './slot-pool.js'

export class PoolSkeleton extends ReclaimSteps implements SlotPool {
  static requiredSize(configs: readonly SizeClassConfig[], options?: PoolOptions): number {
    return layoutOf(configs, peerCapacityOf(options)).totalSize
  }

  static init(buffer: SharedArrayBuffer, baseOffset: number, configs: readonly SizeClassConfig[], options?: PoolOptions): PoolSkeleton {
    formatPool(buffer, baseOffset, formatOf(configs, peerCapacityOf(options)))
    // biome-ignore lint/complexity/noThisInStatic: a variant makes pools of its own class
    return this.attach(buffer, baseOffset)
  }

  static attach(buffer: SharedArrayBuffer, baseOffset: number): PoolSkeleton {
    return new this(mapPool(buffer, baseOffset, readFormat(buffer, baseOffset)))
  }

  joinPeer(peer: number): void {
    this.memory.peers.join(peer)
  }

  leavePeer(peer: number): void {
    this.requireLive(peer)
    const { words, classes, peers } = this.memory
    for (const sizeClass of classes) {
      for (let slotIdx = 0; slotIdx < sizeClass.slotCount; slotIdx++) {
        const slotIndex = slotIndexOf(sizeClass, slotIdx)
        const word = Atomics.load(words, slotIndex)
        if (isAllocated(word) && ownerOf(word) === peer) throw new PeerStateError(peer, 'live', 'without slots before it leaves')
      }
    }
    peers.leave(peer)
  }

  declarePeerDead(peer: number, byPeer: number): void {
    this.memory.peers.declareDead(peer, byPeer)
  }

  peerState(peer: number): PeerState {
    return this.memory.peers.state(peer)
  }

  allocate(size: number, ownerPeer: number): SlotRef | undefined {
    const ref = { classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 0 }
    return this.allocateInto(size, ownerPeer, ref) ? ref : undefined
  }

  allocateInto(size: number, ownerPeer: number, out: SlotRef): boolean {
    const { classes } = this.memory
    const largest = (classes[classes.length - 1] as SizeClass).slotSize
    if (size > largest) throw new SizeTooLargeError(size, largest)
    this.requireLive(ownerPeer) // A0
    for (const sizeClass of classes) {
      if (sizeClass.slotSize < size) continue
      const slotIdx = this.pop(sizeClass, ownerPeer)
      if (slotIdx === END) continue
      out.classIdx = sizeClass.classIdx
      out.extentIdx = 0
      out.slotIdx = slotIdx
      out.generation = this.own(sizeClass, slotIdx, ownerPeer)
      this.withdraw(ownerPeer) // A7
      return true
    }
    this.withdraw(ownerPeer) // A9
    return false
  }

  free(slotRef: SlotRef, byPeer: number): void {
    const sizeClass = this.requireRef(slotRef)
    const { slotIdx, generation } = slotRef
    this.requireLive(byPeer) // F0
    this.announce(byPeer, INTENT_FREE, sizeClass, slotIdx) // F1
    const claimed = this.claim(sizeClass, slotIdx, generation)
    if (claimed) this.push(sizeClass, slotIdx)
    this.withdraw(byPeer) // F7, F9
    if (!claimed) throw new DoubleFreeError(copySlotRef(slotRef))
  }

  adopt(slotRef: SlotRef, newOwner: number): void {
    const sizeClass = this.requireRef(slotRef)
    this.requireLive(newOwner) // O0
    const { words } = this.memory
    const slotIndex = slotIndexOf(sizeClass, slotRef.slotIdx)
    const adopted = allocatedWord(newOwner, slotRef.generation)
    for (;;) {
      const word = Atomics.load(words, slotIndex) // O1
      if (!isAllocated(word) || generationOf(word) !== slotRef.generation) throw new StaleSlotError(copySlotRef(slotRef))
      const seen = Atomics.compareExchange(words, slotIndex, word, adopted) // O2
      if (seen === word) return
    }
  }

  slotDataMut(slotRef: SlotRef): Uint8Array {
    return this.slotData(slotRef)
  }

  slotData(slotRef: SlotRef): Uint8Array {
    const sizeClass = this.requireRef(slotRef)
    const { words, buffer } = this.memory
    const slotIndex = slotIndexOf(sizeClass, slotRef.slotIdx)
    const word = Atomics.load(words, slotIndex)
    if (!isAllocated(word) || generationOf(word) !== slotRef.generation) throw new StaleSlotError(copySlotRef(slotRef))
    return new Uint8Array(buffer, sizeClass.dataOffset + slotRef.slotIdx * sizeClass.slotSize, sizeClass.slotSize)
  }

  classCount(): number {
    return this.memory.classes.length
  }

  slotSize(classIdx: number): number {
    return (this.memory.classes[classIdx] as SizeClass).slotSize
  }

  slotCount(classIdx: number): number {
    return (this.memory.classes[classIdx] as SizeClass).slotCount
  }

  peerCapacity(): number {
    return this.memory.peers.capacity
  }

  inspect(reuse?: VarSlotPoolState): VarSlotPoolState {
    return inspectPool(this.memory, reuse)
  }

  reclaimerFor(byPeer: number): SlotReclaimer {
    return { free: (ref) => this.free(ref, byPeer) }
  }
}
