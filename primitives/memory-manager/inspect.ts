// The state of a manager as plain data, for invariants and for people. Loads only.

import { epochOf, type PeerState, peerStateOf } from '../peer-table.js'
import { lockHolderOf } from '../recovery-lock.js'
import { INTENT_NONE, type IntentKind, intentKindOf, intentSlotOf } from '../slot-intent.js'
import { END } from '../slot-list.js'
import type { CountedSlotList } from './counted-slot-list.js'
import { DIRTY, POISONED, pendingOf, readersOf, SLEEPERS, writerOf } from './lock-word.js'
import { lockIndexOf, type ManagerMemory, RECOVERY_LOCK_INDEX, wordIndexOf } from './manager-memory.js'
import { type MemoryClass, memoryClassOf } from './memory-class.js'
import { generationOf, slotOwnerOf, slotStateOf } from './slot-word.js'

export interface SlotLockState {
  /** Ids, ascending. */
  readonly readers: readonly number[]
  readonly writer: number | undefined
  /** The writer that is first to come in. */
  readonly pending: number | undefined
  readonly dirty: boolean
  readonly poisoned: boolean
  readonly sleepers: boolean
}

export interface MessageSlotState {
  readonly state: 'free' | 'filling' | 'ready'
  /** 0 when free. */
  readonly owner: number
  /** 0 only before the first message. */
  readonly generation: number
  /** The slot below it, if it is listed; otherwise what was left there. undefined: the end of the list. */
  readonly next: number | undefined
  readonly lock: SlotLockState
}

export interface ManagerPeerState {
  readonly state: PeerState
  readonly epoch: number
  /** The slot that the peer's running (or last) operation names; undefined when none. */
  readonly intent: { readonly kind: IntentKind | undefined; readonly slot: number } | undefined
}

export interface ManagerState {
  readonly capacity: number
  /** Bytes. */
  readonly payloadBytesMax: number
  readonly memoryClass: MemoryClass
  /** Top of the list (undefined: none), how many slots it says are listed, and how often the list was changed, modulo 2^32. */
  readonly head: { readonly slot: number | undefined; readonly count: number; readonly tag: number }
  /** Slots met from the head on, in order. A walk that does not end stops after `capacity` slots. */
  readonly freeList: readonly number[]
  /** How the walk ended: as it should, going round, or at an index that is no slot. */
  readonly freeListEnd: 'end' | 'cycle' | 'outside'
  readonly slots: readonly MessageSlotState[]
  readonly peers: readonly ManagerPeerState[]
  /** The peer that holds the recovery lock; undefined when it is free. */
  readonly recoveryLock: number | undefined
}

const STATES = ['free', 'filling', 'ready'] as const

/** Words are loaded one after the other: exact only while no peer takes a step. */
export function inspectManager(memory: ManagerMemory, list: CountedSlotList): ManagerState {
  const recoveryLock = Atomics.load(memory.words, RECOVERY_LOCK_INDEX)
  const { slot: top, count, tag } = list.inspectHead()
  const slots: MessageSlotState[] = []
  for (let slotIdx = 0; slotIdx < memory.capacity; slotIdx++) slots.push(inspectSlot(memory, list, slotIdx))
  const peers: ManagerPeerState[] = []
  for (let peer = 0; peer < memory.peerCapacity; peer++) peers.push(inspectPeer(memory, peer))
  return {
    capacity: memory.capacity,
    payloadBytesMax: memory.payloadBytesMax,
    memoryClass: memoryClassOf(memory.memoryClassCode) as MemoryClass,
    head: { slot: top === END ? undefined : top, count, tag },
    ...walkFreeList(top === END ? undefined : top, slots),
    slots,
    peers,
    recoveryLock: lockHolderOf(recoveryLock),
  }
}

function inspectSlot(memory: ManagerMemory, list: CountedSlotList, slotIdx: number): MessageSlotState {
  const lockIndex = lockIndexOf(memory, slotIdx)
  const wordIndex = wordIndexOf(memory, slotIdx)
  const nextIndex = list.nextIndexOf(slotIdx)
  const lock = Atomics.load(memory.words, lockIndex)
  const word = Atomics.load(memory.words, wordIndex)
  const next = Atomics.load(memory.words, nextIndex)
  return {
    state: STATES[slotStateOf(word)] ?? 'free',
    owner: slotOwnerOf(word),
    generation: generationOf(word),
    next: next === END ? undefined : next,
    lock: {
      readers: readersOf(lock),
      writer: writerOf(lock),
      pending: pendingOf(lock),
      dirty: (lock & DIRTY) !== 0,
      poisoned: (lock & POISONED) !== 0,
      sleepers: (lock & SLEEPERS) !== 0,
    },
  }
}

/** Follows the links that were loaded: touches no memory. */
function walkFreeList(top: number | undefined, slots: readonly MessageSlotState[]): Pick<ManagerState, 'freeList' | 'freeListEnd'> {
  const freeList: number[] = []
  let at = top
  while (at !== undefined && freeList.length < slots.length) {
    const slot = slots[at]
    if (slot === undefined) break
    freeList.push(at)
    at = slot.next
  }
  return { freeList, freeListEnd: at === undefined ? 'end' : slots[at] === undefined ? 'outside' : 'cycle' }
}

function inspectPeer(memory: ManagerMemory, peer: number): ManagerPeerState {
  const status = memory.peers.loadStatus(peer)
  const intentIndex = memory.peers.intentIndex(peer)
  const intent = Atomics.load(memory.words, intentIndex)
  return {
    state: peerStateOf(status),
    epoch: epochOf(status),
    intent: intent === INTENT_NONE ? undefined : { kind: intentKindOf(intent), slot: intentSlotOf(intent) },
  }
}
