// Reads a slot pool's shared words by their published layout, so that an invariant never asks the pool about itself.
//
//   base + 0    pool header: +8 class count, +12 peer capacity, +20 reclaim lock (0 free, else bits 0..8 = holder + 1)
//   base + 64   class headers, 64 bytes each: +0 slot size, +4 slot count, +8 free head (slot index or -1), +12 its tag, +16 offset of the metas
//   ...         peer entries, 64 bytes each: +0 status = epoch << 2 | state, +4 intent
//   ...         metas, 8 bytes for each slot: +0 slot word, +4 next (slot index or -1)
//
// Every read is a plain read of one word of a typed array: no step, no allocation. Checks run between two steps, where no peer
// can be in the middle of a write, so plain reads see what is there.
//
// Slots are also numbered across classes, in order: invariants keep one array entry for each slot under this number.

import { WordsWatch } from '../words-watch.js'

/** Ends a free list. */
export const END = -1

/** Peer ids that a pool may have. */
export const POOL_PEERS_MAX = 256

const HEADER_CLASS_COUNT_WORD = 2
const HEADER_PEER_CAPACITY_WORD = 3
const HEADER_RECLAIM_LOCK_WORD = 5
const LOCK_HOLDER_MASK = 0x1ff

const BLOCK_WORDS = 16
const CLASS_SLOT_SIZE_WORD = 0
const CLASS_SLOT_COUNT_WORD = 1
const CLASS_HEAD_INDEX_WORD = 2
const CLASS_HEAD_TAG_WORD = 3
const CLASS_META_OFFSET_WORD = 4

const PEER_STATUS_WORD = 0
const PEER_INTENT_WORD = 1
const META_WORDS = 2
const META_NEXT_WORD = 1

const OWNER_SHIFT = 23
const OWNER_MASK = 0xff
export const GENERATION_MAX = 2 ** 23 - 1
const STATE_MASK = 3
const INTENT_KIND_SHIFT = 30
const INTENT_NAME_MASK = 0x3fff_ffff
const INTENT_CLASS_SHIFT = 24

export const STATE_EMPTY = 0
export const STATE_LIVE = 1
export const STATE_DEAD = 2

/** Whether a slot word says "allocated". */
export function isAllocated(word: number): boolean {
  return word < 0
}

/** Owner in a slot word; 0 in that of a free slot. */
export function ownerOf(word: number): number {
  return (word >>> OWNER_SHIFT) & OWNER_MASK
}

/** Generation in a slot word. */
export function generationOf(word: number): number {
  return word & GENERATION_MAX
}

/** The generation of the allocation after that of generation `generation`. */
export function generationAfter(generation: number): number {
  return generation === GENERATION_MAX ? 1 : generation + 1
}

/** A formatted pool, read word by word. */
export class SlotMemory {
  /** The buffer from the pool's base. */
  readonly words: Int32Array
  readonly classCount: number
  readonly peerCapacity: number
  /** Slots of all classes. */
  readonly slotCountTotal: number
  /** By class: how many slots. */
  readonly slotCounts: readonly number[]
  /** By class: number of its first slot among all slots. */
  readonly firstSlots: readonly number[]
  /** By class: index in `words` of its first meta. */
  readonly #metas: readonly number[]
  readonly #peers: number

  /** @param baseOffset of the pool in the buffer, in bytes, a multiple of 64 */
  constructor(buffer: SharedArrayBuffer, baseOffset = 0) {
    const words = new Int32Array(buffer, baseOffset)
    const classCount = words[HEADER_CLASS_COUNT_WORD] as number
    this.words = words
    this.classCount = classCount
    this.peerCapacity = words[HEADER_PEER_CAPACITY_WORD] as number
    const slotCounts: number[] = []
    const firstSlots: number[] = []
    const metas: number[] = []
    let slots = 0
    for (let classIdx = 0; classIdx < classCount; classIdx++) {
      const header = BLOCK_WORDS * (1 + classIdx)
      const slotCount = words[header + CLASS_SLOT_COUNT_WORD] as number
      slotCounts.push(slotCount)
      firstSlots.push(slots)
      metas.push(((words[header + CLASS_META_OFFSET_WORD] as number) >>> 0) / 4)
      slots += slotCount
    }
    this.slotCounts = slotCounts
    this.firstSlots = firstSlots
    this.#metas = metas
    this.slotCountTotal = slots
    this.#peers = BLOCK_WORDS * (1 + classCount)
  }

