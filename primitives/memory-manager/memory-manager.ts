// Messages in shared slots, with a lock for each slot. A producer stores a message and gets a token; the token travels through queues;
// consumers read or change the message, and one of them frees it. Readers of one slot run together, a writer runs alone, different slots
// never block each other, and no lock covers the whole.
//
// Where the parts are: counted-slot-list.ts (the list of free slots), message-slots.ts (store, free, adopt, step by step), slot-locks.ts and
// lock-word.ts (readers and writers), the guards in files of their own, message-data.ts (bytes), peer-recovery.ts (after a death).
//
// Source: ConcurrentMemoryManager of limen-core, repaired: there, a token is a bare slot index, free slots are counted beside the list,
// a poisoned slot is lost, and what a dead thread held is held for good.

import { requireSharedBuffer, waitMsMaxOf } from '../argument-checks.js'
import { BadArgumentError, PeerStateError } from '../errors.js'
import type { PeerState } from '../peer-table.js'
import { formatManager } from './format.js'
import { ConcurrentHeaderGuard } from './header-guard.js'
import { inspectManager, type ManagerState } from './inspect.js'
import { type ManagerOptions, placeBlocks, shapeOf } from './layout.js'
import { lockIndexOf, mapManager, wordIndexOf } from './manager-memory.js'
import { type ManagerParts, partsOf } from './manager-parts.js'
import { type MemoryClass, memoryClassOf } from './memory-class.js'
import { type Message, requireBytes, requireMessage } from './message.js'
import type { RecoverReport } from './peer-recovery.js'
import { ConcurrentReadGuard } from './read-guard.js'
import { isFree, slotOwnerOf } from './slot-word.js'
import { type MessageToken, tokenGenerationOf, tokenSlotOf } from './token.js'
import { ConcurrentWriteGuard } from './write-guard.js'

export interface WaitOptions {
  /** How long the call may wait for other peers in all, in ms: 0 to 600,000, default 1000. */
  readonly waitMsMax?: number
}

/** What a pipeline needs of whatever keeps its messages. */
export interface MemoryManager {
  store(message: Message, peer: number): MessageToken
  read(token: MessageToken, peer: number): ConcurrentReadGuard
  readMut(token: MessageToken, peer: number): ConcurrentWriteGuard
  free(token: MessageToken, peer: number): void
}

/**
 * One thread's handle on a manager. Peers are joined through a handle and used through it; handles and guards are never shared between
 * threads. A message belongs to the peer that stored it, until another adopts it, and goes when its owner is recovered.
 *
 * Every operation with a peer argument throws `PeerStateError` unless that peer is LIVE and joined through this handle, and
 * `BadArgumentError` unless its id is below the manager's peer capacity. Every operation with a token throws `BadTokenError` for one that
 * cannot be, `NotAllocatedError` if the message was freed, and `StaleTokenError`, which is one, if its slot holds another message by now.
 * A call that throws has changed nothing.
 *
 * ```ts
 * const buffer = new SharedArrayBuffer(ConcurrentMemoryManager.byteLength(64))
 * const producer = ConcurrentMemoryManager.init(buffer, 0, 64)
 * const consumer = ConcurrentMemoryManager.attach(buffer, 0) // in another thread
 * producer.joinPeer(1)
 * consumer.joinPeer(2)
 *
 * const token = producer.storeShared({ header: { traceId: 7, qos: 1 }, payload: new Uint8Array([1, 2, 3]) }, 1)
 *
 * consumer.adopt(token, 2) // from here on the producer may die
 * consumer.withWrite(token, 2, (guard) => {
 *   guard.header.sequence = 1
 *   guard.payload[0] = 9
 * })
 * const guard = consumer.readShared(token, 2)
 * assert(guard.header.sequence === 1)
 * assert(guard.payload[0] === 9)
 * guard.release()
 * consumer.freeShared(token, 2)
 * ```
 */
export class ConcurrentMemoryManager implements MemoryManager {
  readonly #parts: ManagerParts

  /** Not for users: {@link create}, {@link init} and {@link attach} make managers. */
  constructor(parts: ManagerParts) {
    this.#parts = parts
  }

