// For the tests of the memory manager's invariants: a manager's memory written word by word. The history is told with `Story`.

import { FILLING, FREE, ManagerWords, READY } from './manager-words.js'

export interface World {
  readonly memory: ManagerWords
}

export const memoryOf = (world: World): ManagerWords => world.memory

const CAPACITY = 2
const PEERS = 4
const FIRST_RECORD = 32 + 16 * PEERS
const FIRST_DATA = FIRST_RECORD + 16
const MESSAGE_WORDS = 16

export const READER_0 = 1 << 0
export const READER_1 = 1 << 1
export const WRITER_0 = 1 << 16
export const WRITER_1 = 2 << 16
export const PENDING_1 = 2 << 21
export const POISONED = 1 << 27

/** A manager in plain memory, by the published layout: two slots, four LIVE peers, list 0, 1, tag 0. */
export class Manager implements World {
  readonly memory: ManagerWords
  readonly #words: Int32Array

  constructor() {
    const buffer = new SharedArrayBuffer((FIRST_DATA + MESSAGE_WORDS * CAPACITY) * 4)
    const words = new Int32Array(buffer)
    words.set([0x314d4d43, 1, CAPACITY, 16, PEERS])
    this.#words = words
    this.memory = new ManagerWords(buffer)
    this.list([0, 1])
    for (let peer = 0; peer < PEERS; peer++) this.peer(peer, 'live')
  }

  /** Links the slots in this order and counts them, unless another count is told. */
  list(slots: readonly number[], count = slots.length): this {
    for (const [at, slot] of slots.entries()) this.next(slot, slots[at + 1] ?? -1)
    return this.head(slots[0] ?? 0xffff, count)
  }

  head(slot: number, count: number): this {
    this.#words[16] = (count << 16) | slot
    this.#words[17] = (this.#words[17] as number) + 1
    return this
  }

  next(slot: number, next: number): this {
    this.#words[FIRST_RECORD + 4 * slot + 2] = next
    return this
  }

  lock(slot: number, lock: number): this {
    this.#words[FIRST_RECORD + 4 * slot] = lock
    return this
  }

  ready(slot: number, owner: number, generation: number): this {
    return this.#word(slot, READY, owner, generation)
  }

  filling(slot: number, owner: number, generation: number): this {
    return this.#word(slot, FILLING, owner, generation)
  }

  free(slot: number, generation: number): this {
    return this.#word(slot, FREE, 0, generation)
  }

  /** Fills the payload of the slot's message. */
  bytes(slot: number, value: number): this {
    this.#words.fill(value, FIRST_DATA + MESSAGE_WORDS * slot + 12, FIRST_DATA + MESSAGE_WORDS * slot + 14)
    return this
  }

  /** @param kind 1 pops, 2 frees, 3 recovers; 0 takes the intent away */
  intent(peer: number, kind: number, slot = 0): this {
    this.#words[32 + 16 * peer + 1] = kind === 0 ? 0 : (kind << 30) | slot
    return this
  }

  peer(peer: number, state: 'empty' | 'live' | 'dead'): this {
    this.#words[32 + 16 * peer] = (1 << 2) | ['empty', 'live', 'dead'].indexOf(state)
    return this
  }

  recoveryLock(word: number): this {
    this.#words[6] = word
    return this
  }

  #word(slot: number, state: number, owner: number, generation: number): this {
    this.#words[FIRST_RECORD + 4 * slot + 1] = (generation << 7) | (owner << 2) | state
    return this
  }
}

/** Data of an event about the message of generation 1 in slot 0. */
export function message(as: number, generation = 1, slot = 0) {
  return { as, slot, generation }
}

/** Data of an event about a guard on it. */
export function guard(as: number, kind: 'read' | 'header' | 'write', generation = 1, slot = 0) {
  return { as, slot, generation, kind }
}

/** Data of a refusal. */
export function refusal(as: number, code: string, blockers: readonly number[] = [], generation = 1, slot = 0) {
  return { as, slot, generation, code, blockers }
}