  /** Bytes of one slot. */
  slotSize(classIdx: number): number {
    return this.words[BLOCK_WORDS * (1 + classIdx) + CLASS_SLOT_SIZE_WORD] as number
  }

  /** Slot index on top of the free list, or END. */
  headIndex(classIdx: number): number {
    return this.words[BLOCK_WORDS * (1 + classIdx) + CLASS_HEAD_INDEX_WORD] as number
  }

  /** Tag beside it, 0 to 2^32 - 1. */
  headTag(classIdx: number): number {
    return (this.words[BLOCK_WORDS * (1 + classIdx) + CLASS_HEAD_TAG_WORD] as number) >>> 0
  }

  slotWord(classIdx: number, slotIdx: number): number {
    return this.words[(this.#metas[classIdx] as number) + META_WORDS * slotIdx] as number
  }

  /** The slot word by slot number. */
  wordOf(slot: number): number {
    return this.words[this.indexOf(slot)] as number
  }

  /** Its index in `words`. */
  indexOf(slot: number): number {
    const classIdx = this.classOf(slot)
    return (this.#metas[classIdx] as number) + META_WORDS * (slot - (this.firstSlots[classIdx] as number))
  }

  /** Names a slot by its number, for messages. */
  textOf(slot: number): string {
    const classIdx = this.classOf(slot)
    return slotText(classIdx, slot - (this.firstSlots[classIdx] as number))
  }

  /** The class of a slot number. */
  classOf(slot: number): number {
    let classIdx = this.classCount - 1
    while (slot < (this.firstSlots[classIdx] as number)) classIdx--
    return classIdx
  }

  next(classIdx: number, slotIdx: number): number {
    return this.words[(this.#metas[classIdx] as number) + META_WORDS * slotIdx + META_NEXT_WORD] as number
  }

  /** STATE_EMPTY, STATE_LIVE or STATE_DEAD. */
  peerState(peer: number): number {
    return (this.words[this.#peers + BLOCK_WORDS * peer + PEER_STATUS_WORD] as number) & STATE_MASK
  }

  /** The intent word; 0 when there is none. */
  intent(peer: number): number {
    return this.words[this.#peers + BLOCK_WORDS * peer + PEER_INTENT_WORD] as number
  }

  /** Pool id of the peer that holds the reclaim lock; -1 when it is free. */
  lockHolder(): number {
    return ((this.words[HEADER_RECLAIM_LOCK_WORD] as number) & LOCK_HOLDER_MASK) - 1
  }

  /** Whether the peer's intent names the slot. */
  names(peer: number, classIdx: number, slotIdx: number): boolean {
    const intent = this.intent(peer)
    return intent >>> INTENT_KIND_SHIFT !== 0 && (intent & INTENT_NAME_MASK) === ((classIdx << INTENT_CLASS_SHIFT) | slotIdx)
  }

  /** Whether any peer's intent names the slot. */
  isNamed(classIdx: number, slotIdx: number): boolean {
    for (let peer = 0; peer < this.peerCapacity; peer++) if (this.names(peer, classIdx, slotIdx)) return true
    return false
  }

  /** Whether the walk from the head meets the slot. Gives up after as many slots as the class has. */
  isListed(classIdx: number, slotIdx: number): boolean {
    const slotCount = this.slotCounts[classIdx] as number
    let at = this.headIndex(classIdx)
    for (let met = 0; met < slotCount && at >= 0 && at < slotCount; met++) {
      if (at === slotIdx) return true
      at = this.next(classIdx, at)
    }
    return false
  }

  /** Neither listed nor allocated. */
  isInLimbo(classIdx: number, slotIdx: number): boolean {
    return !isAllocated(this.slotWord(classIdx, slotIdx)) && !this.isListed(classIdx, slotIdx)
  }

  /** Whether the peer's intent names a slot that is in limbo. */
  namesLimbo(peer: number): boolean {
    const intent = this.intent(peer)
    if (intent === 0) return false
    const classIdx = (intent & INTENT_NAME_MASK) >>> INTENT_CLASS_SHIFT
    const slotIdx = intent & ((1 << INTENT_CLASS_SHIFT) - 1)
    return classIdx < this.classCount && slotIdx < (this.slotCounts[classIdx] as number) && this.isInLimbo(classIdx, slotIdx)
  }

  /** Writes `mark` into `marks`, by slot number, for every slot that the free lists of all classes reach. */
  markListed(marks: Int32Array, mark: number): void {
    for (let classIdx = 0; classIdx < this.classCount; classIdx++) {
      const slotCount = this.slotCounts[classIdx] as number
      const firstSlot = this.firstSlots[classIdx] as number
      let at = this.headIndex(classIdx)
      for (let met = 0; met < slotCount && at >= 0 && at < slotCount; met++) {
        marks[firstSlot + at] = mark
        at = this.next(classIdx, at)
      }
    }
  }

  /** For reports, in few words: free lists with their tags, slots, intents and the lock. One entry for each, so that a report can show what changed. */
  describe(): Readonly<Record<string, unknown>> {
    const state: Record<string, unknown> = {}
    for (let classIdx = 0; classIdx < this.classCount; classIdx++) {
      const prefix = this.classCount === 1 ? '' : `${classIdx}:`
      state[`${prefix}free`] = this.#listText(classIdx)
      for (let slotIdx = 0; slotIdx < (this.slotCounts[classIdx] as number); slotIdx++) {
        const word = this.slotWord(classIdx, slotIdx)
        state[`${prefix}slot${slotIdx}`] = isAllocated(word) ? `of ${ownerOf(word)} g${generationOf(word)}` : `free g${generationOf(word)}`
      }
    }
    for (let peer = 0; peer < this.peerCapacity; peer++) {
      const intent = this.intent(peer)
      const slotIdx = intent & ((1 << INTENT_CLASS_SHIFT) - 1)
      if (intent !== 0) state[`peer${peer}`] = `${INTENT_KINDS[intent >>> INTENT_KIND_SHIFT]} ${slotIdx}`
      else if (this.peerState(peer) !== STATE_EMPTY) state[`peer${peer}`] = 'idle'
    }
    if (this.lockHolder() >= 0) state.lock = this.lockHolder()
    return state
  }

  /** Names the word at a byte offset from the pool's base, for reports: `slot 1 next`; undefined for a slot's data and what is unused. */
  nameOf(byteOffset: number): string | undefined {
    const word = byteOffset >>> 2
    if (word === HEADER_RECLAIM_LOCK_WORD) return 'reclaim lock'
    const block = Math.floor(word / BLOCK_WORDS) - 1
    const inBlock = word % BLOCK_WORDS
    if (block >= 0 && block < this.classCount) return inBlock === CLASS_HEAD_INDEX_WORD ? `${this.#classPrefix(block)}head` : undefined
    const peer = block - this.classCount
    if (peer >= 0 && peer < this.peerCapacity) return inBlock < PEER_WORDS.length ? `peer ${peer} ${PEER_WORDS[inBlock]}` : undefined
    for (let classIdx = 0; classIdx < this.classCount; classIdx++) {
      const inMetas = word - (this.#metas[classIdx] as number)
      if (inMetas < 0 || inMetas >= META_WORDS * (this.slotCounts[classIdx] as number)) continue
      return `${this.#classPrefix(classIdx)}slot ${Math.floor(inMetas / META_WORDS)} ${inMetas % META_WORDS === META_NEXT_WORD ? 'next' : 'word'}`
    }
    return undefined
  }

  #classPrefix(classIdx: number): string {
    return this.classCount === 1 ? '' : `class ${classIdx} `
  }

  #listText(classIdx: number): string {
    const slotCount = this.slotCounts[classIdx] as number
    const slots: number[] = []
    let at = this.headIndex(classIdx)
    while (at >= 0 && at < slotCount && slots.length <= slotCount) {
      slots.push(at)
      at = this.next(classIdx, at)
    }
    const endless = slots.length > slotCount ? '…' : ''
    return `[${slots.join(' ')}${endless}] t${this.headTag(classIdx)}`
  }
}

const PEER_WORDS = ['status', 'intent', 'nap'] as const
const INTENT_KINDS = ['none', 'allocates', 'frees', 'recovers'] as const

/** Where an invariant finds the pool that it judges: usually `(world) => world.memory`. */
export type SlotMemoryOf<World> = (world: World) => SlotMemory

/** Names a slot in a message. */
export function slotText(classIdx: number, slotIdx: number): string {
  return `slot ${slotIdx} of class ${classIdx}`
}

/** Notices which slot words change, by slot number. */
export function slotWatch(): WordsWatch<SlotMemory> {
  return new WordsWatch(
    (memory) => memory.slotCountTotal,
    (memory, slot) => memory.indexOf(slot),
  )
}
