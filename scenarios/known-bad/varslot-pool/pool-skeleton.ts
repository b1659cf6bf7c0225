// A VarSlotPool in parts that can be replaced: each known-bad variant is this pool with one method written wrongly.
//
// The skeleton itself is correct, and `scenarios/varslot/pool-skeleton.scenario.ts` runs every scenario on it, so what a variant
// breaks is broken by its one difference. Letters and numbers are the steps of the specification, as in primitives/varslot-pool.ts,
// which says why each step is where it is.

import { PeerStateError } from '../../../primitives/errors.js'
import { isDead, type PeerState } from '../../../primitives/peer-table.js'
import { DoubleFreeError, SizeTooLargeError, StaleSlotError } from '../../../primitives/varslot-errors.js'
import { formatPool, readFormat } from '../../../primitives/varslot-format.js'
import { inspectPool, type VarSlotPoolState } from '../../../primitives/varslot-inspect.js'
import {
  allocatedWord,
  END,
  freeWord,
  generationAfter,
  generationOf,
  INTENT_ALLOC,
  INTENT_FREE,
  INTENT_NONE,
  INTENT_RECOVER,
  intentClassOf,
  intentNames,
  intentSlotOf,
  intentWord,
  isAllocated,
  layoutOf,
  lockHolderOf,
  lockWord,
  ownerOf,
  type PoolOptions,
  peerCapacityOf,
  type SizeClassConfig,
  type SlotRef,
} from '../../../primitives/varslot-layout.js'
import { LOCK_INDEX, mapPool, nextIndexOf, type PoolMemory, type SizeClass, slotIndexOf } from '../../../primitives/varslot-memory.js'
import type { SlotReclaimer, VarSlotPool } from '../../../primitives/varslot-pool.js'
import type { ReclaimOptions, ReclaimReport } from '../../../primitives/varslot-reclaim.js'
import { copySlotRef, requireSlotRef } from '../../../primitives/varslot-ref.js'
import { WaitBudget } from '../../../primitives/wait-budget.js'

/** What a scenario asks of a pool: all that a VarSlotPool offers. */
export type SlotPool = Pick<VarSlotPool, keyof VarSlotPool>

/** What a scenario asks of a pool's class. */
export interface SlotPoolClass {
  requiredSize(configs: readonly SizeClassConfig[], options?: PoolOptions): number
  init(buffer: SharedArrayBuffer, baseOffset: number, configs: readonly SizeClassConfig[], options?: PoolOptions): SlotPool
  attach(buffer: SharedArrayBuffer, baseOffset: number, configs: readonly SizeClassConfig[]): SlotPool
}

/** What one call of reclaim did so far. */
export interface ReclaimProgress {
  readonly deadPeer: number
  readonly byPeer: number
  readonly budget: WaitBudget
  freedSlots: number
  recoveredLimbo: number
  blockedBy: number | undefined
}

export class PoolSkeleton implements SlotPool {
  protected readonly memory: PoolMemory

  static requiredSize(configs: readonly SizeClassConfig[], options?: PoolOptions): number {
    return layoutOf(configs, peerCapacityOf(options)).totalSize
  }

  static init(buffer: SharedArrayBuffer, baseOffset: number, configs: readonly SizeClassConfig[], options?: PoolOptions): PoolSkeleton {
    formatPool(buffer, baseOffset, configs, peerCapacityOf(options))
    // biome-ignore lint/complexity/noThisInStatic: a variant makes pools of its own class
    return this.attach(buffer, baseOffset, configs)
  }

  static attach(buffer: SharedArrayBuffer, baseOffset: number, configs: readonly SizeClassConfig[]): PoolSkeleton {
    const format = readFormat(buffer, baseOffset)
    return new this(mapPool(buffer, baseOffset, configs, format.peerCapacity))
  }

  constructor(memory: PoolMemory) {
    this.memory = memory
  }

  // --- what callers use ---

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

  reclaimPeerSlots(peerId: number, byPeer: number, options?: ReclaimOptions): ReclaimReport {
    const { words, peers } = this.memory
    this.requireLive(byPeer) // R0
    const status = peers.loadStatus(peerId)
    if (peerId === byPeer || !isDead(status)) throw new PeerStateError(peerId, peers.state(peerId), 'DEAD and not the peer that reclaims')
    const progress = { deadPeer: peerId, byPeer, budget: new WaitBudget(options?.waitMsMax ?? 1000), freedSlots: 0, recoveredLimbo: 0, blockedBy: undefined }
    const locked = this.takeLock(progress)
    if (!locked) return report(progress, false)
    const statusAgain = peers.loadStatus(peerId) // R2
    let complete = true
    if (isDead(statusAgain)) {
      this.freeOwned(progress)
      complete = this.recoverNamed(progress)
      if (complete) peers.storeEmpty(peerId, statusAgain) // R5
    }
    Atomics.store(words, LOCK_INDEX, 0) // R6
    return report(progress, complete)
  }

  // --- parts of several operations ---

