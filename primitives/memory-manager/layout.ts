// Where everything of a ConcurrentMemoryManager lies. Pure: nothing here touches memory. How its words are split into bits: slot-word.ts,
// lock-word.ts, counted-slot-list.ts, slot-intent.ts and recovery-lock.ts.
//
//   base + 0    header, 128 bytes
//   base + 128  peer entry x peerCapacity, 64 bytes each (peer-table.ts)
//   ...         slot words x capacity, 16 bytes each: lock, word, next (block rounded up to 64)
//   ...         slot data x capacity, each a header of 48 bytes and the payload (each rounded up to 64)

import { isBelow, requireInteger, requireObject } from '../argument-checks.js'
import { alignedUp } from '../block-format.js'
import { BadArgumentError } from '../errors.js'
import { PEER_ENTRY_BYTES } from '../peer-table.js'
import { type MemoryClass, memoryClassCode } from './memory-class.js'

export interface ManagerOptions {
  /** Bytes that the payload of a message may have: a multiple of 8, 0 to 2^24, default 1024. */
  readonly payloadBytesMax?: number
  /** How many peer ids there are: 1 to 16, default 16. */
  readonly peerCapacity?: number
  /** What the headers of all messages say; default `'host'`. */
  readonly memoryClass?: MemoryClass
}

/** Options with their defaults, checked. */
export interface ManagerShape {
  /** Slots: 1 to 65,534. */
  readonly capacity: number
  /** Bytes. */
  readonly payloadBytesMax: number
  readonly peerCapacity: number
  readonly memoryClassCode: number
}

/** Sizes and offsets in bytes; offsets count from the base. */
export interface ManagerLayout {
  readonly totalSize: number
  readonly slotWordsOffset: number
  readonly slotDataOffset: number
  /** From the data of one slot to the next one's. */
  readonly slotDataStride: number
}

export const MAGIC = 0x314d4d43 // "CMM1"
export const HEADER_BYTES = 128
export const SLOT_WORDS_BYTES = 16
export const MESSAGE_HEADER_BYTES = 48

export const CAPACITY_MAX = 65_534
export const PAYLOAD_BYTES_MAX = 2 ** 24
const PAYLOAD_BYTES_DEFAULT = 1024
export const PEER_CAPACITY_MAX = 16
const MEMORY_CLASS_DEFAULT: MemoryClass = 'host'

// Words of the header after magic and version (block-format.ts): Int32 indexes from the base.
export const HEADER_CAPACITY_WORD = 2
export const HEADER_PAYLOAD_BYTES_MAX_WORD = 3
export const HEADER_PEER_CAPACITY_WORD = 4
export const HEADER_MEMORY_CLASS_WORD = 5
export const HEADER_RECOVERY_LOCK_WORD = 6
/** 64 bits: this word and the next one. On a cache line of its own. */
export const HEADER_FREE_HEAD_WORD = 16

// Words of a slot: Int32 indexes from the begin of its 16 bytes.
export const SLOT_RECORD_WORDS = SLOT_WORDS_BYTES / 4
export const SLOT_LOCK_WORD = 0
export const SLOT_STATE_WORD = 1
export const SLOT_NEXT_WORD = 2

/** Checks what a caller hands in. Throws BadArgumentError. */
export function shapeOf(capacity: number, options: ManagerOptions | undefined): ManagerShape {
  requireInteger('capacity', capacity, 1, CAPACITY_MAX)
  if (options !== undefined) requireObject('options', options)
  const payloadBytesMax = options?.payloadBytesMax ?? PAYLOAD_BYTES_DEFAULT
  if (!isPayloadBytesMax(payloadBytesMax)) throw new BadArgumentError('payloadBytesMax', payloadBytesMax, `a multiple of 8 from 0 to ${PAYLOAD_BYTES_MAX}`)
  const peerCapacity = options?.peerCapacity ?? PEER_CAPACITY_MAX
  requireInteger('peerCapacity', peerCapacity, 1, PEER_CAPACITY_MAX)
  return { capacity, payloadBytesMax, peerCapacity, memoryClassCode: memoryClassCode('memoryClass', options?.memoryClass ?? MEMORY_CLASS_DEFAULT) }
}

export function isPayloadBytesMax(value: unknown): value is number {
  return isBelow(value, PAYLOAD_BYTES_MAX + 1) && value % 8 === 0
}

/** Lays the blocks out one after the other. */
export function placeBlocks({ capacity, payloadBytesMax, peerCapacity }: Omit<ManagerShape, 'memoryClassCode'>): ManagerLayout {
  const slotWordsOffset = HEADER_BYTES + PEER_ENTRY_BYTES * peerCapacity
  const slotDataOffset = alignedUp(slotWordsOffset + SLOT_WORDS_BYTES * capacity)
  const slotDataStride = alignedUp(MESSAGE_HEADER_BYTES + payloadBytesMax)
  return { totalSize: slotDataOffset + slotDataStride * capacity, slotWordsOffset, slotDataOffset, slotDataStride }
}
