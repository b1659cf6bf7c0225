// Where everything of a VarSlotPool lies. Pure: nothing here touches memory. How its words are split into bits: varslot-slot-word.ts,
// slot-intent.ts, tagged-head.ts and recovery-lock.ts.
//
//   base + 0    pool header, 64 bytes
//   base + 64   class header x n, 64 bytes each
//   ...         peer entry x peerCapacity, 64 bytes each (peer-table.ts)
//   ...         per class, in order: slot meta x slotCount (8 bytes each: slot word, next; block rounded up to 64),
//                                    data slotSize x slotCount (block rounded up to 64)
//
// Source: VarSlotPool of roam's shm-primitives, repaired. There, state and generation are two words and a head keeps 32
// bits; here they change together in one compare-and-swap, and the head has 64 bits, 32 of them tag.

import { isBelow, requireInteger, requireObject } from '../argument-checks.js'
import { alignedUp } from '../block-format.js'
import { BadArgumentError } from '../errors.js'
import { PEER_ENTRY_BYTES } from '../peer-table.js'

export interface SizeClassConfig {
  /** Bytes of one slot: a multiple of 8, 8 to 2^30. Classes ascend strictly. */
  readonly slotSize: number
  /** 1 to 16,777,215. */
  readonly slotCount: number
}

export interface PoolOptions {
  /** How many peer ids there are: 1 to 256, default 16. */
  readonly peerCapacity?: number
}

/** Bytes from the pool's base to the two blocks of a class. */
export interface ClassOffsets {
  readonly metaOffset: number
  readonly dataOffset: number
}

/** Sizes and offsets in bytes; offsets count from the pool's base. */
export interface PoolLayout {
  readonly totalSize: number
  readonly peerTableOffset: number
  readonly classOffsets: readonly ClassOffsets[]
}

/** What a pool is like, and where that puts everything. */
export interface PoolFormat {
  readonly configs: readonly SizeClassConfig[]
  readonly peerCapacity: number
  readonly layout: PoolLayout
}

/** A slot in one of its lives. All zero is never valid. */
export interface SlotRef {
  classIdx: number
  /** Always 0: a class is one extent. */
  extentIdx: number
  slotIdx: number
  /** 1 to 8,388,607. */
  generation: number
}

export const MAGIC = 0x31505356 // "VSP1"
export const POOL_HEADER_BYTES = 64
export const CLASS_HEADER_BYTES = 64
export const SLOT_META_BYTES = 8

export const CLASS_COUNT_MAX = 63
export const SLOT_SIZE_MAX = 2 ** 30
export const SLOT_COUNT_MAX = 2 ** 24 - 1
export const PEER_CAPACITY_MAX = 256
export const PEER_CAPACITY_DEFAULT = 16
/** Pools are smaller than this many bytes, so that every offset fits in 32 bits. */
export const POOL_BYTES_LIMIT = 2 ** 32

// Words of the pool header after magic and version (block-format.ts): Int32 indexes from the base.
export const HEADER_CLASS_COUNT_WORD = 2
export const HEADER_PEER_CAPACITY_WORD = 3
export const HEADER_TOTAL_SIZE_WORD = 4
export const HEADER_RECLAIM_LOCK_WORD = 5
/** Words in use; what follows them in the header's 64 bytes stays 0. */
export const HEADER_USED_WORDS = 6

// Words of a class header: Int32 indexes from its begin.
export const CLASS_SLOT_SIZE_WORD = 0
export const CLASS_SLOT_COUNT_WORD = 1
/** 64 bits: this word and the next one. */
export const CLASS_FREE_HEAD_WORD = 2
export const CLASS_META_OFFSET_WORD = 4
export const CLASS_DATA_OFFSET_WORD = 5
/** As {@link HEADER_USED_WORDS}. */
export const CLASS_USED_WORDS = 6

// Words of a slot's meta: Int32 indexes from its begin.
export const META_WORDS = SLOT_META_BYTES / 4
export const META_SLOT_WORD = 0
export const META_NEXT_WORD = 1

