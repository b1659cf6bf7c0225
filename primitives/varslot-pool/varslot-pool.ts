// A pool of fixed-size slots in several size classes, in shared memory. A sender allocates a slot, fills it and passes the
// SlotRef on; the receiver, usually another thread, frees it. A host recovers the slots of a thread that died.
//
// Each class has a free list: a Treiber stack whose head carries a tag, against ABA (R. K. Treiber, "Systems Programming:
// Coping with Parallelism", IBM RJ 5118, 1986; the tag as in the IBM System/370 Principles of Operation). A slot is
//
//   listed     free word, on the list of its class;
//   allocated  word with owner and generation, off the list;
//   limbo      free word, off the list: a peer stands between two steps of an allocate or a free. Its intent names the slot,
//              so that recovery finds it if the peer never takes another step.
//
// State, owner and generation change together in one compare-and-swap of the slot word. The operations stand in files of their own, step
// by step: varslot-allocate.ts, varslot-free.ts, varslot-adopt.ts and varslot-reclaim.ts.
//
// Source: VarSlotPool of roam's shm-primitives, repaired: the published free is a load, a load and a store; it has no intents,
// no adopt, and reclaims a bare id. We differ from our own specification in one word only: the reclaim lock also carries the
// holder's epoch (recovery-lock.ts says why).

import { isBelow, requireSharedBuffer, waitMsMaxOf } from '../argument-checks.js'
import { BadArgumentError, BadLayoutError, PeerStateError } from '../errors.js'
import type { PeerState } from '../peer-table.js'
import { adoptSlot } from './adopt.js'
import { allocateSlot } from './allocate.js'
import { StaleSlotError } from './errors.js'
import { formatPool, readFormat, requireSameConfigs } from './format.js'
import { freeSlot } from './free.js'
import { inspectPool, type VarSlotPoolState } from './inspect.js'
import { formatOf, layoutOf, type PoolLayout, type PoolOptions, peerCapacityOf, type SizeClassConfig, type SlotRef } from './layout.js'
import { mapPool, type PoolMemory, type SizeClass, slotIndexOf } from './memory.js'
import { type ReclaimOptions, type ReclaimReport, reclaimDeadPeer } from './reclaim.js'
import { copySlotRef, requireSlotRef } from './ref.js'
import { generationOf, isAllocated, ownerOf } from './slot-word.js'

/** Frees slots in the name of one peer: what `qsbr` hands retired slots to. */
export interface SlotReclaimer {
  free(ref: SlotRef): void
}

/**
 * One thread's handle on a pool. Peers are joined through a handle and used through it; handles are never shared between
 * threads. Sizes and offsets are in bytes.
 *
 * Every operation with a peer argument throws `PeerStateError` unless that peer is LIVE and joined through this handle, and
 * `BadArgumentError` unless its id is below the pool's peer capacity.
 *
 * ```ts
 * const configs = [{ slotSize: 64, slotCount: 128 }, { slotSize: 4096, slotCount: 16 }]
 * const buffer = new SharedArrayBuffer(VarSlotPool.requiredSize(configs))
 * const sender = VarSlotPool.init(buffer, 0, configs)
 * const receiver = VarSlotPool.attach(buffer, 0, configs) // in another thread
 * sender.joinPeer(1)
 * receiver.joinPeer(2)
 *
 * const ref = sender.allocate(5, 1)
 * if (ref === undefined) throw new Error('no slot is free: wait, or drop the message')
 * sender.slotDataMut(ref).set([1, 2, 3, 4, 5])
 *
 * receiver.adopt(ref, 2) // from here on the sender may die
 * assert(receiver.slotData(ref)[4] === 5)
 * receiver.free(ref, 2)
 * ```
 */
export class VarSlotPool {
  /** Views on the shared words, and what this handle knows of its peers. */
  readonly #memory: PoolMemory

  private constructor(memory: PoolMemory) {
    this.#memory = memory
  }

  /**
   * Where the blocks of a pool lie, from its base. Pure.
   *
   * @param configs 1 to 63 classes, `slotSize` strictly ascending, less than 2^32 bytes in all
   * @throws BadArgumentError
   */
  static layout(configs: readonly SizeClassConfig[], options?: PoolOptions): PoolLayout {
    return layoutOf(configs, peerCapacityOf(options))
  }

  /** How many bytes a pool takes: a multiple of 64. Pure. Throws BadArgumentError. */
  static requiredSize(configs: readonly SizeClassConfig[], options?: PoolOptions): number {
    return layoutOf(configs, peerCapacityOf(options)).totalSize
  }

