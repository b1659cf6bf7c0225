// Reads a memory manager's shared words by their published layout, so that an invariant never asks the manager about itself.
//
//   base + 0    header: +8 capacity, +12 payloadBytesMax, +16 peer capacity, +24 recovery lock (0 free, else bits 0..8 = holder + 1),
//               +64 free head: bits 0..15 slot (0xFFFF: none), bits 16..31 count, then 32 bits of tag
//   base + 128  peer entries, 64 bytes each: +0 status = epoch << 2 | state, +4 intent = kind << 30 | slot
//   ...         slot records, 16 bytes each: +0 lock, +4 word, +8 next (slot or -1)
//   ...         slot data, each a header of 48 bytes and the payload, rounded up to 64
//
// Every read is a plain read of one word of a typed array: no step, no allocation. Checks run between two steps, where no peer
// can be in the middle of a write, so plain reads see what is there.

import { WordsWatch } from '../words-watch.js'

/** Ends the free list. */
export const END = -1

// States in a slot word.
export const FREE = 0
export const FILLING = 1
export const READY = 2

// States of a peer.
export const STATE_EMPTY = 0
export const STATE_LIVE = 1
export const STATE_DEAD = 2

// Bits of a lock word.
export const DIRTY = 1 << 26
export const POISONED = 1 << 27

const CAPACITY_WORD = 2
const PAYLOAD_BYTES_MAX_WORD = 3
const PEER_CAPACITY_WORD = 4
const RECOVERY_LOCK_WORD = 6
const HEAD_WORD = 16
const FIRST_PEER_WORD = 32
const PEER_WORDS = 16
const RECORD_WORDS = 4
const LOCK_HOLDER_MASK = 0x1ff
const SLOT_MASK = 0xffff

export function stateOf(word: number): number {
  return word & 0b11
}

export function ownerOf(word: number): number {
  return (word >>> 2) & 0x1f
}

export function generationOf(word: number): number {
  return word >>> 7
}

/** Whether a slot word says "READY, of this generation". */
export function holds(word: number, generation: number): boolean {
  return stateOf(word) === READY && generationOf(word) === generation
}

/** Bit n: peer n reads. */
export function readerSetOf(lock: number): number {
  return lock & 0xffff
}

/** -1: nobody writes. */
export function writerOf(lock: number): number {
  return ((lock >>> 16) & 0x1f) - 1
}

/** -1: no writer waits first. */
export function pendingOf(lock: number): number {
  return ((lock >>> 21) & 0x1f) - 1
}

/** A formatted manager, read word by word. */
export class ManagerWords {
  /** The buffer from the manager's base. */
  readonly words: Int32Array
  readonly capacity: number
  readonly peerCapacity: number
  /** Words of a slot's data, header and payload. */
  readonly messageWords: number
  readonly #firstRecord: number
  readonly #firstData: number

  /** @param baseOffset of the manager in the buffer, in bytes, a multiple of 64 */
  constructor(buffer: SharedArrayBuffer, baseOffset = 0) {
    const words = new Int32Array(buffer, baseOffset)
    this.words = words
    this.capacity = words[CAPACITY_WORD] as number
    this.peerCapacity = words[PEER_CAPACITY_WORD] as number
    this.messageWords = (Math.ceil((48 + (words[PAYLOAD_BYTES_MAX_WORD] as number)) / 64) * 64) / 4
    this.#firstRecord = FIRST_PEER_WORD + PEER_WORDS * this.peerCapacity
    this.#firstData = Math.ceil((this.#firstRecord + RECORD_WORDS * this.capacity) / 16) * 16
  }

  /** Slot on top of the free list, or END. */
  headSlot(): number {
    const slot = (this.words[HEAD_WORD] as number) & SLOT_MASK
    return slot === SLOT_MASK ? END : slot
  }

  /** How many slots the head says are listed. */
  headCount(): number {
    return (this.words[HEAD_WORD] as number) >>> 16
  }

