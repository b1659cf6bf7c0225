// Where everything of a VarSlotPool lies, and how its words are split into bits. Pure: nothing here touches memory.
//
//   base + 0    pool header, 64 bytes
//   base + 64   class header x n, 64 bytes each
//   ...         peer entry x peerCapacity, 64 bytes each (peer-table.ts)
//   ...         per class, in order: slot meta x slotCount (8 bytes each, block rounded up to 64),
//                                    data slotSize x slotCount (block rounded up to 64)
//
// Source: VarSlotPool of roam's shm-primitives, repaired. There, state and generation are two words and a head keeps 32
// bits; here they change together in one compare-and-swap, and the head has 64 bits, 32 of them tag.

import { isBelow, requireInteger, requireObject } from './argument-checks.js'
import { BadArgumentError } from './errors.js'
import { PEER_ENTRY_BYTES } from './peer-table.js'

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
export const LAYOUT_VERSION = 1
/** Blocks, and the base itself, begin at multiples of this many bytes. */
export const BLOCK_ALIGNMENT = 64

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

// Words of the pool header: Int32 indexes from the base.
export const HEADER_MAGIC_WORD = 0
export const HEADER_VERSION_WORD = 1
export const HEADER_CLASS_COUNT_WORD = 2
export const HEADER_PEER_CAPACITY_WORD = 3
export const HEADER_TOTAL_SIZE_WORD = 4
export const HEADER_RECLAIM_LOCK_WORD = 5

// Words of a class header: Int32 indexes from its begin.
export const CLASS_SLOT_SIZE_WORD = 0
export const CLASS_SLOT_COUNT_WORD = 1
/** 64 bits: this word and the next one. */
export const CLASS_FREE_HEAD_WORD = 2
export const CLASS_META_OFFSET_WORD = 4
export const CLASS_DATA_OFFSET_WORD = 5

// Words of a slot's meta: Int32 indexes from its begin.
export const META_WORDS = SLOT_META_BYTES / 4
export const META_SLOT_WORD = 0
export const META_NEXT_WORD = 1

/** End of a free list, as a next word and as the low half of a head. */
export const END = -1

// The slot word: bit 31 allocated, bits 23..30 owner (0 when free), bits 0..22 generation.
const ALLOCATED_BIT = 1 << 31
const OWNER_SHIFT = 23
const OWNER_MASK = 0xff
export const GENERATION_MAX = 2 ** 23 - 1

export function allocatedWord(owner: number, generation: number): number {
  return ALLOCATED_BIT | (owner << OWNER_SHIFT) | generation
}

/** The generation survives the free, so that the next allocation can count on from it. */
export function freeWord(generation: number): number {
  return generation
}

export function isAllocated(slotWord: number): boolean {
  return slotWord < 0
}

export function ownerOf(slotWord: number): number {
  return (slotWord >>> OWNER_SHIFT) & OWNER_MASK
}

export function generationOf(slotWord: number): number {
  return slotWord & GENERATION_MAX
}

/** Whether the word is one that a free slot can have: not allocated and without owner. */
export function isFreeWord(slotWord: number): boolean {
  return slotWord >>> OWNER_SHIFT === 0
}

/** 0 is the generation of a slot that was never allocated: it does not come again. */
export function generationAfter(generation: number): number {
  return generation === GENERATION_MAX ? 1 : generation + 1
}

// The intent word: bits 30..31 kind, bits 24..29 class index, bits 0..23 slot index.
export const INTENT_NONE = 0
export const INTENT_ALLOC = 1
export const INTENT_FREE = 2
export const INTENT_RECOVER = 3
const INTENT_KIND_SHIFT = 30
const INTENT_CLASS_SHIFT = 24
const INTENT_CLASS_MASK = 0x3f
const INTENT_SLOT_MASK = 0xff_ffff

export type IntentKind = 'alloc' | 'free' | 'recover'
const INTENT_KINDS: readonly (IntentKind | undefined)[] = [undefined, 'alloc', 'free', 'recover']

export function intentWord(kind: number, classIdx: number, slotIdx: number): number {
  return (kind << INTENT_KIND_SHIFT) | (classIdx << INTENT_CLASS_SHIFT) | slotIdx
}

/** undefined for an intent word that names nothing. */
export function intentKindOf(intent: number): IntentKind | undefined {
  return INTENT_KINDS[intent >>> INTENT_KIND_SHIFT]
}

export function intentClassOf(intent: number): number {
  return (intent >>> INTENT_CLASS_SHIFT) & INTENT_CLASS_MASK
}

export function intentSlotOf(intent: number): number {
  return intent & INTENT_SLOT_MASK
}

export function intentNames(intent: number, classIdx: number, slotIdx: number): boolean {
  return intent >>> INTENT_KIND_SHIFT !== INTENT_NONE && intentClassOf(intent) === classIdx && intentSlotOf(intent) === slotIdx
}

// The reclaim lock: 0 free, else bits 0..8 holder + 1 and bits 9..30 the low bits of the holder's epoch.
//
// The epoch is more than the published "peer + 1". Without it: p loads the lock of the dead holder x and finds x DEAD, pauses;
// another peer takes the lock over, reclaims x and lets go; the id x is joined again and its new user takes the lock; p's
// compare-and-swap against "x + 1" succeeds, and two peers recover at once, which may list a slot twice.
const LOCK_HOLDER_MASK = 0x1ff
const LOCK_EPOCH_SHIFT = 9
const LOCK_EPOCH_MASK = 0x3f_ffff

export function lockWord(peer: number, epoch: number): number {
  return ((epoch & LOCK_EPOCH_MASK) << LOCK_EPOCH_SHIFT) | (peer + 1)
}

/** The peer that holds the lock; undefined when it is free. */
export function lockHolderOf(lock: number): number | undefined {
  return lock === 0 ? undefined : (lock & LOCK_HOLDER_MASK) - 1
}

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
    const dataOffset = roundUp(metaOffset + SLOT_META_BYTES * slotCount)
    classOffsets.push({ metaOffset, dataOffset })
    end = roundUp(dataOffset + slotSize * slotCount)
  }
  return { totalSize: end, peerTableOffset, classOffsets }
}

/** Bytes from the base to a class header. */
export function classHeaderOffset(classIdx: number): number {
  return POOL_HEADER_BYTES + CLASS_HEADER_BYTES * classIdx
}

/** The next multiple of the block alignment, in bytes. Exact below 2^53. */
function roundUp(bytes: number): number {
  return Math.ceil(bytes / BLOCK_ALIGNMENT) * BLOCK_ALIGNMENT
}
