// A capsule: the data of one transaction, which the coordinator never looks into.
//
//   +0   magic "HCC1"
//   +4   length of the payload u32
//   +8   CRC-32C of the payload
//   +12  zero
//   +16  payload, then zeros up to a multiple of 8

import type { CapsulePlace } from './commit-types.js'
import { crc32c } from './crc32c.js'
import { viewOf } from './little-endian.js'

export const CAPSULE_HEADER_BYTES = 16
export const CAPSULE_LENGTH_MAX = 2 ** 31 - 1
/** "HCC1" in little-endian bytes. */
const MAGIC = 0x31434348
const LENGTH_OFFSET = 4
const CRC_OFFSET = 8
const ZERO_OFFSET = 12
const ALIGNMENT = 8

/** Bytes of a capsule with a payload of `length` bytes. */
export function capsuleBytes(length: number): number {
  return Math.ceil((CAPSULE_HEADER_BYTES + length) / ALIGNMENT) * ALIGNMENT
}

/** How many zeros bring a file of `size` bytes to where a capsule may begin. */
export function capsuleGap(size: number): number {
  return (ALIGNMENT - (size % ALIGNMENT)) % ALIGNMENT
}

/** Writes a capsule at `at`, into bytes that are zero, and returns the CRC of the payload. */
export function encodeCapsule(bytes: Uint8Array, at: number, payload: Uint8Array): number {
  const begin = at + CAPSULE_HEADER_BYTES
  bytes.set(payload, begin)
  // Of the copy: a payload in shared memory may change while it is read.
  const crc = crc32c(bytes, begin, begin + payload.length)
  const view = viewOf(bytes)
  view.setUint32(at, MAGIC, true)
  view.setUint32(at + LENGTH_OFFSET, payload.length, true)
  view.setUint32(at + CRC_OFFSET, crc, true)
  return crc
}

/** Whether these 16 bytes begin the capsule that lies at `place`. */
export function isCapsuleHeader(bytes: Uint8Array, place: CapsulePlace): boolean {
  const view = viewOf(bytes)
  if (view.getUint32(0, true) !== MAGIC) return false
  if (view.getUint32(LENGTH_OFFSET, true) !== place.length) return false
  if (view.getUint32(CRC_OFFSET, true) !== place.crc) return false
  return view.getUint32(ZERO_OFFSET, true) === 0
}
