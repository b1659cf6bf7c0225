import test from 'ava'
import {
  alignedUp,
  HEADER_MAGIC_WORD,
  HEADER_VERSION_WORD,
  LAYOUT_VERSION,
  loadBlock,
  requireInside,
  requireMagic,
  requireZeroed,
  storeBlock,
} from './block-format.js'
import { BadLayoutError } from './errors.js'

const MAGIC = 0x314b4c42

/** The header of a block with this magic and version. */
function header(magic: number, version: number): Int32Array {
  const words = new Int32Array(new SharedArrayBuffer(64))
  words[HEADER_MAGIC_WORD] = magic
  words[HEADER_VERSION_WORD] = version
  return words
}

function refusal(run: () => void): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return error instanceof BadLayoutError ? error.message : String(error)
  }
}

test('block format: sizes are rounded up to whole cache lines, also above 2^32', (t) => {
  t.deepEqual([0, 1, 64, 65, 2 ** 40 + 1].map(alignedUp), [0, 64, 64, 128, 2 ** 40 + 64])
})

test('block format: a block lies inside the buffer, from a multiple of 64 on', (t) => {
  const buffer = new SharedArrayBuffer(192)
  t.is(
    refusal(() => requireInside(buffer, 64, 128)),
    undefined,
  )
  t.is(
    refusal(() => requireInside(buffer, 64, 129)),
    'expected a buffer of at least 193 bytes, for 129 from offset 64, got one of 192',
  )
  for (const base of [8, -64, Number.NaN, 2 ** 53]) {
    t.is(
      refusal(() => requireInside(buffer, base, 8)),
      `expected baseOffset to be a multiple of 64 and not negative, got ${base}`,
    )
  }
})

test('block format: memory to format has magic 0, memory to open the magic and the version', (t) => {
  const zeroed = (magic: number) => refusal(() => requireZeroed(header(magic, 0), 128, MAGIC, 'a pool'))
  t.is(zeroed(0), undefined)
  t.is(zeroed(MAGIC), 'expected zeroed memory at offset 128, got a pool that is already formatted')
  t.is(zeroed(-1), 'expected zeroed memory at offset 128, got 0xffffffff')
  const opened = (magic: number, version: number) => refusal(() => requireMagic(header(magic, version), 128, MAGIC))
  t.is(opened(MAGIC, LAYOUT_VERSION), undefined)
  t.is(opened(0, LAYOUT_VERSION), 'expected magic 0x314b4c42 at offset 128, got 0x00000000')
  t.is(opened(MAGIC, 2), 'expected layout version 1, got 2')
})

test('block format: what was stored is loaded, and nothing beside it is touched', (t) => {
  const words = new Int32Array(new SharedArrayBuffer(32))
  storeBlock(words, 2, Int32Array.of(7, -8, 9))
  t.deepEqual([...words], [0, 0, 7, -8, 9, 0, 0, 0])
  t.deepEqual([...loadBlock(words, 3, 2)], [-8, 9])
})
