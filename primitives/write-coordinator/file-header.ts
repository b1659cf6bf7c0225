// The first 64 bytes of each of the three files.
//
//   +0   magic "HCW1"
//   +4   format version
//   +8   file kind: 1 capsules, 2 proofs, 3 markers
//   +12  zero
//   +16  store id u64: when the store was made, in ms since 1970; equal in all three
//   +24  initial number u64: what the first marker's number follows; equal in all three
//   +32  zeros
//   +60  CRC-32C of bytes 0 to 59

import { crc32c } from './crc32c.js'
import { getU64, putU64, viewOf } from './little-endian.js'
import { CAPSULES, MARKERS, PROOFS } from './storage.js'

export const FILE_HEADER_BYTES = 64
/** "HCW1" in little-endian bytes. */
const MAGIC = 0x31574348
const FORMAT_VERSION = 1
const VERSION_OFFSET = 4
const KIND_OFFSET = 8
/** Bytes that every header of a kind begins with: magic, version, kind. */
const FIXED_BYTES = 12
const STORE_ID_OFFSET = 16
const INITIAL_SEQ_OFFSET = 24
const CRC_OFFSET = 60

/** What makes three files one store. */
export interface StoreIdentity {
  readonly storeId: number
  readonly initialSeq: number
}

/** All files, in the order in which a store is made: who finds a header in one of them finds it in those before. */
export const FILES_IN_ORDER: readonly string[] = [CAPSULES, PROOFS, MARKERS]

export function encodeFileHeader(file: string, { storeId, initialSeq }: StoreIdentity): Uint8Array {
  const bytes = new Uint8Array(FILE_HEADER_BYTES)
  const view = viewOf(bytes)
  view.setUint32(0, MAGIC, true)
  view.setUint32(VERSION_OFFSET, FORMAT_VERSION, true)
  view.setUint32(KIND_OFFSET, FILES_IN_ORDER.indexOf(file) + 1, true)
  putU64(view, STORE_ID_OFFSET, storeId)
  putU64(view, INITIAL_SEQ_OFFSET, initialSeq)
  view.setUint32(CRC_OFFSET, crc32c(bytes, 0, CRC_OFFSET), true)
  return bytes
}

/** What a file's first 64 bytes say; undefined unless they are a whole header of this file. */
export function decodeFileHeader(file: string, bytes: Uint8Array): StoreIdentity | undefined {
  if (bytes.length !== FILE_HEADER_BYTES) return undefined
  const view = viewOf(bytes)
  if (view.getUint32(CRC_OFFSET, true) !== crc32c(bytes, 0, CRC_OFFSET)) return undefined
  const identity = { storeId: getU64(view, STORE_ID_OFFSET), initialSeq: getU64(view, INITIAL_SEQ_OFFSET) }
  const expected = encodeFileHeader(file, identity)
  for (let at = 0; at < FILE_HEADER_BYTES; at++) if (bytes[at] !== expected[at]) return undefined
  return identity
}

/**
 * Whether a crash while the header was written can have left these bytes, which are all that the file has: nothing, the begin of a header, or
 * room for it that was never filled.
 */
export function isUnfinishedHeader(file: string, bytes: Uint8Array): boolean {
  if (bytes.every((byte) => byte === 0)) return bytes.length <= FILE_HEADER_BYTES
  if (bytes.length >= FILE_HEADER_BYTES) return false
  const expected = encodeFileHeader(file, { storeId: 0, initialSeq: 0 })
  for (let at = 0; at < bytes.length && at < FIXED_BYTES; at++) if (bytes[at] !== expected[at]) return false
  return true
}