/** `options.peerCapacity` with its default. Throws BadArgumentError. */
export function peerCapacityOf(options: PoolOptions | undefined): number {
  if (options === undefined) return PEER_CAPACITY_DEFAULT
  requireObject('options', options)
  const peerCapacity = options.peerCapacity
  if (peerCapacity === undefined) return PEER_CAPACITY_DEFAULT
  requireInteger('peerCapacity', peerCapacity, 1, PEER_CAPACITY_MAX)
  return peerCapacity
}

/** The layout of a pool with these classes. Throws BadArgumentError where the configs are not valid or the pool is too large. */
export function layoutOf(configs: readonly SizeClassConfig[], peerCapacity: number): PoolLayout {
  const fault = configsFault(configs)
  if (fault !== undefined) throw fault
  const layout = placeBlocks(configs, peerCapacity)
  if (layout.totalSize >= POOL_BYTES_LIMIT)
    throw new BadArgumentError('configs', configs, `classes of less than 2^32 bytes in all (these take ${layout.totalSize})`)
  return layout
}

/** The format of a pool with these classes. As {@link layoutOf}. */
export function formatOf(configs: readonly SizeClassConfig[], peerCapacity: number): PoolFormat {
  return { configs, peerCapacity, layout: layoutOf(configs, peerCapacity) }
}

/** What is wrong with the configs; undefined when they are valid. */
export function configsFault(configs: readonly SizeClassConfig[]): BadArgumentError | undefined {
  if (!Array.isArray(configs)) return new BadArgumentError('configs', configs, `an array of 1 to ${CLASS_COUNT_MAX} classes`)
  if (configs.length < 1 || configs.length > CLASS_COUNT_MAX) return new BadArgumentError('configs', configs, `an array of 1 to ${CLASS_COUNT_MAX} classes`)
  let slotSizeBefore = 0
  for (let classIdx = 0; classIdx < configs.length; classIdx++) {
    const config: unknown = configs[classIdx]
    if (typeof config !== 'object' || config === null) return new BadArgumentError(`configs[${classIdx}]`, config, 'an object with slotSize and slotCount')
    const { slotSize, slotCount } = config as Partial<SizeClassConfig>
    if (!isBelow(slotSize, SLOT_SIZE_MAX + 1) || slotSize < 8 || slotSize % 8 !== 0) {
      return new BadArgumentError(`configs[${classIdx}].slotSize`, slotSize, `a multiple of 8 from 8 to ${SLOT_SIZE_MAX}`)
    }
    if (slotSize <= slotSizeBefore) return new BadArgumentError(`configs[${classIdx}].slotSize`, slotSize, `above the ${slotSizeBefore} of the class before it`)
    if (!isBelow(slotCount, SLOT_COUNT_MAX + 1) || slotCount < 1) {
      return new BadArgumentError(`configs[${classIdx}].slotCount`, slotCount, `an integer from 1 to ${SLOT_COUNT_MAX}`)
    }
    slotSizeBefore = slotSize
  }
  return undefined
}

/** Lays the blocks out one after the other. The configs are valid; the pool may be too large. */
export function placeBlocks(configs: readonly SizeClassConfig[], peerCapacity: number): PoolLayout {
  const peerTableOffset = POOL_HEADER_BYTES + CLASS_HEADER_BYTES * configs.length
  let end = peerTableOffset + PEER_ENTRY_BYTES * peerCapacity
  const classOffsets: ClassOffsets[] = []
  for (const { slotSize, slotCount } of configs) {
    const metaOffset = end
    const dataOffset = alignedUp(metaOffset + SLOT_META_BYTES * slotCount)
    classOffsets.push({ metaOffset, dataOffset })
    end = alignedUp(dataOffset + slotSize * slotCount)
  }
  return { totalSize: end, peerTableOffset, classOffsets }
}

/** Bytes from the base to a class header. */
export function classHeaderOffset(classIdx: number): number {
  return POOL_HEADER_BYTES + CLASS_HEADER_BYTES * classIdx
}
