// The state of a pool as plain data, for invariants and for people. Loads only.

import { epochOf, type PeerState, peerStateOf } from '../peer-table.js'
import { lockHolderOf } from '../recovery-lock.js'
import { INTENT_NONE, type IntentKind, intentClassOf, intentKindOf, intentSlotOf } from '../slot-intent.js'
import { END } from '../slot-list.js'
import { LOCK_INDEX, nextIndexOf, type PoolMemory, type SizeClass, slotIndexOf } from './memory.js'
import { generationOf, isAllocated, ownerOf } from './slot-word.js'

export interface SlotState {
  state: 'free' | 'allocated'
  /** The peer that owns it; 0 when free. */
  owner: number
  /** 0 only before the first allocation. */
  generation: number
  /** The slot below it, if it is listed; otherwise what was left there. undefined: the end of the list. */
  next: number | undefined
}

export interface SizeClassState {
  /** Bytes. */
  slotSize: number
  slotCount: number
  /** Top of the free list, and how often the list was changed, modulo 2^32. `slot` is undefined when the list is empty. */
  head: { slot: number | undefined; tag: number }
  /** Slots met from the head on, in order. A walk that does not end stops after `slotCount` slots. */
  freeList: number[]
  /** How the walk ended: as it should, going round, or at an index that is no slot of the class. */
  freeListEnd: 'end' | 'cycle' | 'outside'
  slots: SlotState[]
}

export interface IntentState {
  kind: IntentKind | undefined
  classIdx: number
  slotIdx: number
}

export interface PeerEntryState {
  state: PeerState
  epoch: number
  /** The slot that the peer's running (or last) operation names; undefined when none. */
  intent: IntentState | undefined
}

/** What {@link inspectPool} returns. Words are loaded one after the other: exact only while no peer takes a step. */
export interface VarSlotPoolState {
  classes: SizeClassState[]
  peers: PeerEntryState[]
  /** The peer that holds the reclaim lock; undefined when it is free. */
  reclaimLock: number | undefined
}

/** @param reuse a state of the same pool, which is filled anew and returned */
export function inspectPool(memory: PoolMemory, reuse: VarSlotPoolState | undefined): VarSlotPoolState {
  const state = reuse ?? { classes: memory.classes.map(blankClass), peers: blankPeers(memory.peers.capacity), reclaimLock: undefined }
  const lock = Atomics.load(memory.words, LOCK_INDEX)
  state.reclaimLock = lockHolderOf(lock)
  for (let classIdx = 0; classIdx < memory.classes.length; classIdx++)
    inspectClass(memory, memory.classes[classIdx] as SizeClass, state.classes[classIdx] as SizeClassState)
  for (let peer = 0; peer < memory.peers.capacity; peer++) inspectPeer(memory, peer, state.peers[peer] as PeerEntryState)
  return state
}

function inspectClass(memory: PoolMemory, sizeClass: SizeClass, state: SizeClassState): void {
  const { words, heads, taggedHead } = memory
  const head = Atomics.load(heads, sizeClass.headIndex)
  const top = taggedHead.low(head)
  state.head.slot = top === END ? undefined : top
  state.head.tag = taggedHead.high(head) >>> 0
  for (let slotIdx = 0; slotIdx < sizeClass.slotCount; slotIdx++) {
    const slotIndex = slotIndexOf(sizeClass, slotIdx)
    const nextIndex = nextIndexOf(sizeClass, slotIdx)
    const word = Atomics.load(words, slotIndex)
    const next = Atomics.load(words, nextIndex)
    const slot = state.slots[slotIdx] as SlotState
    slot.state = isAllocated(word) ? 'allocated' : 'free'
    slot.owner = ownerOf(word)
    slot.generation = generationOf(word)
    slot.next = next === END ? undefined : next
  }
  walkFreeList(sizeClass.slotCount, state)
}

/** Follows the links that were loaded: touches no memory. */
function walkFreeList(slotCount: number, state: SizeClassState): void {
  const freeList = state.freeList
  freeList.length = 0
  let at = state.head.slot
  while (at !== undefined && freeList.length < slotCount) {
    const slot = state.slots[at]
    if (slot === undefined) break
    freeList.push(at)
    at = slot.next
  }
  state.freeListEnd = at === undefined ? 'end' : state.slots[at] === undefined ? 'outside' : 'cycle'
}

function inspectPeer(memory: PoolMemory, peer: number, state: PeerEntryState): void {
  const status = memory.peers.loadStatus(peer)
  const intentIndex = memory.peers.intentIndex(peer)
  const intent = Atomics.load(memory.words, intentIndex)
  state.state = peerStateOf(status)
  state.epoch = epochOf(status)
  state.intent = intent === INTENT_NONE ? undefined : { kind: intentKindOf(intent), classIdx: intentClassOf(intent), slotIdx: intentSlotOf(intent) }
}

function blankClass(sizeClass: SizeClass): SizeClassState {
  const { slotSize, slotCount } = sizeClass
  const slots: SlotState[] = []
  for (let slotIdx = 0; slotIdx < slotCount; slotIdx++) slots.push({ state: 'free', owner: 0, generation: 0, next: undefined })
  return { slotSize, slotCount, head: { slot: undefined, tag: 0 }, freeList: [], freeListEnd: 'end', slots }
}

function blankPeers(peerCapacity: number): PeerEntryState[] {
  const peers: PeerEntryState[] = []
  for (let peer = 0; peer < peerCapacity; peer++) peers.push({ state: 'empty', epoch: 0, intent: undefined })
  return peers
}