  /**
   * The size classes of a formatted pool, as its headers have them.
   *
   * @param numClasses 1 to 63, the number of classes stored there
   * @throws BadLayoutError when there is no such pool
   */
  static discoverConfigs(buffer: SharedArrayBuffer, baseOffset: number, numClasses: number): SizeClassConfig[] {
    requireSharedBuffer('buffer', buffer)
    const { configs } = readFormat(buffer, baseOffset)
    if (numClasses !== configs.length) throw new BadLayoutError(`expected numClasses to be ${configs.length}, the number stored, got ${String(numClasses)}`)
    return [...configs]
  }

  /**
   * Formats a pool. Needs the memory to itself, zeroed from `baseOffset` on.
   *
   * @param baseOffset bytes, a multiple of 64
   * @throws BadArgumentError, BadLayoutError; the memory is unchanged then
   */
  static init(buffer: SharedArrayBuffer, baseOffset: number, configs: readonly SizeClassConfig[], options?: PoolOptions): VarSlotPool {
    requireSharedBuffer('buffer', buffer)
    const format = formatOf(configs, peerCapacityOf(options))
    formatPool(buffer, baseOffset, format)
    return new VarSlotPool(mapPool(buffer, baseOffset, format))
  }

  /**
   * Opens a formatted pool, from any thread. Writes nothing.
   *
   * @param configs those that the pool was formatted with
   * @throws BadArgumentError, and BadLayoutError when there is no such pool
   */
  static attach(buffer: SharedArrayBuffer, baseOffset: number, configs: readonly SizeClassConfig[]): VarSlotPool {
    requireSharedBuffer('buffer', buffer)
    layoutOf(configs, 1)
    const format = readFormat(buffer, baseOffset)
    requireSameConfigs(configs, format.configs)
    return new VarSlotPool(mapPool(buffer, baseOffset, format))
  }

  /** Takes an id that nobody uses. Throws PeerStateError if it is LIVE, or DEAD and not yet reclaimed. */
  joinPeer(peer: number): void {
    this.#memory.peers.requireId('peer', peer)
    this.#memory.peers.join(peer)
  }

  /** Gives the id back. Throws PeerStateError while a slot has that owner: one load for each slot of the pool. */
  leavePeer(peer: number): void {
    this.#memory.peers.requireId('peer', peer)
    const { words, classes, peers } = this.#memory
    peers.requireLive(peer)
    // Only the peer itself, which is here, can make it the owner of a slot: what the loop has passed stays as it was.
    for (let classIdx = 0; classIdx < classes.length; classIdx++) {
      const sizeClass = classes[classIdx] as SizeClass
      for (let slotIdx = 0; slotIdx < sizeClass.slotCount; slotIdx++) {
        const slotIndex = slotIndexOf(sizeClass, slotIdx)
        const word = Atomics.load(words, slotIndex)
        if (isAllocated(word) && ownerOf(word) === peer)
          throw new PeerStateError(peer, 'live', `without slots before it leaves (it owns slot ${slotIdx} of class ${classIdx})`)
      }
    }
    peers.leave(peer)
  }

  /**
   * Declares that a peer will never take another step: its thread is known to have ended. Declaring a running peer dead breaks
   * the contract. `byPeer` is the caller. Throws PeerStateError unless `peer` is LIVE and another one.
   */
  declarePeerDead(peer: number, byPeer: number): void {
    this.#memory.peers.requireId('peer', peer)
    this.#memory.peers.requireId('byPeer', byPeer)
    this.#memory.peers.declareDead(peer, byPeer)
  }

  /** Whether the id is free, in use, or dead and not yet reclaimed. */
  peerState(peer: number): PeerState {
    this.#memory.peers.requireId('peer', peer)
    return this.#memory.peers.state(peer)
  }

