// A block of formatted memory inside a shared buffer. Its first words say what it is: `magic` and `layoutVersion`. The magic word is 0 until
// everything else is there, so that nobody opens a block that is half formatted.

import { BadLayoutError, show } from './errors.js'

/** Blocks begin at multiples of this many bytes: a cache line. */
export const BLOCK_ALIGNMENT = 64
/** The only layout so far, of every primitive. */
export const LAYOUT_VERSION = 1

// Words of every header: Int32 indexes from the block's begin.
export const HEADER_MAGIC_WORD = 0
export const HEADER_VERSION_WORD = 1

/** The next multiple of the block alignment, in bytes. Exact below 2^53. */
export function alignedUp(bytes: number): number {
  return Math.ceil(bytes / BLOCK_ALIGNMENT) * BLOCK_ALIGNMENT
}

/** Throws BadLayoutError unless `base` is aligned and `size` bytes from there lie inside the buffer. */
export function requireInside(buffer: SharedArrayBuffer, base: number, size: number): void {
  if (!Number.isSafeInteger(base) || base < 0 || base % BLOCK_ALIGNMENT !== 0) {
    throw new BadLayoutError(`expected baseOffset to be a multiple of ${BLOCK_ALIGNMENT} and not negative, got ${show(base)}`)
  }
  if (base + size <= buffer.byteLength) return
  throw new BadLayoutError(`expected a buffer of at least ${base + size} bytes, for ${size} from offset ${base}, got one of ${buffer.byteLength}`)
}

/**
 * Throws BadLayoutError unless the magic word of the block at `base` is still 0.
 *
 * @param words the block from its begin
 * @param what what a block with this magic is: `a pool`
 */
export function requireZeroed(words: Int32Array, base: number, magic: number, what: string): void {
  const found = Atomics.load(words, HEADER_MAGIC_WORD)
  if (found === 0) return
  throw new BadLayoutError(`expected zeroed memory at offset ${base}, got ${found === magic ? `${what} that is already formatted` : hex(found)}`)
}

/** Throws BadLayoutError unless the header, as loaded, is one of this magic and layout version. */
export function requireMagic(header: ArrayLike<number>, base: number, magic: number): void {
  const found = header[HEADER_MAGIC_WORD] as number
  const version = header[HEADER_VERSION_WORD] as number
  if (found !== magic) throw new BadLayoutError(`expected magic ${hex(magic)} at offset ${base}, got ${hex(found)}`)
  if (version !== LAYOUT_VERSION) throw new BadLayoutError(`expected layout version ${LAYOUT_VERSION}, got ${version}`)
}

/** `count` words of 0, to be filled and stored. A plain array: a typed one of a few words takes longer to create than to store. */
export function blankBlock(count: number): number[] {
  const block: number[] = []
  for (let offset = 0; offset < count; offset++) block.push(0)
  return block
}

/** Stores `block` word by word. */
export function storeBlock(words: Int32Array, firstIndex: number, block: ArrayLike<number>): void {
  for (let offset = 0; offset < block.length; offset++) {
    const index = firstIndex + offset
    const word = block[offset] as number
    Atomics.store(words, index, word)
  }
}

/** A copy of `count` words, loaded one by one. */
export function loadBlock(words: Int32Array, firstIndex: number, count: number): number[] {
  const block: number[] = []
  for (let offset = 0; offset < count; offset++) {
    const index = firstIndex + offset
    const word = Atomics.load(words, index)
    block.push(word)
  }
  return block
}

function hex(word: number): string {
  return `0x${(word >>> 0).toString(16).padStart(8, '0')}`
}