  /**
   * How many bytes a manager takes: a multiple of 64. Pure.
   *
   * @param capacity slots, 1 to 65,534
   * @throws BadArgumentError
   */
  static byteLength(capacity: number, options?: ManagerOptions): number {
    return placeBlocks(shapeOf(capacity, options)).totalSize
  }

  /** A manager in a buffer of its own. For other threads: `attach(manager.buffer(), 0)`. Throws BadArgumentError. */
  static create(capacity: number, options?: ManagerOptions): ConcurrentMemoryManager {
    const buffer = new SharedArrayBuffer(ConcurrentMemoryManager.byteLength(capacity, options))
    return ConcurrentMemoryManager.init(buffer, 0, capacity, options)
  }

  /** As {@link create}, with `options.memoryClass` given apart. */
  static withMemoryClass(capacity: number, memoryClass: MemoryClass, options?: ManagerOptions): ConcurrentMemoryManager {
    return ConcurrentMemoryManager.create(capacity, { ...options, memoryClass })
  }

  /**
   * Formats a manager. Needs the memory to itself, zeroed from `byteOffset` on.
   *
   * @param byteOffset a multiple of 64
   * @param capacity slots, 1 to 65,534
   * @throws BadArgumentError, BadLayoutError; the memory is unchanged then
   */
  static init(buffer: SharedArrayBuffer, byteOffset: number, capacity: number, options?: ManagerOptions): ConcurrentMemoryManager {
    requireSharedBuffer('buffer', buffer)
    formatManager(buffer, byteOffset, shapeOf(capacity, options))
    return ConcurrentMemoryManager.attach(buffer, byteOffset)
  }

  /** Opens a formatted manager, from any thread. Writes nothing. Throws BadArgumentError, and BadLayoutError when there is none. */
  static attach(buffer: SharedArrayBuffer, byteOffset: number): ConcurrentMemoryManager {
    requireSharedBuffer('buffer', buffer)
    return new ConcurrentMemoryManager(partsOf(mapManager(buffer, byteOffset)))
  }

  /** As {@link storeShared}. */
  store(message: Message, peer: number): MessageToken {
    return this.storeShared(message, peer)
  }

  /** As {@link readShared} with the default wait. */
  read(token: MessageToken, peer: number): ConcurrentReadGuard {
    return this.readShared(token, peer)
  }

  /** As {@link readMutShared} with the default wait. */
  readMut(token: MessageToken, peer: number): ConcurrentWriteGuard {
    return this.readMutShared(token, peer)
  }

  /** As {@link freeShared} with the default wait. */
  free(token: MessageToken, peer: number): void {
    this.freeShared(token, peer)
  }

  /**
   * Copies the message into a free slot. The token may be given to several consumers. Waits for nobody.
   *
   * @param peer the caller, who owns the message from now on
   * @throws NoFreeSlotsError, PayloadTooLargeError, BadArgumentError, PeerStateError, CorruptStateError
   */
  storeShared(message: Message, peer: number): MessageToken {
    const { memory, slots } = this.#parts
    requireMessage(message, memory.payloadBytesMax)
    this.#requireLive('peer', peer)
    return slots.store(message, peer)
  }

  /**
   * A guard under which the message can be read, beside other readers.
   *
   * @param peer the caller
   * @throws PoisonedError, AlreadyBorrowedError if this peer holds a guard on the slot, LockTimeoutError; see the class for the rest
   */
  readShared(token: MessageToken, peer: number, wait?: WaitOptions): ConcurrentReadGuard {
    const { locks, data } = this.#parts
    this.#enterToRead(token, peer, wait)
    return new ConcurrentReadGuard(token, peer, locks, data)
  }

  /**
   * A guard under which the message can be changed, alone. If it ends without `release()` the message is poisoned: {@link withWrite}.
   *
   * @param peer the caller
   * @throws PoisonedError, AlreadyBorrowedError if this peer holds a guard on the slot, LockTimeoutError; see the class for the rest
   */
  readMutShared(token: MessageToken, peer: number, wait?: WaitOptions): ConcurrentWriteGuard {
    const { memory, locks, data, slots } = this.#parts
    this.#parts.slots.requireToken(token)
    const waitMsMax = waitMsMaxOf(wait)
    this.#requireLive('peer', peer)
    const slotIdx = tokenSlotOf(token)
    const lock = locks.lockWrite(slotIdx, peer, waitMsMax)
    const fault = slots.faultOf(slotIdx, tokenGenerationOf(token), lock) // X1
    if (fault !== undefined) {
      locks.unlockWrite(slotIdx, peer, false)
      throw fault
    }
    locks.markDirty(slotIdx) // X2
    return new ConcurrentWriteGuard(token, peer, locks, data, memory.payloadBytesMax)
  }

