// One handle's views on a formatted pool, and the push that free and recovery share.

import { CorruptStateError } from './errors.js'
import { CAS_FAILURES_MAX, PeerTable } from './peer-table.js'
import {
  CLASS_FREE_HEAD_WORD,
  type ClassOffsets,
  classHeaderOffset,
  END,
  HEADER_RECLAIM_LOCK_WORD,
  META_NEXT_WORD,
  META_SLOT_WORD,
  META_WORDS,
  placeBlocks,
  type SizeClassConfig,
} from './varslot-layout.js'
import { WordPair } from './word-pair.js'

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
}

export interface PoolMemory {
  readonly buffer: SharedArrayBuffer
  /** The whole pool as 32-bit words, from its base. */
  readonly words: Int32Array
  /** Its headers as 64-bit words, from its base. */
  readonly heads: BigInt64Array
  readonly classes: readonly SizeClass[]
  readonly peers: PeerTable
  /** Scratch through which heads are split and joined. */
  readonly pair: WordPair
}

/** Index of the reclaim lock in {@link PoolMemory.words}. */
export const LOCK_INDEX = HEADER_RECLAIM_LOCK_WORD

/** Views on the pool at `base`, which is formatted with these configs. Touches no memory. */
export function mapPool(buffer: SharedArrayBuffer, base: number, configs: readonly SizeClassConfig[], peerCapacity: number): PoolMemory {
  const layout = placeBlocks(configs, peerCapacity)
  const words = new Int32Array(buffer, base, layout.totalSize / 4)
  const heads = new BigInt64Array(buffer, base, layout.peerTableOffset / 8)
  const classes: SizeClass[] = []
  for (let classIdx = 0; classIdx < configs.length; classIdx++) {
    const { slotSize, slotCount } = configs[classIdx] as SizeClassConfig
    const { metaOffset, dataOffset } = layout.classOffsets[classIdx] as ClassOffsets
    const headIndex = (classHeaderOffset(classIdx) / 4 + CLASS_FREE_HEAD_WORD) / 2
    classes.push({ classIdx, slotSize, slotCount, headIndex, metaIndex: metaOffset / 4, dataOffset: base + dataOffset })
  }
  const peers = new PeerTable(words, layout.peerTableOffset / 4, peerCapacity)
  return { buffer, words, heads, classes, peers, pair: new WordPair() }
}

/** Index of a slot's word in {@link PoolMemory.words}. */
export function slotIndexOf(sizeClass: SizeClass, slotIdx: number): number {
  return sizeClass.metaIndex + slotIdx * META_WORDS + META_SLOT_WORD
}

/** Index of a slot's next word in {@link PoolMemory.words}. */
export function nextIndexOf(sizeClass: SizeClass, slotIdx: number): number {
  return sizeClass.metaIndex + slotIdx * META_WORDS + META_NEXT_WORD
}

/**
 * Puts a slot that is free and off its list on top of it: steps F4 to F6. `peer` is the caller; its intent names the slot,
 * so that a crash at any of these lines leaves a slot that recovery finds.
 */
export function pushSlot(memory: PoolMemory, peer: number, sizeClass: SizeClass, slotIdx: number): void {
  const { words, heads, pair } = memory
  const headIndex = sizeClass.headIndex
  const nextIndex = nextIndexOf(sizeClass, slotIdx)
  let failures = 0
  for (;;) {
    const head = Atomics.load(heads, headIndex) // F4
    const top = pair.low(head)
    const pushed = pair.join(slotIdx, pair.high(head) + 1)
    requireListIndex(sizeClass, top)
    // Nobody else writes this next: whoever still reads it stands in a pop that the tag will refuse, or in a recovery's walk.
    Atomics.store(words, nextIndex, top) // F5
    const seen = Atomics.compareExchange(heads, headIndex, head, pushed) // F6
    if (seen === head) return
    failures += 1
    if (failures % CAS_FAILURES_MAX === 0) memory.peers.nap(peer)
  }
}

/** Throws CorruptStateError unless `slotIdx` can stand in a head or a next word of the class. */
export function requireListIndex(sizeClass: SizeClass, slotIdx: number): void {
  if (slotIdx >= END && slotIdx < sizeClass.slotCount) return
  throw new CorruptStateError(`expected a slot index below ${sizeClass.slotCount} or ${END} on the free list of class ${sizeClass.classIdx}, got ${slotIdx}`)
}
