// The shared words of one fabric as one handle sees them: views, sizes, the clock, and the scratch that splits words.
//
// Everything of the family stands on this. A handle belongs to one party, and so does this.

import { HEADER_MAGIC_WORD, HEADER_VERSION_WORD, LAYOUT_VERSION, requireInside, requireMagic, requireZeroed } from '../block-format.js'
import { BadLayoutError, show } from '../errors.js'
import { WordPair } from '../word-pair.js'
import {
  FABRIC_HEADER_BYTES,
  type FabricFormat,
  formatOf,
  HEADER_ARENA_BYTES_WORD,
  HEADER_CLOSED_WORD,
  HEADER_EPOCH_WORD,
  HEADER_LEASE_CAPACITY_WORD,
  HEADER_RANGE_CAPACITY_WORD,
  HEADER_SKEW_WORD,
  MAGIC,
  placesOf,
} from './fabric-layout.js'

export class FabricMemory {
  readonly format: FabricFormat
  /** `Date.now()` of whoever created the fabric. */
  readonly epochMs: number
  /** All of the fabric from its base, as 32-bit words and as 64-bit words. */
  readonly words: Int32Array
  readonly longs: BigInt64Array
  /** Bytes from the base to the arena. */
  readonly arenaOffset: number
  /** Index in `longs` of the first range word. */
  readonly firstRangeIndex: number
  /** Splits and joins 64-bit words. No value stays in it across a step. */
  readonly pair = new WordPair()

  constructor(buffer: SharedArrayBuffer, base: number, format: FabricFormat, epochMs: number) {
    const places = placesOf(format)
    this.format = format
    this.epochMs = epochMs
    this.words = new Int32Array(buffer, base, places.totalBytes / 4)
    this.longs = new BigInt64Array(buffer, base, places.totalBytes / 8)
    this.arenaOffset = places.arenaOffset
    this.firstRangeIndex = places.rangeOffset / 8
  }

  /** What the fabric clock of a party shows when its wall clock shows `wallMs`, as `Date.now()` gives it: ms since the epoch, never below 0. Pure. */
  timeAt(wallMs: number): number {
    return Math.max(0, wallMs - this.epochMs)
  }

  /** Whether the fabric was shut down. One load. */
  isClosed(): boolean {
    const closed = Atomics.load(this.words, HEADER_CLOSED_WORD)
    return closed !== 0
  }

  /** Blocks the thread for at most 1 ms, or until the word is notified; not at all if the word has changed. Waiters load the word again. */
  poll(index: number, word: bigint): void {
    Atomics.wait(this.longs, index, word, POLL_MS)
  }
}

/** How long one poll sleeps, in ms: also the longest delay after a party died between its change and its notification. */
const POLL_MS = 1

/** Writes the header of a fabric. The caller has the memory to itself, and it is zeroed. Throws BadLayoutError. */
export function formatFabric(buffer: SharedArrayBuffer, base: number, format: FabricFormat): FabricMemory {
  requireInside(buffer, base, placesOf(format).totalBytes)
  requireZeroed(new Int32Array(buffer, base, 1), base, MAGIC, 'a fabric')
  const epochMs = Date.now()
  const memory = new FabricMemory(buffer, base, format, epochMs)
  const { words, longs } = memory
  const epoch = BigInt(epochMs)
  Atomics.store(words, HEADER_VERSION_WORD, LAYOUT_VERSION)
  Atomics.store(words, HEADER_ARENA_BYTES_WORD, format.arenaBytes)
  Atomics.store(words, HEADER_LEASE_CAPACITY_WORD, format.leaseCapacity)
  Atomics.store(words, HEADER_SKEW_WORD, format.skewMsMax)
  Atomics.store(longs, HEADER_EPOCH_WORD / 2, epoch)
  Atomics.store(words, HEADER_RANGE_CAPACITY_WORD, format.rangeCapacity)
  Atomics.store(words, HEADER_MAGIC_WORD, MAGIC)
  return memory
}

/** Opens a formatted fabric. Writes nothing. Throws BadLayoutError. */
export function openFabric(buffer: SharedArrayBuffer, base: number): FabricMemory {
  requireInside(buffer, base, FABRIC_HEADER_BYTES)
  const words = new Int32Array(buffer, base, FABRIC_HEADER_BYTES / 4)
  const magic = Atomics.load(words, HEADER_MAGIC_WORD)
  const version = Atomics.load(words, HEADER_VERSION_WORD)
  requireMagic(Int32Array.of(magic, version), base, MAGIC)
  const arenaBytes = Atomics.load(words, HEADER_ARENA_BYTES_WORD)
  const leaseCapacity = Atomics.load(words, HEADER_LEASE_CAPACITY_WORD)
  const skewMsMax = Atomics.load(words, HEADER_SKEW_WORD)
  const rangeCapacity = Atomics.load(words, HEADER_RANGE_CAPACITY_WORD)
  const epoch = Atomics.load(new BigInt64Array(buffer, base, FABRIC_HEADER_BYTES / 8), HEADER_EPOCH_WORD / 2)
  const format = storedFormat({ arenaBytes, leaseCapacity, rangeCapacity, skewMsMax })
  requireInside(buffer, base, placesOf(format).totalBytes)
  return new FabricMemory(buffer, base, format, Number(epoch))
}

/** The format as the header has it, if it is one that `create` could have written. */
function storedFormat(stored: FabricFormat): FabricFormat {
  try {
    return formatOf(stored)
  } catch (error) {
    throw new BadLayoutError(`expected the header of a fabric, got one with sizes that no fabric has: ${error instanceof Error ? error.message : show(error)}`)
  }
}
