// A marker: 64 bytes at a multiple of 64, so that it never straddles a sector, and a crash leaves it whole or not at all.
//
//   +0   magic "HCM1"
//   +4   record version u16
//   +6   flags u16: bit 0 first of group, bit 1 last of group
//   +8   number u64
//   +16  epoch u64
//   +24  commit time i64, in ns since 1970
//   +32  offset of the proof u64, length u32, CRC u32
//   +48  chain u64 over the previous chain and bytes 0 to 47
//   +56  zero
//   +60  CRC-32C of bytes 0 to 59

import type { CommitMarker } from './commit-types.js'
import { crc32c } from './crc32c.js'
import { FILE_HEADER_BYTES } from './file-header.js'
import type { FnvChain } from './fnv-chain.js'
import { getU64, putU64, viewOf } from './little-endian.js'

export const MARKER_BYTES = 64
/** "HCM1" in little-endian bytes. */
const MAGIC = 0x314d4348
const RECORD_VERSION = 1
const VERSION_OFFSET = 4
const FLAGS_OFFSET = 6
const FIRST_OF_GROUP = 1
const LAST_OF_GROUP = 2
const SEQ_OFFSET = 8
const EPOCH_OFFSET = 16
const TIME_OFFSET = 24
const PROOF_OFFSET_OFFSET = 32
const PROOF_LENGTH_OFFSET = 40
const PROOF_CRC_OFFSET = 44
const CHAIN_OFFSET = 48
const ZERO_OFFSET = 56
const CRC_OFFSET = 60

/** Where marker `index` of the file begins; with the number of markers, where they end. */
export function markerOffset(index: number): number {
  return FILE_HEADER_BYTES + index * MARKER_BYTES
}

/** What a marker says besides what follows from it. */
export interface MarkerFields {
  readonly commitSeq: number
  readonly epoch: number
  readonly commitTimeUnixNs: bigint
  readonly firstOfGroup: boolean
  readonly lastOfGroup: boolean
  readonly proofOffset: number
  readonly proofLength: number
  readonly proofCrc: number
}

/** Writes a marker at `at`, and takes `chain` on by it. */
export function encodeMarker(bytes: Uint8Array, view: DataView, at: number, marker: MarkerFields, chain: FnvChain): void {
  view.setUint32(at, MAGIC, true)
  view.setUint16(at + VERSION_OFFSET, RECORD_VERSION, true)
  view.setUint16(at + FLAGS_OFFSET, (marker.firstOfGroup ? FIRST_OF_GROUP : 0) | (marker.lastOfGroup ? LAST_OF_GROUP : 0), true)
  putU64(view, at + SEQ_OFFSET, marker.commitSeq)
  putU64(view, at + EPOCH_OFFSET, marker.epoch)
  view.setBigInt64(at + TIME_OFFSET, marker.commitTimeUnixNs, true)
  putU64(view, at + PROOF_OFFSET_OFFSET, marker.proofOffset)
  view.setUint32(at + PROOF_LENGTH_OFFSET, marker.proofLength, true)
  view.setUint32(at + PROOF_CRC_OFFSET, marker.proofCrc, true)
  chain.extend(bytes, at, at + CHAIN_OFFSET)
  view.setUint32(at + CHAIN_OFFSET, chain.low, true)
  view.setUint32(at + CHAIN_OFFSET + 4, chain.high, true)
  view.setUint32(at + ZERO_OFFSET, 0, true)
  view.setUint32(at + CRC_OFFSET, crc32c(bytes, at, at + CRC_OFFSET), true)
}

/** The marker in these 64 bytes; undefined unless it is valid by itself: magic, version, CRC. */
export function decodeMarker(bytes: Uint8Array): CommitMarker | undefined {
  const view = viewOf(bytes)
  if (!isIntactMarker(bytes, view, 0)) return undefined
  const chain = (BigInt(view.getUint32(CHAIN_OFFSET + 4, true)) << 32n) | BigInt(view.getUint32(CHAIN_OFFSET, true))
  return { ...markerFields(view, 0), chain }
}

/** Whether the 64 bytes at `at` are a marker that is valid by itself. */
export function isIntactMarker(bytes: Uint8Array, view: DataView, at: number): boolean {
  if (view.getUint32(at, true) !== MAGIC) return false
  if (view.getUint16(at + VERSION_OFFSET, true) !== RECORD_VERSION) return false
  return view.getUint32(at + CRC_OFFSET, true) === crc32c(bytes, at, at + CRC_OFFSET)
}

export function markerFields(view: DataView, at: number): MarkerFields {
  const flags = view.getUint16(at + FLAGS_OFFSET, true)
  return {
    commitSeq: getU64(view, at + SEQ_OFFSET),
    epoch: getU64(view, at + EPOCH_OFFSET),
    commitTimeUnixNs: view.getBigInt64(at + TIME_OFFSET, true),
    firstOfGroup: (flags & FIRST_OF_GROUP) !== 0,
    lastOfGroup: (flags & LAST_OF_GROUP) !== 0,
    proofOffset: getU64(view, at + PROOF_OFFSET_OFFSET),
    proofLength: view.getUint32(at + PROOF_LENGTH_OFFSET, true),
    proofCrc: view.getUint32(at + PROOF_CRC_OFFSET, true),
  }
}

/** Takes `chain` on by the marker at `at`, and says whether that is the value which the marker has. */
export function followsChain(bytes: Uint8Array, view: DataView, at: number, chain: FnvChain): boolean {
  chain.extend(bytes, at, at + CHAIN_OFFSET)
  return view.getUint32(at + CHAIN_OFFSET, true) === chain.low && view.getUint32(at + CHAIN_OFFSET + 4, true) === chain.high
}
