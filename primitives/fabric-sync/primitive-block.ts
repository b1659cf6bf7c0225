// What every primitive in the arena begins with, and how it is made and opened.
//
//   +0   magic: which primitive; 0 until everything else is there
//   +4   layoutVersion
//   +8   codec bytes
//   +12  parameter: parties of a barrier, cells of a watch, else 0
//   +32  main word, 64 bits
//   +64  body: cells or seats
//
// Making one: `claimBlock`, then the body is stored, then `publishBlock` stores the header with the magic last. A creator that dies between
// leaves a block without magic, which `openBlock` refuses.

import { HEADER_MAGIC_WORD, HEADER_VERSION_WORD, LAYOUT_VERSION, requireMagic } from '../block-format.js'
import { BadArgumentError, BadLayoutError, show } from '../errors.js'
import type { Codec } from './codec.js'
import { requireCodec } from './codec.js'
import { FabricError } from './fabric-error.js'
import type { FabricMemory } from './fabric-memory.js'
import { MemLease } from './mem-lease.js'
import { claimRange } from './range-table.js'
import type { Session } from './session.js'

/** Offsets of primitives are multiples of this many bytes. */
const BASE_ALIGNMENT = 8
export const BLOCK_HEADER_BYTES = 64
const CODEC_BYTES_WORD = 2
const PARAMETER_WORD = 3
const MAIN_OFFSET = 32

/** What a primitive is: its magic, and its name in messages. */
export interface BlockKind {
  readonly magic: number
  /** With its article: `a mutex`. */
  readonly what: string
}

export const MUTEX: BlockKind = { magic: 0x31584d46, what: 'a mutex' } // "FMX1"
export const BARRIER: BlockKind = { magic: 0x31524246, what: 'a barrier' } // "FBR1"
export const ONCE: BlockKind = { magic: 0x314e4f46, what: 'a once' } // "FON1"
export const WATCH: BlockKind = { magic: 0x31545746, what: 'a watch' } // "FWT1"
const KINDS: readonly BlockKind[] = [MUTEX, BARRIER, ONCE, WATCH]

/** Where a primitive lies, as indexes of the fabric's words. */
export interface Block {
  /** Bytes from the arena's begin: for messages. */
  readonly baseOffset: number
  /** Of its magic, in the 32-bit words. */
  readonly headerIndex: number
  /** Of its main word, in the 64-bit words. */
  readonly mainIndex: number
  /** Of its body, in the 64-bit words; twice that in the 32-bit words. */
  readonly bodyIndex: number
}

/** What the header of a primitive says about it. */
export interface BlockHeader {
  readonly codecBytes: number
  readonly parameter: number
}

/** The session behind a lease that a caller handed in. Throws BadArgumentError. */
export function sessionOf(lease: MemLease): Session {
  if (!(lease instanceof MemLease)) throw new BadArgumentError('lease', lease, 'a MemLease')
  return lease.session
}

/**
 * Begins to make a primitive: checks the caller's lease and claims the bytes.
 *
 * @param byteLength of the whole primitive, in bytes
 * @throws BadLayoutError where it is misaligned, outside the arena, formatted or overlaps another; FabricError
 */
export function claimBlock(session: Session, baseOffset: number, byteLength: number): Block {
  const { memory } = session
  const block = blockAt(memory, baseOffset, byteLength)
  session.own()
  const magic = Atomics.load(memory.words, block.headerIndex + HEADER_MAGIC_WORD)
  const formatted = KINDS.find((kind) => kind.magic === magic)
  if (formatted !== undefined) throw new BadLayoutError(`expected unformatted memory at offset ${baseOffset} of the arena, got ${formatted.what}`)
  claimRange(memory, baseOffset, byteLength)
  return block
}

/** Ends making a primitive whose body is stored: main word, header, magic last. */
export function publishBlock(memory: FabricMemory, block: Block, kind: BlockKind, header: BlockHeader, mainWord: bigint): void {
  const { words, longs } = memory
  const { headerIndex, mainIndex } = block
  Atomics.store(longs, mainIndex, mainWord)
  Atomics.store(words, headerIndex + HEADER_VERSION_WORD, LAYOUT_VERSION)
  Atomics.store(words, headerIndex + CODEC_BYTES_WORD, header.codecBytes)
  Atomics.store(words, headerIndex + PARAMETER_WORD, header.parameter)
  Atomics.store(words, headerIndex + HEADER_MAGIC_WORD, kind.magic)
}

/** What the primitive at `baseOffset` says about itself. Throws BadLayoutError where there is none of this kind. Writes nothing. */
export function openHeader(memory: FabricMemory, baseOffset: number, kind: BlockKind): BlockHeader {
  const { words } = memory
  const { headerIndex } = blockAt(memory, baseOffset, BLOCK_HEADER_BYTES)
  const magic = Atomics.load(words, headerIndex + HEADER_MAGIC_WORD)
  const version = Atomics.load(words, headerIndex + HEADER_VERSION_WORD)
  requireMagic(Int32Array.of(magic, version), baseOffset, kind.magic)
  const codecBytes = Atomics.load(words, headerIndex + CODEC_BYTES_WORD)
  const parameter = Atomics.load(words, headerIndex + PARAMETER_WORD)
  return { codecBytes, parameter }
}

/** Opens a primitive of this kind whose values `codec` reads. Throws BadLayoutError, and FabricError `Unsupported` for a codec of another size. */
export function openWithCodec(memory: FabricMemory, baseOffset: number, kind: BlockKind, codec: Codec<unknown>): BlockHeader {
  requireCodec(codec)
  const header = openHeader(memory, baseOffset, kind)
  if (header.codecBytes === codec.byteLength) return header
  throw new FabricError(
    'Unsupported',
    `expected a codec of ${header.codecBytes} bytes for ${kind.what} at offset ${baseOffset}, got one of ${codec.byteLength}`,
  )
}

/** Where a primitive of `byteLength` bytes at `baseOffset` lies. Throws BadLayoutError where that is not inside the arena. Pure. */
export function blockAt(memory: FabricMemory, baseOffset: number, byteLength: number): Block {
  const { arenaBytes } = memory.format
  if (!Number.isSafeInteger(baseOffset) || baseOffset < 0 || baseOffset % BASE_ALIGNMENT !== 0) {
    throw new BadLayoutError(`expected baseOffset to be a multiple of ${BASE_ALIGNMENT} and not negative, got ${show(baseOffset)}`)
  }
  if (baseOffset + byteLength > arenaBytes) {
    throw new BadLayoutError(`expected ${byteLength} bytes from offset ${baseOffset} to lie inside the arena, got an arena of ${arenaBytes} bytes`)
  }
  const begin = memory.arenaOffset + baseOffset
  return { baseOffset, headerIndex: begin / 4, mainIndex: (begin + MAIN_OFFSET) / 8, bodyIndex: (begin + BLOCK_HEADER_BYTES) / 8 }
}

/** Takes the magic away from a primitive that nobody uses any more. */
export function clearMagic(memory: FabricMemory, baseOffset: number): void {
  const { headerIndex } = blockAt(memory, baseOffset, BLOCK_HEADER_BYTES)
  Atomics.store(memory.words, headerIndex + HEADER_MAGIC_WORD, 0)
}
