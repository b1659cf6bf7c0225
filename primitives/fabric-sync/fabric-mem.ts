// The arena as plain words and bytes, under a lease: each access is preceded by a check of the lease.
//
// A party that is paused between the check and the access completes at most that one access, however long the pause. What must not be changed
// by such a late access belongs into a mutex, whose values are published under a fence.

import { BadArgumentError } from '../errors.js'
import type { Session } from './session.js'

const U32_LIMIT = 2 ** 32
const I32_MIN = -(2 ** 31)
const U64_LIMIT = 2n ** 64n
const I64_MIN = -(2n ** 63n)

/**
 * Offsets are bytes from the arena's begin, multiples of the word's size; others throw BadArgumentError. A call whose lease is over throws
 * FabricError `LeaseExpired`, `Revoked`, `Fenced` or `Disconnected` and touches nothing.
 *
 * 32-bit values come back signed and may be given signed or unsigned; so do 64-bit values, as bigints.
 */
export class FabricMem {
  readonly #session: Session
  readonly #words: Int32Array
  readonly #longs: BigInt64Array
  readonly #arenaBytes: number
  /** Indexes of the arena's first word in `#words` and in `#longs`. */
  readonly #firstWord: number
  readonly #firstLong: number

  constructor(session: Session) {
    const { memory } = session
    this.#session = session
    this.#words = memory.words
    this.#longs = memory.longs
    this.#arenaBytes = memory.format.arenaBytes
    this.#firstWord = memory.arenaOffset / 4
    this.#firstLong = memory.arenaOffset / 8
  }

  /** Bytes of the arena. */
  arenaSize(): number {
    return this.#arenaBytes
  }

  /** @param offset a multiple of 4 */
  load32(offset: number): number {
    const index = this.#wordAt(offset)
    this.#session.own()
    const value = Atomics.load(this.#words, index)
    return value
  }

  /** @param offset a multiple of 4 */
  store32(offset: number, value: number): void {
    const index = this.#wordAt(offset)
    requireWord('value', value)
    this.#session.own()
    Atomics.store(this.#words, index, value)
  }

  /** Stores `value` if the word is `expected`; returns what was there. */
  compareExchange32(offset: number, expected: number, value: number): number {
    const index = this.#wordAt(offset)
    requireWord('expected', expected)
    requireWord('value', value)
    this.#session.own()
    const found = Atomics.compareExchange(this.#words, index, expected, value)
    return found
  }

  /** Adds modulo 2^32; returns what was there before. */
  add32(offset: number, value: number): number {
    const index = this.#wordAt(offset)
    requireWord('value', value)
    this.#session.own()
    const found = Atomics.add(this.#words, index, value)
    return found
  }

  /** @param offset a multiple of 8 */
  load64(offset: number): bigint {
    const index = this.#longAt(offset)
    this.#session.own()
    const value = Atomics.load(this.#longs, index)
    return value
  }

  /** @param offset a multiple of 8 */
  store64(offset: number, value: bigint): void {
    const index = this.#longAt(offset)
    requireLong('value', value)
    this.#session.own()
    Atomics.store(this.#longs, index, value)
  }

  /** Stores `value` if the word is `expected`; returns what was there. */
  compareExchange64(offset: number, expected: bigint, value: bigint): bigint {
    const index = this.#longAt(offset)
    requireLong('expected', expected)
    requireLong('value', value)
    this.#session.own()
    const found = Atomics.compareExchange(this.#longs, index, expected, value)
    return found
  }

  /** Adds modulo 2^64; returns what was there before. */
  add64(offset: number, value: bigint): bigint {
    const index = this.#longAt(offset)
    requireLong('value', value)
    this.#session.own()
    const found = Atomics.add(this.#longs, index, value)
    return found
  }

  /** Fills `target` from `offset` on, word by word. Both are multiples of 4 bytes long. The bytes are not read at one moment. */
  read(offset: number, target: Uint8Array): void {
    const first = this.#spanAt(offset, 'target', target)
    for (let at = 0; at < target.length; at += 4) {
      const index = first + at / 4
      this.#session.own()
      const word = Atomics.load(this.#words, index)
      target[at] = word
      target[at + 1] = word >>> 8
      target[at + 2] = word >>> 16
      target[at + 3] = word >>> 24
    }
  }

  /** Writes `source` from `offset` on, word by word. Both are multiples of 4 bytes long. A lease that ends half-way leaves it half written. */
  write(offset: number, source: Uint8Array): void {
    const first = this.#spanAt(offset, 'source', source)
    for (let at = 0; at < source.length; at += 4) {
      const index = first + at / 4
      const word = (source[at] as number) | ((source[at + 1] as number) << 8) | ((source[at + 2] as number) << 16) | ((source[at + 3] as number) << 24)
      this.#session.own()
      Atomics.store(this.#words, index, word)
    }
  }

  #wordAt(offset: number): number {
    if (typeof offset !== 'number' || !(offset >= 0 && offset <= this.#arenaBytes - 4) || offset % 4 !== 0) throw offsetError(offset, 4, this.#arenaBytes - 4)
    return this.#firstWord + offset / 4
  }

  #longAt(offset: number): number {
    if (typeof offset !== 'number' || !(offset >= 0 && offset <= this.#arenaBytes - 8) || offset % 8 !== 0) throw offsetError(offset, 8, this.#arenaBytes - 8)
    return this.#firstLong + offset / 8
  }

  /** Index of the first word that a read or write touches. */
  #spanAt(offset: number, argument: string, bytes: Uint8Array): number {
    if (!(bytes instanceof Uint8Array) || bytes.length % 4 !== 0) throw new BadArgumentError(argument, bytes, 'a Uint8Array whose length is a multiple of 4')
    const last = this.#arenaBytes - bytes.length
    if (typeof offset !== 'number' || !(offset >= 0 && offset <= last) || offset % 4 !== 0) throw offsetError(offset, 4, last)
    return this.#firstWord + offset / 4
  }
}

function offsetError(offset: unknown, multiple: number, last: number): BadArgumentError {
  return new BadArgumentError('offset', offset, `a multiple of ${multiple} from 0 to ${last}`)
}

function requireWord(argument: string, value: number): void {
  if (typeof value === 'number' && value >= I32_MIN && value < U32_LIMIT && Math.floor(value) === value) return
  throw new BadArgumentError(argument, value, 'an integer from -2^31 to 2^32 - 1')
}

function requireLong(argument: string, value: bigint): void {
  if (typeof value === 'bigint' && value >= I64_MIN && value < U64_LIMIT) return
  throw new BadArgumentError(argument, value, 'a bigint from -2^63 to 2^64 - 1')
}
