// A value in the arena, and how it is read and written where others may do the same at any moment.
//
//   cell        ceil(codec bytes / 4) cell words, 64 bits each
//   cell word   low half 4 data bytes, high half tag: bits 0..31 of the fence, attempt or version that wrote it; 0 at creation
//
// A value is written to a cell that nobody reads, and published by a compare-and-swap of the primitive's main word. A *zombie*, a party that
// runs on after its lease ended, may still be about to write a word of that cell. Ordering, P1 to P3: a word of the cell is loaded, then the
// main word is seen to be still the writer's own, then the loaded word is swapped. What P1 loaded is older than any takeover, so a zombie
// changes a word only if no later writer has written it, and a later writer publishes a cell only after it has written every word of it. Equal
// data are written too: the tag makes every rewrite change the word.

import { show } from '../errors.js'
import { type Codec, padded } from './codec.js'
import { FabricError } from './fabric-error.js'
import type { FabricMemory } from './fabric-memory.js'

const CELL_WORD_BYTES = 8
const DATA_BYTES = 4

/** 64-bit words of one cell. */
export function cellWords(codec: Codec<unknown>): number {
  return padded(codec.byteLength) / DATA_BYTES
}

/** Bytes of one cell in the arena. */
export function cellBytes(codec: Codec<unknown>): number {
  return cellWords(codec) * CELL_WORD_BYTES
}

/** Moves values of one codec between a handle and the cells of its primitive. Belongs to one handle; its buffers hold one value at a time. */
export class CellAccess<T> {
  /** 64-bit words of one cell. */
  readonly wordCount: number
  protected readonly memory: FabricMemory
  readonly #codec: Codec<T>
  /** What was loaded, or is being encoded. */
  readonly #scratch: DataView
  readonly #scratchWords: Int32Array
  /** What is to be written: the data of the last `stage`. */
  protected readonly staged: Int32Array

  constructor(memory: FabricMemory, codec: Codec<T>) {
    this.wordCount = cellWords(codec)
    this.memory = memory
    this.#codec = codec
    this.#scratchWords = new Int32Array(this.wordCount)
    this.#scratch = new DataView(this.#scratchWords.buffer, 0, codec.byteLength)
    this.staged = new Int32Array(this.wordCount)
  }

  /** Encodes the value that the next write stores. No step. Throws FabricError `IoError` where the codec throws; what was staged stays then. */
  stage(value: T): void {
    try {
      this.#scratchWords.fill(0)
      this.#codec.encode(value, this.#scratch, 0)
    } catch (error) {
      throw codecError('encode', error)
    }
    this.staged.set(this.#scratchWords)
  }

  /** The value that was loaded last. No step. Throws FabricError `IoError` where the codec throws. */
  decode(): T {
    try {
      return this.#codec.decode(this.#scratch, 0)
    } catch (error) {
      throw codecError('decode', error)
    }
  }

  /** Loads each word of a cell that nobody writes. The caller makes sure of that afterwards. */
  load(firstIndex: number): void {
    const { longs, pair } = this.memory
    for (let word = 0; word < this.wordCount; word++) {
      const loaded = Atomics.load(longs, firstIndex + word)
      this.#scratchWords[word] = pair.low(loaded)
    }
  }

  /** Loads each word of a cell that others may overwrite; false as soon as one has another tag (an Int32). */
  loadTagged(firstIndex: number, tag: number): boolean {
    const { longs, pair } = this.memory
    for (let word = 0; word < this.wordCount; word++) {
      const loaded = Atomics.load(longs, firstIndex + word)
      if (pair.high(loaded) !== tag) return false
      this.#scratchWords[word] = pair.low(loaded)
    }
    return true
  }

  /** Stores what was staged with a tag (an Int32), without looking: for a cell that the caller alone writes. */
  store(firstIndex: number, tag: number): void {
    const { longs, pair } = this.memory
    for (let word = 0; word < this.wordCount; word++) {
      const data = pair.join(this.staged[word] as number, tag)
      Atomics.store(longs, firstIndex + word, data)
    }
  }

  /**
   * Writes what was staged into a spare cell, with a tag (an Int32): P1 to P3. False as soon as the main word is another than `mainWord`: the
   * caller was replaced, and no word that a later writer wrote was touched.
   */
  write(firstIndex: number, tag: number, mainIndex: number, mainWord: bigint): boolean {
    const { longs, pair } = this.memory
    for (let word = 0; word < this.wordCount; word++) {
      const data = pair.join(this.staged[word] as number, tag)
      for (;;) {
        const old = Atomics.load(longs, firstIndex + word) // P1
        const main = Atomics.load(longs, mainIndex) // P2
        if (main !== mainWord) return false
        const seen = Atomics.compareExchange(longs, firstIndex + word, old, data) // P3
        if (seen === old) break
      }
    }
    return true
  }
}

function codecError(method: 'encode' | 'decode', cause: unknown): FabricError {
  return new FabricError('IoError', `expected ${method} of the codec to return, got ${cause instanceof Error ? cause.message : show(cause)}`, { cause })
}
