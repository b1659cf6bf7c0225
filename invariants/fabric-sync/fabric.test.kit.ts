// For the tests of the fabric's invariants: a fabric with one mutex, written word by word, by the published layout.

import { FabricWords } from './fabric-words.js'
import { MutexWords } from './mutex-words.js'

const MAGIC = 0x31424146
const ARENA_BYTES = 256
const LEASES = 3
const FIRST_LEASE_WORD = 16
/** Header, one block of leases, one of ranges. */
const ARENA_OFFSET = 64 + 64 + 64
const CODEC_BYTES = 8
const STATES = ['free', 'active', 'expired', 'revoked', 'released', 'fenced'] as const

/** The mutex lies at the arena's begin and guards two words. Time begins at 0. */
export class FakeFabric {
  nowMs = 0
  readonly words: FabricWords
  readonly mutex: MutexWords
  readonly #memory: Int32Array

  constructor() {
    const buffer = new SharedArrayBuffer(ARENA_OFFSET + ARENA_BYTES)
    this.#memory = new Int32Array(buffer)
    this.#memory.set([MAGIC, 1, ARENA_BYTES, LEASES, 0, 0, 0, 0, 2])
    this.words = new FabricWords(buffer, () => this.nowMs)
    this.mutex = new MutexWords(this.words, 0, CODEC_BYTES)
  }

  lease(index: number, state: (typeof STATES)[number], generation: number, expiryMs = 100): this {
    this.#memory[FIRST_LEASE_WORD + 2 * index] = expiryMs
    this.#memory[FIRST_LEASE_WORD + 2 * index + 1] = (generation << 16) | (STATES.indexOf(state) << 13)
    return this
  }

  /** The main word: held by a lease in a generation. */
  held(index: number, generation: number, cell: number, fence: number): this {
    return this.#main((generation << 16) | (index << 8), cell, fence)
  }

  unlocked(cell: number, fence: number): this {
    return this.#main(0, cell, fence)
  }

  cell(cell: number, data: readonly [number, number], tag: number): this {
    for (let word = 0; word < 2; word++) this.arenaWord(64 + 16 * cell + 8 * word, data[word] as number).arenaWord(64 + 16 * cell + 8 * word + 4, tag)
    return this
  }

  arenaWord(byteOffset: number, value: number): this {
    this.#memory[(ARENA_OFFSET + byteOffset) / 4] = value
    return this
  }

  /** A range word: the bytes of a primitive. */
  range(at: number, baseOffset: number, byteLength: number): this {
    this.#memory[(128 + 8 * at) / 4] = baseOffset
    this.#memory[(128 + 8 * at) / 4 + 1] = byteLength
    return this
  }

  at(nowMs: number): this {
    this.nowMs = nowMs
    return this
  }

  #main(reference: number, cell: number, fence: number): this {
    return this.arenaWord(32, fence | 0).arenaWord(36, reference | (cell << 7) | Math.floor(fence / 2 ** 32))
  }
}

export const wordsOf = (world: FakeFabric): FabricWords => world.words
export const mutexOf = (world: FakeFabric): MutexWords => world.mutex

/** The id of a lease, with epoch 0. */
export function leaseId(index: number, generation: number): number {
  return generation * 256 + index
}

/** Data of an event about a guard. */
export function guard(index: number, generation: number, fence: number, words: readonly number[] = [0, 0]) {
  return { leaseId: leaseId(index, generation), fence, words }
}

/** Data of an event about a release. */
export function release(index: number, fence: number, from: readonly number[], to: readonly number[]) {
  return { leaseId: leaseId(index, 1), fence, from, to }
}
