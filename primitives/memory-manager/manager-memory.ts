// One handle's views on a formatted manager: where in them each word is.

import { PeerTable } from '../peer-table.js'
import type { SlotListPlace } from '../slot-list.js'
import { readFormat } from './format.js'
import {
  HEADER_BYTES,
  HEADER_FREE_HEAD_WORD,
  HEADER_RECOVERY_LOCK_WORD,
  type ManagerShape,
  placeBlocks,
  SLOT_LOCK_WORD,
  SLOT_NEXT_WORD,
  SLOT_RECORD_WORDS,
  SLOT_STATE_WORD,
} from './layout.js'

export interface ManagerMemory extends ManagerShape {
  readonly buffer: SharedArrayBuffer
  /** Header, peer entries and slot words as 32-bit words, from the base. */
  readonly words: Int32Array
  readonly peers: PeerTable
  /** Where the list of free slots is. */
  readonly listPlace: SlotListPlace
  /** Index in {@link words} of slot 0's lock. */
  readonly firstLockIndex: number
  /** Bytes from the begin of the buffer to the data of slot 0, and from one slot's data to the next one's. */
  readonly dataOffset: number
  readonly dataStride: number
}

/** Index of the recovery lock in {@link ManagerMemory.words}. */
export const RECOVERY_LOCK_INDEX = HEADER_RECOVERY_LOCK_WORD

/** Views on the manager at `base`. Writes nothing. Throws BadLayoutError. */
export function mapManager(buffer: SharedArrayBuffer, base: number): ManagerMemory {
  const shape = readFormat(buffer, base)
  const layout = placeBlocks(shape)
  const words = new Int32Array(buffer, base, layout.slotDataOffset / 4)
  const heads = new BigInt64Array(buffer, base, HEADER_BYTES / 8)
  const peers = new PeerTable(words, HEADER_BYTES / 4, shape.peerCapacity)
  const firstRecord = layout.slotWordsOffset / 4
  const listPlace = {
    words,
    heads,
    headIndex: HEADER_FREE_HEAD_WORD / 2,
    firstSlotIndex: firstRecord + SLOT_STATE_WORD,
    firstNextIndex: firstRecord + SLOT_NEXT_WORD,
    recordWords: SLOT_RECORD_WORDS,
    slotCount: shape.capacity,
    classIdx: 0,
    peers,
  }
  return {
    capacity: shape.capacity,
    payloadBytesMax: shape.payloadBytesMax,
    peerCapacity: shape.peerCapacity,
    memoryClassCode: shape.memoryClassCode,
    buffer,
    words,
    peers,
    listPlace,
    firstLockIndex: firstRecord + SLOT_LOCK_WORD,
    dataOffset: base + layout.slotDataOffset,
    dataStride: layout.slotDataStride,
  }
}

/** Index of a slot's lock in {@link ManagerMemory.words}. */
export function lockIndexOf(memory: ManagerMemory, slotIdx: number): number {
  return memory.firstLockIndex + slotIdx * SLOT_RECORD_WORDS
}

/** Index of a slot's word in {@link ManagerMemory.words}. */
export function wordIndexOf(memory: ManagerMemory, slotIdx: number): number {
  return memory.firstLockIndex + slotIdx * SLOT_RECORD_WORDS + SLOT_STATE_WORD - SLOT_LOCK_WORD
}
