// Writes the format of a pool into zeroed memory, and reads it back.

import {
  blankBlock,
  HEADER_MAGIC_WORD,
  HEADER_VERSION_WORD,
  LAYOUT_VERSION,
  loadBlock,
  requireInside,
  requireMagic,
  requireZeroed,
  storeBlock,
} from '../block-format.js'
import { BadLayoutError } from '../errors.js'
import { PEER_ENTRY_BYTES, PEER_ENTRY_USED_WORDS } from '../peer-table.js'
import { END } from '../slot-list.js'
import {
  CLASS_COUNT_MAX,
  CLASS_DATA_OFFSET_WORD,
  CLASS_FREE_HEAD_WORD,
  CLASS_HEADER_BYTES,
  CLASS_META_OFFSET_WORD,
  CLASS_SLOT_COUNT_WORD,
  CLASS_SLOT_SIZE_WORD,
  CLASS_USED_WORDS,
  type ClassOffsets,
  classHeaderOffset,
  configsFault,
  HEADER_CLASS_COUNT_WORD,
  HEADER_PEER_CAPACITY_WORD,
  HEADER_TOTAL_SIZE_WORD,
  HEADER_USED_WORDS,
  MAGIC,
  META_NEXT_WORD,
  META_SLOT_WORD,
  META_WORDS,
  PEER_CAPACITY_MAX,
  POOL_BYTES_LIMIT,
  POOL_HEADER_BYTES,
  type PoolFormat,
  type PoolLayout,
  placeBlocks,
  type SizeClassConfig,
} from './layout.js'
import { freeWord } from './slot-word.js'

/**
 * Formats the pool at `base`. The caller has the memory to itself, and it is zeroed; a magic word other than 0 is refused.
 * Throws BadLayoutError.
 */
export function formatPool(buffer: SharedArrayBuffer, base: number, { configs, peerCapacity, layout }: PoolFormat): void {
  requireInside(buffer, base, layout.totalSize)
  const words = new Int32Array(buffer, base, layout.totalSize / 4)
  requireZeroed(words, base, MAGIC, 'a pool')

  const peerEntry = blankBlock(PEER_ENTRY_USED_WORDS)
  for (let peer = 0; peer < peerCapacity; peer++) storeBlock(words, (layout.peerTableOffset + peer * PEER_ENTRY_BYTES) / 4, peerEntry)
  for (let classIdx = 0; classIdx < configs.length; classIdx++) formatClass(words, classIdx, configs[classIdx] as SizeClassConfig, layout)

  const header = blankBlock(HEADER_USED_WORDS)
  header[HEADER_VERSION_WORD] = LAYOUT_VERSION
  header[HEADER_CLASS_COUNT_WORD] = configs.length
  header[HEADER_PEER_CAPACITY_WORD] = peerCapacity
  header[HEADER_TOTAL_SIZE_WORD] = layout.totalSize
  storeBlock(words, 0, header)
  Atomics.store(words, HEADER_MAGIC_WORD, MAGIC)
}

/** Writes a class header, and the list 0, 1, ..., slotCount - 1 with tag 0. */
function formatClass(words: Int32Array, classIdx: number, config: SizeClassConfig, layout: PoolLayout): void {
  const { metaOffset, dataOffset } = layout.classOffsets[classIdx] as ClassOffsets
  const header = blankBlock(CLASS_USED_WORDS)
  header[CLASS_SLOT_SIZE_WORD] = config.slotSize
  header[CLASS_SLOT_COUNT_WORD] = config.slotCount
  // Both halves of the head stay 0: slot 0, tag 0.
  header[CLASS_FREE_HEAD_WORD] = 0
  header[CLASS_META_OFFSET_WORD] = metaOffset
  header[CLASS_DATA_OFFSET_WORD] = dataOffset
  storeBlock(words, classHeaderOffset(classIdx) / 4, header)

  const meta = blankBlock(META_WORDS)
  meta[META_SLOT_WORD] = freeWord(0)
  for (let slotIdx = 0; slotIdx < config.slotCount; slotIdx++) {
    meta[META_NEXT_WORD] = slotIdx === config.slotCount - 1 ? END : slotIdx + 1
    storeBlock(words, metaOffset / 4 + slotIdx * META_WORDS, meta)
  }
}