  /**
   * Takes a slot of the smallest class that fits and has one. `undefined` if every fitting class was empty when it was looked
   * at: the caller waits or drops. A slot's bytes are what its last user left.
   *
   * @param size bytes, 0 to 2^32 - 1
   * @param ownerPeer the caller
   * @throws BadArgumentError, SizeTooLargeError, PeerStateError, CorruptStateError
   */
  allocate(size: number, ownerPeer: number): SlotRef | undefined {
    const ref: SlotRef = { classIdx: 0, extentIdx: 0, slotIdx: 0, generation: 0 }
    return allocateSlot(this.#memory, size, ownerPeer, ref) ? ref : undefined
  }

  /**
   * As {@link allocate}, into a reference of the caller's: creates no object. Where it returns false, `out` is all zero, which
   * no operation accepts. Throws BadArgumentError if `out` cannot be written.
   */
  allocateInto(size: number, ownerPeer: number, out: SlotRef): boolean {
    return allocateSlot(this.#memory, size, ownerPeer, out)
  }

  /**
   * Puts a slot back. Whoever has the reference may free it, not its owner only.
   *
   * @param byPeer the caller
   * @throws DoubleFreeError if the slot is not allocated with that generation; SlotRefRangeError, BadArgumentError,
   * PeerStateError, CorruptStateError
   */
  free(slotRef: SlotRef, byPeer: number): void {
    freeSlot(this.#memory, slotRef, byPeer)
  }

  /**
   * Makes the caller the owner of a slot that it received, so that the sender's death does not take it away.
   *
   * @param newOwner the caller
   * @throws StaleSlotError if the slot is no longer allocated with that generation; SlotRefRangeError, BadArgumentError,
   * PeerStateError
   */
  adopt(slotRef: SlotRef, newOwner: number): void {
    adoptSlot(this.#memory, slotRef, newOwner)
  }

  /**
   * The slot's bytes, all `slotSize` of them, to write. The view cannot be withdrawn: using it after the slot is freed is the
   * caller's error.
   *
   * @throws StaleSlotError, SlotRefRangeError, BadArgumentError
   */
  slotDataMut(slotRef: SlotRef): Uint8Array {
    return this.#view(slotRef)
  }

  /** The slot's bytes to read. As {@link slotDataMut}; the two differ in intent only. */
  slotData(slotRef: SlotRef): Uint8Array {
    return this.#view(slotRef)
  }

  /** How many size classes there are. */
  classCount(): number {
    return this.#memory.classes.length
  }

  /** Bytes of one slot of the class. Throws BadArgumentError. */
  slotSize(classIdx: number): number {
    return this.#requireClass(classIdx).slotSize
  }

  /** Slots of the class, free or not. Throws BadArgumentError. */
  slotCount(classIdx: number): number {
    return this.#requireClass(classIdx).slotCount
  }

  /** How many peer ids there are. */
  peerCapacity(): number {
    return this.#memory.peers.capacity
  }

  /**
   * Takes back everything that a DEAD peer owned or was about to give back, then frees its id. For the host, after
   * {@link declarePeerDead}. Where `complete` is false the peer stays DEAD and the call is made again later.
   *
   * @param byPeer the caller
   * @throws PeerStateError unless `peerId` is DEAD and not `byPeer`; BadArgumentError, CorruptStateError
   */
  reclaimPeerSlots(peerId: number, byPeer: number, options?: ReclaimOptions): ReclaimReport {
    this.#memory.peers.requireId('peerId', peerId)
    this.#memory.peers.requireId('byPeer', byPeer)
    const waitMsMax = waitMsMaxOf(options)
    return reclaimDeadPeer(this.#memory, peerId, byPeer, waitMsMax)
  }

  /** An object whose `free(ref)` is `this.free(ref, byPeer)`. */
  reclaimerFor(byPeer: number): SlotReclaimer {
    this.#memory.peers.requireId('byPeer', byPeer)
    this.#memory.peers.requireLive(byPeer)
    return new PeerReclaimer(this, byPeer)
  }

  /**
   * The pool's state as plain data, for invariants. Exact only while no peer takes a step.
   *
   * @param reuse a state of this pool that is filled anew and returned, so that looking after every step creates little
   */
  inspect(reuse?: VarSlotPoolState): VarSlotPoolState {
    return inspectPool(this.#memory, reuse)
  }

  #view(slotRef: SlotRef): Uint8Array {
    const { buffer, words, classes } = this.#memory
    const sizeClass = requireSlotRef(classes, slotRef)
    const { slotIdx, generation } = slotRef
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    const word = Atomics.load(words, slotIndex)
    if (!isAllocated(word) || generationOf(word) !== generation) throw new StaleSlotError(copySlotRef(slotRef))
    return new Uint8Array(buffer, sizeClass.dataOffset + slotIdx * sizeClass.slotSize, sizeClass.slotSize)
  }

  #requireClass(classIdx: number): SizeClass {
    const { classes } = this.#memory
    if (!isBelow(classIdx, classes.length)) throw new BadArgumentError('classIdx', classIdx, `an integer from 0 to ${classes.length - 1}`)
    return classes[classIdx] as SizeClass
  }
}

/** What {@link VarSlotPool.reclaimerFor} returns. */
class PeerReclaimer implements SlotReclaimer {
  readonly #pool: VarSlotPool
  readonly #byPeer: number

  constructor(pool: VarSlotPool, byPeer: number) {
    this.#pool = pool
    this.#byPeer = byPeer
  }

  free(ref: SlotRef): void {
    this.#pool.free(ref, this.#byPeer)
  }
}
