// Writes the format of a manager into zeroed memory, and reads it back.

import { HEADER_MAGIC_WORD, HEADER_VERSION_WORD, LAYOUT_VERSION, loadBlock, requireInside, requireMagic, requireZeroed } from '../block-format.js'
import { BadLayoutError } from '../errors.js'
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
 * Formats the block at `base`: all slots free and listed 0, 1, ..., tag 0. The caller has the memory to itself, and it is zeroed, so what
 * begins as 0 is there; a magic word other than 0 is refused. Throws BadLayoutError.
 */
export function formatManager(buffer: SharedArrayBuffer, base: number, shape: ManagerShape): void {
  const layout = placeBlocks(shape)
  requireInside(buffer, base, layout.totalSize)
  const words = new Int32Array(buffer, base, layout.slotDataOffset / 4)
  requireZeroed(words, base, MAGIC, 'a memory manager')

  const firstNextIndex = layout.slotWordsOffset / 4 + SLOT_NEXT_WORD
  for (let slotIdx = 0; slotIdx < shape.capacity; slotIdx++) {
    const next = slotIdx === shape.capacity - 1 ? END : slotIdx + 1
    Atomics.store(words, firstNextIndex + slotIdx * SLOT_RECORD_WORDS, next)
  }
  Atomics.store(words, HEADER_VERSION_WORD, LAYOUT_VERSION)
  Atomics.store(words, HEADER_CAPACITY_WORD, shape.capacity)
  Atomics.store(words, HEADER_PAYLOAD_BYTES_MAX_WORD, shape.payloadBytesMax)
  Atomics.store(words, HEADER_PEER_CAPACITY_WORD, shape.peerCapacity)
  Atomics.store(words, HEADER_MEMORY_CLASS_WORD, shape.memoryClassCode)
  Atomics.store(words, HEADER_FREE_HEAD_WORD, countedLow(0, shape.capacity))
  Atomics.store(words, HEADER_MAGIC_WORD, MAGIC)
}

/** Reads and checks the format of the block at `base`. Writes nothing. Throws BadLayoutError. */
export function readFormat(buffer: SharedArrayBuffer, base: number): ManagerShape {
  requireInside(buffer, base, HEADER_BYTES)
  const words = new Int32Array(buffer, base, HEADER_BYTES / 4)
  const header = loadBlock(words, 0, HEADER_MEMORY_CLASS_WORD + 1)
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
