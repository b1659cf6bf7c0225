// The records of a write coordinator's three files, decoded from bytes by the published formats (the specification's section 3). Written apart
// from the coordinator: the judge does not use the decoder that it judges.
//
// Each decoder returns undefined for bytes that are no such record: wrong magic, version, length or checksum.

import { chainedHash, crc32c } from './checksums.js'
import { rememberByContent } from './content-memo.js'
import type { CapsuleRef } from './coordinator-view.js'

export const FILE_HEADER_BYTES = 64
export const MARKER_BYTES = 64

const FILE_MAGIC = 0x31574348
const FORMAT_VERSION = 1
const MARKERS_KIND = 3
const MARKER_MAGIC = 0x314d4348
const MARKER_VERSION = 1
const PROOF_MAGIC = 0x31504348
const PROOF_HEAD_BYTES = 64
const CAPSULE_MAGIC = 0x31434348
export const CAPSULE_HEAD_BYTES = 16
/** What the CRC of a header or marker covers; it follows there. */
const CHECKED_BYTES = 60
/** What the chain covers of a marker; it follows there. */
const CHAINED_BYTES = 48

export interface Marker {
  readonly commitSeq: number
  readonly epoch: number
  readonly commitTimeUnixNs: bigint
  readonly firstOfGroup: boolean
  readonly lastOfGroup: boolean
  readonly proofOffset: number
  readonly proofLength: number
  readonly proofCrc: number
  readonly chain: bigint
}

export interface Proof {
  readonly commitSeq: number
  readonly beginSeq: number
  readonly txnId: number
  readonly capsule: CapsuleRef
  readonly writePages: readonly number[]
  readonly readPages: readonly number[]
  readonly inEdges: readonly number[]
  readonly outEdges: readonly number[]
}

/** The storeId in the header of the file of markers. */
export const decodeMarkersHeader = rememberByContent((bytes: Uint8Array): bigint | undefined => {
  if (bytes.length !== FILE_HEADER_BYTES) return undefined
  const view = viewOf(bytes)
  if (view.getUint32(0, true) !== FILE_MAGIC || view.getUint32(4, true) !== FORMAT_VERSION || view.getUint32(8, true) !== MARKERS_KIND) return undefined
  return endsInItsCrc(bytes, CHECKED_BYTES) ? view.getBigUint64(16, true) : undefined
})

export const decodeMarker = rememberByContent((bytes: Uint8Array): Marker | undefined => {
  if (bytes.length !== MARKER_BYTES) return undefined
  const view = viewOf(bytes)
  if (view.getUint32(0, true) !== MARKER_MAGIC || view.getUint16(4, true) !== MARKER_VERSION || !endsInItsCrc(bytes, CHECKED_BYTES)) return undefined
  const flags = view.getUint16(6, true)
  return {
    commitSeq: Number(view.getBigUint64(8, true)),
    epoch: Number(view.getBigUint64(16, true)),
    commitTimeUnixNs: view.getBigInt64(24, true),
    firstOfGroup: (flags & 1) !== 0,
    lastOfGroup: (flags & 2) !== 0,
    proofOffset: Number(view.getBigUint64(32, true)),
    proofLength: view.getUint32(40, true),
    proofCrc: view.getUint32(44, true),
    chain: view.getBigUint64(48, true),
  }
})

/** The chain that a marker must carry behind one that carries `before`, which is the storeId for the first. */
export function chainOf(before: bigint, bytes: Uint8Array): bigint {
  const known = chainsBehind(bytes)
  let chain = known.get(before)
  if (chain === undefined) {
    chain = chainedHash(before, bytes.subarray(0, CHAINED_BYTES))
    known.set(before, chain)
  }
  return chain
}

const chainsBehind = rememberByContent((_bytes: Uint8Array) => new Map<bigint, bigint>())

export const decodeProof = rememberByContent((bytes: Uint8Array): Proof | undefined => {
  if (bytes.length < PROOF_HEAD_BYTES + 4 || bytes.length % 8 !== 0) return undefined
  const view = viewOf(bytes)
  if (view.getUint32(0, true) !== PROOF_MAGIC || view.getUint32(4, true) !== bytes.length || !endsInItsCrc(bytes, bytes.length - 4)) return undefined
  const counts = [view.getUint32(52, true), view.getUint32(56, true), view.getUint16(60, true), view.getUint16(62, true)] as const
  const [writes, reads, ins, outs] = counts
  if (PROOF_HEAD_BYTES + 4 * (writes + reads) + 8 * (ins + outs) + 4 > bytes.length) return undefined
  let at = PROOF_HEAD_BYTES
  const pages = (count: number) => Array.from({ length: count }, () => view.getUint32((at += 4) - 4, true))
  const edges = (count: number) => Array.from({ length: count }, () => Number(view.getBigUint64((at += 8) - 8, true)))
  return {
    commitSeq: Number(view.getBigUint64(8, true)),
    beginSeq: Number(view.getBigUint64(16, true)),
    txnId: Number(view.getBigUint64(24, true)),
    capsule: { offset: Number(view.getBigUint64(32, true)), length: view.getUint32(40, true), crc: view.getUint32(44, true) },
    writePages: pages(writes),
    readPages: pages(reads),
    inEdges: edges(ins),
    outEdges: edges(outs),
  }
})

/** The CRC that a proof ends in. */
export function crcOfProof(bytes: Uint8Array): number {
  return viewOf(bytes).getUint32(bytes.length - 4, true)
}

/** Whether the bytes, head and payload, are the capsule that the reference names. */
export function isCapsule(bytes: Uint8Array, { length, crc }: CapsuleRef): boolean {
  if (bytes.length !== CAPSULE_HEAD_BYTES + length) return false
  const view = viewOf(bytes)
  return (
    view.getUint32(0, true) === CAPSULE_MAGIC &&
    view.getUint32(4, true) === length &&
    view.getUint32(8, true) === crc &&
    crcOfPayload(bytes.subarray(CAPSULE_HEAD_BYTES)) === crc
  )
}

const crcOfPayload = rememberByContent(crc32c)

function endsInItsCrc(bytes: Uint8Array, checked: number): boolean {
  return viewOf(bytes).getUint32(checked, true) === crc32c(bytes.subarray(0, checked))
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