  /** A0, F0, O0, R0: throws unless the peer is LIVE and joined through this handle. */
  protected requireLive(peer: number): void {
    this.memory.peers.requireLive(peer)
  }

  /** The reference's class; throws where a field cannot belong to the pool. */
  protected requireRef(ref: SlotRef): SizeClass {
    return requireSlotRef(this.memory.classes, ref)
  }

  /** A2, F1, N7: says which slot the peer is about to take or give. */
  protected announce(peer: number, kind: number, sizeClass: SizeClass, slotIdx: number): void {
    const { words, peers } = this.memory
    const intentIndex = peers.intentIndex(peer)
    const intent = intentWord(kind, sizeClass.classIdx, slotIdx)
    Atomics.store(words, intentIndex, intent)
  }

  /** A7, A9, F7, F9, N7, N8. */
  protected withdraw(peer: number): void {
    const { words, peers } = this.memory
    const intentIndex = peers.intentIndex(peer)
    Atomics.store(words, intentIndex, INTENT_NONE)
  }

  /** The tag that goes with a new head. */
  protected tagAfter(tag: number, _newTop: number): number {
    return tag + 1
  }

  // --- parts of allocate ---

  /** A1 to A4: takes the top of the list; END if it was empty. The slot is in limbo then. */
  protected pop(sizeClass: SizeClass, peer: number): number {
    const { words, heads, pair } = this.memory
    for (;;) {
      const head = Atomics.load(heads, sizeClass.headIndex) // A1
      const slotIdx = pair.low(head)
      if (slotIdx === END) return END
      this.announce(peer, INTENT_ALLOC, sizeClass, slotIdx) // A2
      const nextIndex = nextIndexOf(sizeClass, slotIdx)
      const next = Atomics.load(words, nextIndex) // A3
      const popped = pair.join(next, this.tagAfter(pair.high(head), next))
      const seen = Atomics.compareExchange(heads, sizeClass.headIndex, head, popped) // A4
      if (seen === head) return slotIdx
    }
  }

  /** A5, A6: makes the peer the owner of a slot that it popped; returns the generation. */
  protected own(sizeClass: SizeClass, slotIdx: number, peer: number): number {
    const { words } = this.memory
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    const word = Atomics.load(words, slotIndex) // A5
    const generation = generationAfter(generationOf(word))
    const allocated = allocatedWord(peer, generation)
    Atomics.store(words, slotIndex, allocated) // A6
    return generation
  }

  // --- parts of free ---

  /** F2, F3: ends the allocation; false if it had ended before. The slot is in limbo then. */
  protected claim(sizeClass: SizeClass, slotIdx: number, generation: number): boolean {
    const { words } = this.memory
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    const freed = freeWord(generation)
    for (;;) {
      const word = Atomics.load(words, slotIndex) // F2
      if (!isAllocated(word) || generationOf(word) !== generation) return false
      const seen = Atomics.compareExchange(words, slotIndex, word, freed) // F3
      if (seen === word) return true
    }
  }

  /** F4 to F6: puts a slot in limbo on top of the list. */
  protected push(sizeClass: SizeClass, slotIdx: number): void {
    const { words, heads, pair } = this.memory
    const nextIndex = nextIndexOf(sizeClass, slotIdx)
    for (;;) {
      const head = Atomics.load(heads, sizeClass.headIndex) // F4
      const top = pair.low(head)
      const pushed = pair.join(slotIdx, this.tagAfter(pair.high(head), slotIdx))
      Atomics.store(words, nextIndex, top) // F5
      const seen = Atomics.compareExchange(heads, sizeClass.headIndex, head, pushed) // F6
      if (seen === head) return
    }
  }

  // --- parts of reclaim ---

  /** R1: false if another peer keeps the lock. */
  protected takeLock(progress: ReclaimProgress): boolean {
    const { words } = this.memory
    const { byPeer } = progress
    const taken = this.lockWordOf(byPeer)
    for (;;) {
      const lock = Atomics.load(words, LOCK_INDEX)
      const holder = lockHolderOf(lock)
      if (holder !== undefined && holder !== byPeer) {
        const inTheWay = this.standsInTheWay(holder)
        if (inTheWay) {
          const waited = this.wait(progress, holder)
          if (!waited) return false
          continue
        }
      }
      const seen = Atomics.compareExchange(words, LOCK_INDEX, lock, taken)
      if (seen === lock) return true
    }
  }

  /** What the reclaim lock holds while the peer has it. */
  protected lockWordOf(peer: number): number {
    return lockWord(peer, this.memory.peers.joinedEpoch(peer))
  }

  /** Whether the holder of the reclaim lock may still be at work. */
  protected standsInTheWay(holder: number): boolean {
    const status = this.memory.peers.loadStatus(holder)
    return !isDead(status)
  }

