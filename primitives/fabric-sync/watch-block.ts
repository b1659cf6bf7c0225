// Where a watch lies, and what its sender and its receivers know of it.
//
//   +0   header and main word (primitive-block.ts); its parameter is the number of cells
//   +64  cell x cells

import { requireInteger, requireObject } from '../argument-checks.js'
import { BadLayoutError } from '../errors.js'
import { CellAccess, cellBytes } from './cell.js'
import type { Codec } from './codec.js'
import { FabricError } from './fabric-error.js'
import { BLOCK_HEADER_BYTES, type Block, blockAt, claimBlock, openWithCodec, publishBlock, WATCH } from './primitive-block.js'
import type { Session } from './session.js'
import { openWord } from './watch-word.js'

export const CELLS_DEFAULT = 4
export const CELLS_MIN = 2
export const CELLS_MAX = 16

/** A watch as one handle sees it. */
export interface WatchBlock<T> {
  readonly session: Session
  readonly block: Block
  readonly cells: number
  /** Of this handle alone. */
  readonly cell: CellAccess<T>
}

/** `options.cells` with its default. Throws BadArgumentError. */
export function cellsOf(options: { readonly cells?: number }): number {
  requireObject('options', options)
  const { cells = CELLS_DEFAULT } = options
  requireInteger('cells', cells, CELLS_MIN, CELLS_MAX)
  return cells
}

/** Bytes of a watch of such values. Pure. */
export function watchBytes(codec: Codec<unknown>, cells: number): number {
  return BLOCK_HEADER_BYTES + cells * cellBytes(codec)
}

/** Makes a watch, with `initial` as version 0. */
export function makeWatch<T>(session: Session, baseOffset: number, codec: Codec<T>, cells: number, initial: T): WatchBlock<T> {
  const { memory } = session
  const cell = new CellAccess(memory, codec)
  cell.stage(initial)
  const block = claimBlock(session, baseOffset, watchBytes(codec, cells))
  // The later cells have tag 0 too, which no version that lies there has.
  for (let at = 0; at < cells; at++) cell.store(block.bodyIndex + at * cell.wordCount, 0)
  publishBlock(memory, block, WATCH, { codecBytes: codec.byteLength, parameter: cells }, openWord(memory.pair, session.reference, 0))
  return { session, block, cells, cell }
}

/** Opens a watch. Throws BadLayoutError, FabricError `Unsupported`, BadArgumentError. Writes nothing. */
export function openWatch<T>(session: Session, baseOffset: number, codec: Codec<T>): WatchBlock<T> {
  const { memory } = session
  const { parameter } = openWithCodec(memory, baseOffset, WATCH, codec)
  if (parameter < CELLS_MIN || parameter > CELLS_MAX)
    throw new BadLayoutError(`expected the header of a watch at offset ${baseOffset}, got one of ${parameter} cells`)
  const block = blockAt(memory, baseOffset, watchBytes(codec, parameter))
  return { session, block, cells: parameter, cell: new CellAccess(memory, codec) }
}

/** Index of the cell of a version in the fabric's 64-bit words. */
export function cellIndex({ block, cells, cell }: WatchBlock<unknown>, version: number): number {
  return block.bodyIndex + (version % cells) * cell.wordCount
}

export function at(block: Block): string {
  return `the watch at offset ${block.baseOffset}`
}

export function closedError(block: Block): FabricError {
  return new FabricError('Disconnected', `expected ${at(block)} to be open, got it closed: by its sender, or because its lease ended`)
}