  /** A guard under which the header can be read, as with {@link readShared}. */
  peekHeader(token: MessageToken, peer: number, wait?: WaitOptions): ConcurrentHeaderGuard {
    const { locks, data } = this.#parts
    this.#enterToRead(token, peer, wait)
    return new ConcurrentHeaderGuard(token, peer, locks, data)
  }

  /**
   * Ends the message. Whoever has the token may free it, not its owner only, and also a message that is poisoned. Waits for guards.
   *
   * @param peer the caller
   * @throws BorrowActiveError if this peer holds a guard on the slot, LockTimeoutError; see the class for the rest
   */
  freeShared(token: MessageToken, peer: number, wait?: WaitOptions): void {
    this.#parts.slots.requireToken(token)
    const waitMsMax = waitMsMaxOf(wait)
    this.#requireLive('peer', peer)
    this.#parts.slots.free(tokenSlotOf(token), tokenGenerationOf(token), peer, waitMsMax)
  }

  /**
   * Copies the payload to the begin of `target`, under a lock of its own; returns how many bytes it has. Creates no object, up to 1024 bytes.
   *
   * @param peer the caller
   * @param target at least as long as the payload, else BadArgumentError
   * @throws PoisonedError, AlreadyBorrowedError if this peer holds a guard on the slot, LockTimeoutError; see the class for the rest
   */
  copyMessage(token: MessageToken, peer: number, target: Uint8Array, wait?: WaitOptions): number {
    const { locks, data } = this.#parts
    requireBytes('target', target)
    this.#enterToRead(token, peer, wait)
    const slotIdx = tokenSlotOf(token)
    const size = data.payloadSize(slotIdx)
    const fits = size <= target.byteLength
    if (fits) data.copyPayload(slotIdx, target)
    locks.unlockRead(slotIdx, peer)
    if (!fits) throw new BadArgumentError('target', target, `a Uint8Array of at least ${size} bytes, the size of the payload (it has ${target.byteLength})`)
    return size
  }

  /**
   * Runs `f` with a write guard and releases it, unless `f` has ended it. If `f` throws, the message is poisoned and the error goes on.
   * `f` is synchronous: the guard ends when it returns.
   *
   * @param peer the caller
   * @throws as {@link readMutShared}
   */
  withWrite<R>(token: MessageToken, peer: number, f: (guard: ConcurrentWriteGuard) => R, wait?: WaitOptions): R {
    if (typeof f !== 'function') throw new BadArgumentError('f', f, 'a function')
    const guard = this.readMutShared(token, peer, wait)
    let result: R
    try {
      result = f(guard)
    } catch (error) {
      guard[Symbol.dispose]()
      throw error
    }
    if (guard.isOpen) guard.release()
    return result
  }

  /**
   * Makes the caller the owner of a message that it received, so that the producer's death does not take it away.
   *
   * @param newOwner the caller
   */
  adopt(token: MessageToken, newOwner: number): void {
    this.#parts.slots.requireToken(token)
    this.#requireLive('newOwner', newOwner)
    this.#parts.slots.adopt(tokenSlotOf(token), tokenGenerationOf(token), newOwner)
  }

  /** How many slots are free: exact at the moment of the one load that it takes. */
  available(): number {
    return this.#parts.list.count()
  }

  /** Slots, free or not. */
  capacity(): number {
    return this.#parts.memory.capacity
  }

