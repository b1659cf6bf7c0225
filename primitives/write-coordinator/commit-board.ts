// The number that snapshots may begin at, in shared memory: every thread reads it, the coordinator writes it.
//
//   +0   magic "CBD1"
//   +4   layout version
//   +8   the published number i64: the only word that changes
//   rest zero

import { requireSharedBuffer } from '../argument-checks.js'
import {
  BLOCK_ALIGNMENT,
  HEADER_MAGIC_WORD,
  HEADER_VERSION_WORD,
  LAYOUT_VERSION,
  loadBlock,
  requireInside,
  requireMagic,
  requireZeroed,
  storeBlock,
} from '../block-format.js'
import type { CommitSeq } from './commit-types.js'

/** "CBD1" in little-endian bytes. */
const MAGIC = 0x31444243
const BOARD_BYTES = BLOCK_ALIGNMENT
const HEADER_WORDS = 2
/** Index among 64-bit words. */
const PUBLISHED_WORD = 1

/** One thread's handle on a board. */
export class CommitBoard {
  readonly #words: BigInt64Array

  private constructor(words: BigInt64Array) {
    this.#words = words
  }

  /** How many bytes a board takes: 64. Pure. */
  static byteLength(): number {
    return BOARD_BYTES
  }

  /**
   * Formats a board that shows 0. Needs the memory to itself, zeroed.
   *
   * @param byteOffset a multiple of 64
   * @throws BadArgumentError, BadLayoutError; the memory is unchanged then
   */
  static init(buffer: SharedArrayBuffer, byteOffset: number): CommitBoard {
    requireSharedBuffer('buffer', buffer)
    requireInside(buffer, byteOffset, BOARD_BYTES)
    const words = new Int32Array(buffer, byteOffset, BOARD_BYTES / 4)
    requireZeroed(words, byteOffset, MAGIC, 'a commit board')
    const block = new Int32Array(BOARD_BYTES / 4)
    block[HEADER_VERSION_WORD] = LAYOUT_VERSION
    storeBlock(words, 0, block)
    Atomics.store(words, HEADER_MAGIC_WORD, MAGIC)
    return new CommitBoard(new BigInt64Array(buffer, byteOffset, BOARD_BYTES / 8))
  }

  /** Opens a formatted board, from any thread. Writes nothing. Throws BadArgumentError, BadLayoutError. */
  static attach(buffer: SharedArrayBuffer, byteOffset: number): CommitBoard {
    requireSharedBuffer('buffer', buffer)
    requireInside(buffer, byteOffset, BOARD_BYTES)
    const header = loadBlock(new Int32Array(buffer, byteOffset, BOARD_BYTES / 4), 0, HEADER_WORDS)
    requireMagic(header, byteOffset, MAGIC)
    return new CommitBoard(new BigInt64Array(buffer, byteOffset, BOARD_BYTES / 8))
  }

  /** The newest snapshot. It never decreases while a coordinator lives. */
  publishedSeq(): CommitSeq {
    const seq = Atomics.load(this.#words, PUBLISHED_WORD)
    return Number(seq)
  }

  /** Shows a newer snapshot. For the coordinator alone: there is one writer. */
  publish(seq: CommitSeq): void {
    const word = BigInt(seq)
    Atomics.store(this.#words, PUBLISHED_WORD, word)
  }
}
