// Writes the format of a manager into zeroed memory, and reads it back.

import { HEADER_MAGIC_WORD, HEADER_VERSION_WORD, LAYOUT_VERSION, loadBlock, requireInside, requireMagic, requireZeroed, storeBlock } from '../block-format.js'
import { BadLayoutError } from '../errors.js'
import { PEER_ENTRY_BYTES } from '../peer-table.js'
import { END } from '../slot-list.js'
import { countedLow } from './counted-slot-list.js'
import {
  CAPACITY_MAX,
  HEADER_BYTES,
  HEADER_CAPACITY_WORD,
  HEADER_FREE_HEAD_WORD,
  HEADER_MEMORY_CLASS_WORD,
  HEADER_PAYLOAD_BYTES_MAX_WORD,
  HEADER_PEER_CAPACITY_WORD,
  isPayloadBytesMax,
  MAGIC,
  type ManagerShape,
  PAYLOAD_BYTES_MAX,
  PEER_CAPACITY_MAX,
  placeBlocks,
  SLOT_NEXT_WORD,
  SLOT_RECORD_WORDS,
} from './layout.js'
import { memoryClassOf } from './memory-class.js'

/**
 * Formats the block at `base`: all slots free and listed 0, 1, ..., tag 0. The caller has the memory to itself, and it is zeroed; a magic
 * word other than 0 is refused. Throws BadLayoutError.
 */
export function formatManager(buffer: SharedArrayBuffer, base: number, shape: ManagerShape): void {
  const layout = placeBlocks(shape)
  requireInside(buffer, base, layout.totalSize)
  const words = new Int32Array(buffer, base, layout.slotDataOffset / 4)
  requireZeroed(words, base, MAGIC, 'a memory manager')

  const peerEntry = new Int32Array(PEER_ENTRY_BYTES / 4)
  for (let peer = 0; peer < shape.peerCapacity; peer++) storeBlock(words, (HEADER_BYTES + peer * PEER_ENTRY_BYTES) / 4, peerEntry)
  const record = new Int32Array(SLOT_RECORD_WORDS)
  for (let slotIdx = 0; slotIdx < shape.capacity; slotIdx++) {
    record[SLOT_NEXT_WORD] = slotIdx === shape.capacity - 1 ? END : slotIdx + 1
    storeBlock(words, layout.slotWordsOffset / 4 + slotIdx * SLOT_RECORD_WORDS, record)
  }

  const header = new Int32Array(HEADER_BYTES / 4)
  header[HEADER_VERSION_WORD] = LAYOUT_VERSION
  header[HEADER_CAPACITY_WORD] = shape.capacity
  header[HEADER_PAYLOAD_BYTES_MAX_WORD] = shape.payloadBytesMax
  header[HEADER_PEER_CAPACITY_WORD] = shape.peerCapacity
  header[HEADER_MEMORY_CLASS_WORD] = shape.memoryClassCode
  header[HEADER_FREE_HEAD_WORD] = countedLow(0, shape.capacity)
  storeBlock(words, 0, header)
  Atomics.store(words, HEADER_MAGIC_WORD, MAGIC)
}

/** Reads and checks the format of the block at `base`. Writes nothing. Throws BadLayoutError. */
export function readFormat(buffer: SharedArrayBuffer, base: number): ManagerShape {
  requireInside(buffer, base, HEADER_BYTES)
  const words = new Int32Array(buffer, base, HEADER_BYTES / 4)
  const header = loadBlock(words, 0, HEADER_BYTES / 4)
  requireMagic(header, base, MAGIC)
  const capacity = header[HEADER_CAPACITY_WORD] as number
  const payloadBytesMax = header[HEADER_PAYLOAD_BYTES_MAX_WORD] as number
  const peerCapacity = header[HEADER_PEER_CAPACITY_WORD] as number
  const memoryClassCode = header[HEADER_MEMORY_CLASS_WORD] as number
  if (capacity < 1 || capacity > CAPACITY_MAX) throw new BadLayoutError(`expected a capacity of 1 to ${CAPACITY_MAX} in the header, got ${capacity}`)
  if (!isPayloadBytesMax(payloadBytesMax)) {
    throw new BadLayoutError(`expected payloadBytesMax in the header to be a multiple of 8 from 0 to ${PAYLOAD_BYTES_MAX}, got ${payloadBytesMax}`)
  }
  if (peerCapacity < 1 || peerCapacity > PEER_CAPACITY_MAX)
    throw new BadLayoutError(`expected a peer capacity of 1 to ${PEER_CAPACITY_MAX} in the header, got ${peerCapacity}`)
  if (memoryClassOf(memoryClassCode) === undefined) throw new BadLayoutError(`expected the code of a memory class in the header, got ${memoryClassCode}`)
  const shape = { capacity, payloadBytesMax, peerCapacity, memoryClassCode }
  requireInside(buffer, base, placeBlocks(shape).totalSize)
  return shape
}
