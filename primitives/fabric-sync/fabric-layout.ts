// Where everything of a fabric lies. Pure: nothing here touches memory.
//
//   base + 0    fabric header, 64 bytes
//   base + 64   lease word, 64 bits, x leaseCapacity (block rounded up to 64): lease-word.ts
//   ...         range word, 64 bits, x rangeCapacity (block rounded up to 64): range-table.ts
//   ...         arena: what primitives and FabricMem use; their offsets count from its begin
//
// The fabric belongs to no party. It lives as long as its SharedArrayBuffer.

import { requireInteger, requireObject } from '../argument-checks.js'
import { alignedUp } from '../block-format.js'
import { BadArgumentError } from '../errors.js'

export interface FabricOptions {
  /** Bytes that primitives can use: a multiple of 64, 64 to 2^30. */
  readonly arenaBytes: number
  /** Sessions at a time: 1 to 255, default 64. */
  readonly leaseCapacity?: number
  /** Primitives at a time: 1 to 255, default 64. */
  readonly rangeCapacity?: number
  /** The largest difference between two parties' clocks, in ms: 0 to 60,000, default 0. */
  readonly skewMsMax?: number
}

/** All that a fabric's header says, beside magic, version, `closed` and epoch. */
export interface FabricFormat {
  readonly arenaBytes: number
  readonly leaseCapacity: number
  readonly rangeCapacity: number
  readonly skewMsMax: number
}

export const MAGIC = 0x31424146 // "FAB1"
export const FABRIC_HEADER_BYTES = 64

export const ARENA_ALIGNMENT = 64
export const ARENA_BYTES_MAX = 2 ** 30
export const CAPACITY_MAX = 255
export const CAPACITY_DEFAULT = 64
export const SKEW_MS_MAX = 60_000

// Words of the fabric header after magic and version (block-format.ts): Int32 indexes from the base.
export const HEADER_ARENA_BYTES_WORD = 2
export const HEADER_LEASE_CAPACITY_WORD = 3
export const HEADER_SKEW_WORD = 4
/** 0, or 1 after `shutdown`. */
export const HEADER_CLOSED_WORD = 5
/** `Date.now()` of the creator, 64 bits: this word and the next one. */
export const HEADER_EPOCH_WORD = 6
export const HEADER_RANGE_CAPACITY_WORD = 8

/** The first lease word: BigInt64 index from the base. */
export const FIRST_LEASE_INDEX = FABRIC_HEADER_BYTES / 8

/** Byte offsets from the base. */
export interface FabricPlaces {
  readonly leaseOffset: number
  readonly rangeOffset: number
  readonly arenaOffset: number
  readonly totalBytes: number
}

/** The options with their defaults. Throws BadArgumentError. */
export function formatOf(options: FabricOptions): FabricFormat {
  requireObject('options', options)
  const { arenaBytes, leaseCapacity = CAPACITY_DEFAULT, rangeCapacity = CAPACITY_DEFAULT, skewMsMax = 0 } = options
  requireInteger('arenaBytes', arenaBytes, ARENA_ALIGNMENT, ARENA_BYTES_MAX)
  if (arenaBytes % ARENA_ALIGNMENT !== 0) throw new BadArgumentError('arenaBytes', arenaBytes, `a multiple of ${ARENA_ALIGNMENT}`)
  requireInteger('leaseCapacity', leaseCapacity, 1, CAPACITY_MAX)
  requireInteger('rangeCapacity', rangeCapacity, 1, CAPACITY_MAX)
  requireInteger('skewMsMax', skewMsMax, 0, SKEW_MS_MAX)
  return { arenaBytes, leaseCapacity, rangeCapacity, skewMsMax }
}

/** Lays the blocks out one after the other. */
export function placesOf(format: FabricFormat): FabricPlaces {
  const leaseOffset = FABRIC_HEADER_BYTES
  const rangeOffset = leaseOffset + alignedUp(8 * format.leaseCapacity)
  const arenaOffset = rangeOffset + alignedUp(8 * format.rangeCapacity)
  return { leaseOffset, rangeOffset, arenaOffset, totalBytes: arenaOffset + format.arenaBytes }
}