/** Reads and checks the format of the pool at `base`. Writes nothing. Throws BadLayoutError. */
export function readFormat(buffer: SharedArrayBuffer, base: number): PoolFormat {
  requireInside(buffer, base, POOL_HEADER_BYTES)
  const headerBytes = Math.min(buffer.byteLength - base, POOL_HEADER_BYTES + CLASS_HEADER_BYTES * CLASS_COUNT_MAX)
  const words = new Int32Array(buffer, base, Math.floor(headerBytes / 4))
  const header = loadBlock(words, 0, HEADER_USED_WORDS)
  requireMagic(header, base, MAGIC)
  const classCount = header[HEADER_CLASS_COUNT_WORD] as number
  const peerCapacity = header[HEADER_PEER_CAPACITY_WORD] as number
  if (classCount < 1 || classCount > CLASS_COUNT_MAX) throw new BadLayoutError(`expected 1 to ${CLASS_COUNT_MAX} size classes, got ${classCount}`)
  if (peerCapacity < 1 || peerCapacity > PEER_CAPACITY_MAX)
    throw new BadLayoutError(`expected a peer capacity of 1 to ${PEER_CAPACITY_MAX}, got ${peerCapacity}`)
  requireInside(buffer, base, POOL_HEADER_BYTES + CLASS_HEADER_BYTES * classCount)

  const classHeaders: (readonly number[])[] = []
  for (let classIdx = 0; classIdx < classCount; classIdx++) {
    const classHeader = loadBlock(words, classHeaderOffset(classIdx) / 4, CLASS_USED_WORDS)
    classHeaders.push(classHeader)
  }
  const configs = storedConfigs(classHeaders)
  const layout = placeBlocks(configs, peerCapacity)
  requireStoredLayout(header, classHeaders, layout)
  requireInside(buffer, base, layout.totalSize)
  return { configs, peerCapacity, layout }
}

/** The configs in the class headers. Throws BadLayoutError where no pool could have them. */
function storedConfigs(classHeaders: readonly (readonly number[])[]): SizeClassConfig[] {
  const configs: SizeClassConfig[] = []
  for (const classHeader of classHeaders) {
    configs.push({ slotSize: classHeader[CLASS_SLOT_SIZE_WORD] as number, slotCount: classHeader[CLASS_SLOT_COUNT_WORD] as number })
  }
  const fault = configsFault(configs)
  if (fault !== undefined) throw new BadLayoutError(`expected valid size classes in the class headers: ${fault.message}`)
  return configs
}

/** Throws unless size and offsets in the headers are those that the configs lead to. */
function requireStoredLayout(header: readonly number[], classHeaders: readonly (readonly number[])[], layout: PoolLayout): void {
  const totalSize = (header[HEADER_TOTAL_SIZE_WORD] as number) >>> 0
  if (layout.totalSize >= POOL_BYTES_LIMIT) throw new BadLayoutError(`expected size classes of less than 2^32 bytes, got ${layout.totalSize}`)
  if (totalSize !== layout.totalSize) throw new BadLayoutError(`expected a total size of ${layout.totalSize} bytes in the header, got ${totalSize}`)
  for (let classIdx = 0; classIdx < classHeaders.length; classIdx++) {
    const classHeader = classHeaders[classIdx] as readonly number[]
    const expected = layout.classOffsets[classIdx] as ClassOffsets
    const metaOffset = (classHeader[CLASS_META_OFFSET_WORD] as number) >>> 0
    const dataOffset = (classHeader[CLASS_DATA_OFFSET_WORD] as number) >>> 0
    if (metaOffset !== expected.metaOffset) throw new BadLayoutError(`expected the metas of class ${classIdx} at ${expected.metaOffset}, got ${metaOffset}`)
    if (dataOffset !== expected.dataOffset) throw new BadLayoutError(`expected the data of class ${classIdx} at ${expected.dataOffset}, got ${dataOffset}`)
  }
}

/** Throws unless the pool's classes are those that the caller expects. */
export function requireSameConfigs(expected: readonly SizeClassConfig[], stored: readonly SizeClassConfig[]): void {
  if (stored.length !== expected.length)
    throw new BadLayoutError(`expected a pool whose number of size classes is ${expected.length}, got one with ${stored.length}`)
  for (let classIdx = 0; classIdx < stored.length; classIdx++) {
    const want = expected[classIdx] as SizeClassConfig
    const got = stored[classIdx] as SizeClassConfig
    if (got.slotSize !== want.slotSize)
      throw new BadLayoutError(`expected the slotSize of class ${classIdx} to be ${want.slotSize}, got a pool with ${got.slotSize}`)
    if (got.slotCount !== want.slotCount)
      throw new BadLayoutError(`expected the slotCount of class ${classIdx} to be ${want.slotCount}, got a pool with ${got.slotCount}`)
  }
}