  /** R3: frees what the dead peer owns. */
  protected freeOwned(progress: ReclaimProgress): void {
    const { words, classes } = this.memory
    for (const sizeClass of classes) {
      for (let slotIdx = 0; slotIdx < sizeClass.slotCount; slotIdx++) {
        const slotIndex = slotIndexOf(sizeClass, slotIdx)
        const word = Atomics.load(words, slotIndex)
        if (!isAllocated(word) || ownerOf(word) !== progress.deadPeer) continue
        this.announce(progress.byPeer, INTENT_FREE, sizeClass, slotIdx) // F1
        const claimed = this.claimOwned(sizeClass, slotIdx, word)
        if (claimed) {
          this.push(sizeClass, slotIdx)
          progress.freedSlots++
        }
        this.withdraw(progress.byPeer) // F7
      }
    }
  }

  /** F3 for a slot of the dead peer: false if another peer freed or adopted it since `word` was loaded. */
  protected claimOwned(sizeClass: SizeClass, slotIdx: number, word: number): boolean {
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    const freed = freeWord(generationOf(word))
    const seen = Atomics.compareExchange(this.memory.words, slotIndex, word, freed)
    return seen === word
  }

  /** N1 to N8: settles the slot that the dead peer's intent names; false if a living peer stands on it. */
  protected recoverNamed(progress: ReclaimProgress): boolean {
    const { words, classes, peers } = this.memory
    const intentIndex = peers.intentIndex(progress.deadPeer)
    const intent = Atomics.load(words, intentIndex) // N1
    if (intent === INTENT_NONE) return true
    const settled = this.settle(progress, classes[intentClassOf(intent)] as SizeClass, intentSlotOf(intent))
    if (settled) this.withdraw(progress.deadPeer) // N8
    return settled
  }

  /** N2 to N7: the slot is allocated, listed, or pushed by this call. */
  protected settle(progress: ReclaimProgress, sizeClass: SizeClass, slotIdx: number): boolean {
    const { words } = this.memory
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    for (;;) {
      const word = Atomics.load(words, slotIndex) // N2
      if (isAllocated(word)) return true
      const standing = this.firstScan(progress, sizeClass, slotIdx) // N3
      if (standing !== undefined) {
        const waited = this.wait(progress, standing)
        if (!waited) return false
        continue
      }
      const listed = this.isListed(sizeClass, slotIdx) // N4
      if (listed) return true
      const standingAgain = this.secondScan(progress, sizeClass, slotIdx) // N5
      if (standingAgain !== undefined) {
        const waited = this.wait(progress, standingAgain)
        if (!waited) return false
        continue
      }
      const wordAgain = Atomics.load(words, slotIndex) // N6
      if (wordAgain !== word) continue
      this.pushRecovered(progress, sizeClass, slotIdx)
      return true
    }
  }

  /** N3: a peer that may still take or give the slot. */
  protected firstScan(progress: ReclaimProgress, sizeClass: SizeClass, slotIdx: number): number | undefined {
    return this.scan(progress, sizeClass, slotIdx)
  }

  /** N5. */
  protected secondScan(progress: ReclaimProgress, sizeClass: SizeClass, slotIdx: number): number | undefined {
    return this.scan(progress, sizeClass, slotIdx)
  }

  protected scan(progress: ReclaimProgress, sizeClass: SizeClass, slotIdx: number): number | undefined {
    const { words, peers } = this.memory
    for (let peer = 0; peer < peers.capacity; peer++) {
      if (peer === progress.deadPeer || peer === progress.byPeer) continue
      const intentIndex = peers.intentIndex(peer)
      const intent = Atomics.load(words, intentIndex)
      if (!intentNames(intent, sizeClass.classIdx, slotIdx)) continue
      const status = peers.loadStatus(peer)
      if (!isDead(status)) return peer
    }
    return undefined
  }

  /** N4: whether a walk from the head meets the slot. */
  protected isListed(sizeClass: SizeClass, slotIdx: number): boolean {
    const { words, heads, pair } = this.memory
    for (;;) {
      const head = Atomics.load(heads, sizeClass.headIndex)
      let at = pair.low(head)
      for (let walked = 0; walked <= sizeClass.slotCount; walked++) {
        if (at === END) return false
        if (at === slotIdx) return true
        const nextIndex = nextIndexOf(sizeClass, at)
        at = Atomics.load(words, nextIndex)
      }
    }
  }

  /** N7. */
  protected pushRecovered(progress: ReclaimProgress, sizeClass: SizeClass, slotIdx: number): void {
    this.announce(progress.byPeer, INTENT_RECOVER, sizeClass, slotIdx)
    this.push(sizeClass, slotIdx)
    this.withdraw(progress.byPeer)
    progress.recoveredLimbo++
  }

  /** Sleeps a little because of `peer`; false if the call has waited long enough. */
  protected wait(progress: ReclaimProgress, peer: number): boolean {
    progress.blockedBy = peer
    return progress.budget.sleep(this.memory.peers, progress.byPeer)
  }
}

function report({ freedSlots, recoveredLimbo, blockedBy }: ReclaimProgress, complete: boolean): ReclaimReport {
  return complete || blockedBy === undefined ? { complete, freedSlots, recoveredLimbo } : { complete, freedSlots, recoveredLimbo, blockedBy }
}