  headTag(): number {
    return (this.words[HEAD_WORD + 1] as number) >>> 0
  }

  lock(slot: number): number {
    return this.words[this.lockIndex(slot)] as number
  }

  word(slot: number): number {
    return this.words[this.wordIndex(slot)] as number
  }

  /** Indexes in `words`. */
  lockIndex(slot: number): number {
    return this.#firstRecord + RECORD_WORDS * slot
  }

  wordIndex(slot: number): number {
    return this.#firstRecord + RECORD_WORDS * slot + 1
  }

  next(slot: number): number {
    return this.words[this.#firstRecord + RECORD_WORDS * slot + 2] as number
  }

  /** STATE_EMPTY, STATE_LIVE or STATE_DEAD. */
  peerState(peer: number): number {
    return (this.words[FIRST_PEER_WORD + PEER_WORDS * peer] as number) & 0b11
  }

  /** The intent word; 0 when there is none. */
  intent(peer: number): number {
    return this.words[FIRST_PEER_WORD + PEER_WORDS * peer + 1] as number
  }

  /** The peer that holds the recovery lock; -1 when it is free. */
  recoveryHolder(): number {
    return ((this.words[RECOVERY_LOCK_WORD] as number) & LOCK_HOLDER_MASK) - 1
  }

  /** Whether any peer is DEAD, and not recovered. */
  anyDead(): boolean {
    for (let peer = 0; peer < this.peerCapacity; peer++) if (this.peerState(peer) === STATE_DEAD) return true
    return false
  }

  /** Whether any peer's intent names the slot. */
  isNamed(slot: number): boolean {
    for (let peer = 0; peer < this.peerCapacity; peer++) {
      const intent = this.intent(peer)
      if (intent >>> 30 !== 0 && (intent & SLOT_MASK) === slot) return true
    }
    return false
  }

  /** Whether the walk from the head meets the slot. Gives up after as many slots as there are. */
  isListed(slot: number): boolean {
    let at = this.headSlot()
    for (let met = 0; met < this.capacity && at >= 0 && at < this.capacity; met++) {
      if (at === slot) return true
      at = this.next(at)
    }
    return false
  }

  /** Whether the peer's intent names a slot that is free and off the list. */
  namesLimbo(peer: number): boolean {
    const intent = this.intent(peer)
    const slot = intent & SLOT_MASK
    return intent !== 0 && slot < this.capacity && stateOf(this.word(slot)) === FREE && !this.isListed(slot)
  }

  /** Writes `mark` into `marks`, by slot, for every slot that the free list reaches; returns how many. */
  markListed(marks: Int32Array, mark: number): number {
    let at = this.headSlot()
    let met = 0
    for (; met < this.capacity && at >= 0 && at < this.capacity; met++) {
      marks[at] = mark
      at = this.next(at)
    }
    return met
  }

  /** Copies a slot's data to `into`, at `messageWords` for each slot. */
  copyMessage(slot: number, into: Int32Array): void {
    const first = this.#firstData + this.messageWords * slot
    for (let at = 0; at < this.messageWords; at++) into[this.messageWords * slot + at] = this.words[first + at] as number
  }

  /** The first word of a slot's data that differs from the copy; -1 if none does. */
  changedWord(slot: number, copy: Int32Array): number {
    const first = this.#firstData + this.messageWords * slot
    for (let at = 0; at < this.messageWords; at++) if (this.words[first + at] !== copy[this.messageWords * slot + at]) return at
    return -1
  }

  /** For reports, in few words: the free list, slots with their locks, intents and the recovery lock. */
  describe(): Readonly<Record<string, unknown>> {
    const state: Record<string, unknown> = { free: this.#listText() }
    for (let slot = 0; slot < this.capacity; slot++) {
      const word = this.word(slot)
      const text = `g${generationOf(word)}`
      state[`slot${slot}`] = stateOf(word) === FREE ? `free ${text}` : `${stateOf(word) === READY ? 'ready' : 'filling'} ${text} of ${ownerOf(word)}`
      const lock = lockText(this.lock(slot))
      if (lock !== '') state[`lock${slot}`] = lock
    }
    for (let peer = 0; peer < this.peerCapacity; peer++) {
      const intent = this.intent(peer)
      if (intent !== 0) state[`peer${peer}`] = `${INTENT_KINDS[intent >>> 30]} ${intent & SLOT_MASK}`
      else if (this.peerState(peer) !== STATE_EMPTY) state[`peer${peer}`] = this.peerState(peer) === STATE_DEAD ? 'dead' : 'idle'
    }
    if (this.recoveryHolder() >= 0) state.recovers = this.recoveryHolder()
    return state
  }

  /** Names the word at a byte offset from the base, for reports: `slot 1 lock`; undefined for a slot's data and what is unused. */
  nameOf(byteOffset: number): string | undefined {
    const word = byteOffset >>> 2
    if (word === RECOVERY_LOCK_WORD) return 'recovery lock'
    if (word === HEAD_WORD) return 'head'
    const inPeers = word - FIRST_PEER_WORD
    if (inPeers >= 0 && inPeers < PEER_WORDS * this.peerCapacity) {
      const name = PEER_WORD_NAMES[inPeers % PEER_WORDS]
      return name === undefined ? undefined : `peer ${Math.floor(inPeers / PEER_WORDS)} ${name}`
    }
    const inRecords = word - this.#firstRecord
    if (inRecords < 0 || inRecords >= RECORD_WORDS * this.capacity) return undefined
    return `slot ${Math.floor(inRecords / RECORD_WORDS)} ${RECORD_WORD_NAMES[inRecords % RECORD_WORDS]}`
  }

  #listText(): string {
    const slots: number[] = []
    let at = this.headSlot()
    while (at >= 0 && at < this.capacity && slots.length <= this.capacity) {
      slots.push(at)
      at = this.next(at)
    }
    return `[${slots.join(' ')}${slots.length > this.capacity ? '…' : ''}] ${this.headCount()} t${this.headTag()}`
  }
}

const PEER_WORD_NAMES = ['status', 'intent', 'nap'] as const
const RECORD_WORD_NAMES = ['lock', 'word', 'next', 'unused'] as const
const INTENT_KINDS = ['none', 'stores', 'frees', 'recovers'] as const

/** `r0,2 w1 p3 dirty poisoned sleepers`; empty for a lock that nobody has anything to do with. */
function lockText(lock: number): string {
  const readers: number[] = []
  for (let peer = 0; peer < 16; peer++) if ((lock & (1 << peer)) !== 0) readers.push(peer)
  const texts = [readers.length === 0 ? '' : `r${readers.join(',')}`]
  if (writerOf(lock) >= 0) texts.push(`w${writerOf(lock)}`)
  if (pendingOf(lock) >= 0) texts.push(`p${pendingOf(lock)}`)
  if ((lock & DIRTY) !== 0) texts.push('dirty')
  if ((lock & POISONED) !== 0) texts.push('poisoned')
  if ((lock & (1 << 28)) !== 0) texts.push('sleepers')
  return texts.filter((text) => text !== '').join(' ')
}

/** Where an invariant finds the manager that it judges: usually `(world) => world.memory`. */
export type ManagerWordsOf<World> = (world: World) => ManagerWords

/** Names a message in a sentence. */
export function messageText(slot: number, generation: number): string {
  return `the message of generation ${generation} in slot ${slot}`
}

/** Notices which slot words change, by slot. */
export function wordWatch(): WordsWatch<ManagerWords> {
  return new WordsWatch(
    ({ capacity }) => capacity,
    (memory, slot) => memory.wordIndex(slot),
  )
}

/** Notices which lock words change, by slot. */
export function lockWatch(): WordsWatch<ManagerWords> {
  return new WordsWatch(
    ({ capacity }) => capacity,
    (memory, slot) => memory.lockIndex(slot),
  )
}
