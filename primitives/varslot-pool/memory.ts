// One handle's views on a formatted pool: where in them each word is.

import { PeerTable } from '../peer-table.js'
import { SlotList } from '../slot-list.js'
import { TaggedHead } from '../tagged-head.js'
import {
  CLASS_FREE_HEAD_WORD,
  type ClassOffsets,
  classHeaderOffset,
  HEADER_RECLAIM_LOCK_WORD,
  META_NEXT_WORD,
  META_SLOT_WORD,
  META_WORDS,
  type PoolFormat,
  type SizeClassConfig,
} from './layout.js'

/** Where the words of one size class are. */
export interface SizeClass {
  readonly classIdx: number
  /** Bytes. */
  readonly slotSize: number
  readonly slotCount: number
  /** Index of the free head in {@link PoolMemory.heads}. */
  readonly headIndex: number
  /** Index in {@link PoolMemory.words} of the first slot's word; see {@link slotIndexOf}. */
  readonly metaIndex: number
  /** Bytes from the begin of the buffer to the first slot's data. */
  readonly dataOffset: number
  /** Its free slots. */
  readonly list: SlotList
}

export interface PoolMemory {
  readonly buffer: SharedArrayBuffer
  /** The whole pool as 32-bit words, from its base. */
  readonly words: Int32Array
  /** Its headers as 64-bit words, from its base. */
  readonly heads: BigInt64Array
  readonly classes: readonly SizeClass[]
  readonly peers: PeerTable
  /** Takes heads apart and makes new ones. */
  readonly taggedHead: TaggedHead
}

/** Index of the reclaim lock in {@link PoolMemory.words}. */
export const LOCK_INDEX = HEADER_RECLAIM_LOCK_WORD

/** Views on the pool at `base`, which has this format. Touches no memory. */
export function mapPool(buffer: SharedArrayBuffer, base: number, { configs, peerCapacity, layout }: PoolFormat): PoolMemory {
  const words = new Int32Array(buffer, base, layout.totalSize / 4)
  const heads = new BigInt64Array(buffer, base, layout.peerTableOffset / 8)
  const peers = new PeerTable(words, layout.peerTableOffset / 4, peerCapacity)
  const classes: SizeClass[] = []
  for (let classIdx = 0; classIdx < configs.length; classIdx++) {
    const { slotSize, slotCount } = configs[classIdx] as SizeClassConfig
    const { metaOffset, dataOffset } = layout.classOffsets[classIdx] as ClassOffsets
    const headIndex = (classHeaderOffset(classIdx) / 4 + CLASS_FREE_HEAD_WORD) / 2
    const metaIndex = metaOffset / 4
    const firstSlotIndex = metaIndex + META_SLOT_WORD
    const firstNextIndex = metaIndex + META_NEXT_WORD
    const list = new SlotList({ words, heads, headIndex, firstSlotIndex, firstNextIndex, recordWords: META_WORDS, slotCount, classIdx, peers })
    classes.push({ classIdx, slotSize, slotCount, headIndex, metaIndex, dataOffset: base + dataOffset, list })
  }
  return { buffer, words, heads, classes, peers, taggedHead: new TaggedHead() }
}

/** Index of a slot's word in {@link PoolMemory.words}. */
export function slotIndexOf(sizeClass: SizeClass, slotIdx: number): number {
  return sizeClass.metaIndex + slotIdx * META_WORDS + META_SLOT_WORD
}

/** Index of a slot's next word in {@link PoolMemory.words}. */
export function nextIndexOf(sizeClass: SizeClass, slotIdx: number): number {
  return sizeClass.metaIndex + slotIdx * META_WORDS + META_NEXT_WORD
}