  memoryClass(): MemoryClass {
    return memoryClassOf(this.#parts.memory.memoryClassCode) as MemoryClass
  }

  /** Bytes that the payload of a message may have. */
  payloadBytesMax(): number {
    return this.#parts.memory.payloadBytesMax
  }

  /** How many peer ids there are. */
  peerCapacity(): number {
    return this.#parts.memory.peerCapacity
  }

  /** The shared memory that it is in: what other threads attach to. */
  buffer(): SharedArrayBuffer {
    return this.#parts.memory.buffer
  }

  /** A second handle for the same thread: peers joined through one are joined through both. */
  clone(): ConcurrentMemoryManager {
    return new ConcurrentMemoryManager(this.#parts)
  }

  /**
   * Takes back what a DEAD peer had: locks, messages that it owned, the slot that its last operation stood on. Then its id is free. For the
   * host, after {@link declarePeerDead}. A message that the peer was changing is poisoned. A message of its own that others read is freed
   * when they are done; where they are not in time, `complete` is false, the peer stays DEAD, and the call is made again later.
   *
   * @param byPeer the caller
   * @throws PeerStateError unless `peer` is DEAD and not `byPeer`; BadArgumentError, CorruptStateError
   */
  recoverPeer(peer: number, byPeer: number, wait?: WaitOptions): RecoverReport {
    const { memory, recovery } = this.#parts
    memory.peers.requireId('peer', peer)
    memory.peers.requireId('byPeer', byPeer)
    const waitMsMax = waitMsMaxOf(wait)
    return recovery.run(peer, byPeer, waitMsMax)
  }

  /** Takes an id that nobody uses. Throws PeerStateError if it is LIVE, or DEAD and not yet recovered. */
  joinPeer(peer: number): void {
    this.#parts.memory.peers.requireId('peer', peer)
    this.#parts.memory.peers.join(peer)
  }

  /** Gives the id back. Throws PeerStateError while the peer owns a message or holds a guard: two loads for each slot. */
  leavePeer(peer: number): void {
    const { memory, locks } = this.#parts
    this.#requireLive('peer', peer)
    // Only the peer itself, which is here, can make it an owner or a holder: what the loop has passed stays as it was.
    for (let slotIdx = 0; slotIdx < memory.capacity; slotIdx++) {
      const wordIndex = wordIndexOf(memory, slotIdx)
      const lockIndex = lockIndexOf(memory, slotIdx)
      const word = Atomics.load(memory.words, wordIndex)
      if (!isFree(word) && slotOwnerOf(word) === peer)
        throw new PeerStateError(peer, 'live', `without messages before it leaves (it owns the one in slot ${slotIdx})`)
      const lock = Atomics.load(memory.words, lockIndex)
      if (locks.names(lock, peer)) throw new PeerStateError(peer, 'live', `without guards before it leaves (it holds one on slot ${slotIdx})`)
    }
    memory.peers.leave(peer)
  }

  /**
   * Declares that a peer will never take another step: its thread is known to have ended. Declaring a running peer dead breaks the contract.
   * `byPeer` is the caller. Throws PeerStateError unless `peer` is LIVE and another one.
   */
  declarePeerDead(peer: number, byPeer: number): void {
    this.#parts.memory.peers.requireId('peer', peer)
    this.#parts.memory.peers.requireId('byPeer', byPeer)
    this.#parts.memory.peers.declareDead(peer, byPeer)
  }

  /** Whether the id is free, in use, or dead and not yet recovered. */
  peerState(peer: number): PeerState {
    this.#parts.memory.peers.requireId('peer', peer)
    return this.#parts.memory.peers.state(peer)
  }

  /** The state as plain data, for invariants and for people. Exact only while no peer takes a step. */
  inspect(): ManagerState {
    return inspectManager(this.#parts.memory, this.#parts.list)
  }

  /** L1 to L3. */
  #enterToRead(token: MessageToken, peer: number, wait: WaitOptions | undefined): void {
    const { locks, slots } = this.#parts
    this.#parts.slots.requireToken(token)
    const waitMsMax = waitMsMaxOf(wait)
    this.#requireLive('peer', peer)
    const slotIdx = tokenSlotOf(token)
    const lock = locks.lockRead(slotIdx, peer, waitMsMax)
    const fault = slots.faultOf(slotIdx, tokenGenerationOf(token), lock) // L3
    if (fault === undefined) return
    locks.unlockRead(slotIdx, peer)
    throw fault
  }

  #requireLive(argument: string, peer: number): void {
    const { peers } = this.#parts.memory
    peers.requireId(argument, peer)
    peers.requireLive(peer)
  }
}
