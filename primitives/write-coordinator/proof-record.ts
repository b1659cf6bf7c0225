// A proof: what a commit read and wrote, which is what later ones are checked against, also after a restart.
//
//   +0   magic "HCP1"
//   +4   length u32 of all of it, a multiple of 8
//   +8   number u64, snapshot u64, transaction u64
//   +32  capsule: offset u64, length u32, CRC u32
//   +48  flags u16: bit 0 had in-edge, bit 1 had out-edge
//   +50  zero u16
//   +52  count of written pages u32, of read pages u32, of in-edges u16, of out-edges u16
//   +64  written pages u32 each, read pages u32 each, in-edges u64 each, out-edges u64 each
//        zeros, and in the last four bytes the CRC-32C of everything before

import type { CommitProof, CommitSubmission } from './commit-types.js'
import { crc32c } from './crc32c.js'
import { getU64, putU64, viewOf } from './little-endian.js'

/** "HCP1" in little-endian bytes. */
const MAGIC = 0x31504348
const LENGTH_OFFSET = 4
const SEQ_OFFSET = 8
const BEGIN_SEQ_OFFSET = 16
const TXN_ID_OFFSET = 24
const CAPSULE_OFFSET_OFFSET = 32
const CAPSULE_LENGTH_OFFSET = 40
const CAPSULE_CRC_OFFSET = 44
const FLAGS_OFFSET = 48
const HAD_IN_EDGE = 1
const HAD_OUT_EDGE = 2
const RESERVED_OFFSET = 50
const WRITE_COUNT_OFFSET = 52
const READ_COUNT_OFFSET = 56
const IN_EDGE_COUNT_OFFSET = 60
const OUT_EDGE_COUNT_OFFSET = 62
const LISTS_OFFSET = 64
const CRC_BYTES = 4
const PAGE_BYTES = 4
const EDGE_BYTES = 8
const ALIGNMENT = 8

/** A proof without lists. */
const PROOF_BYTES_MIN = LISTS_OFFSET + ALIGNMENT

/** What validation found out about a submission. */
export interface FoundEdges {
  readonly hadInEdge: boolean
  readonly hadOutEdge: boolean
}

/** Bytes of the proof of a submission. */
export function proofBytes({ writePages, readPages, inEdges, outEdges }: CommitSubmission): number {
  return proofBytesFor(writePages.length + readPages.length, inEdges.length + outEdges.length)
}

function proofBytesFor(pageCount: number, edgeCount: number): number {
  return Math.ceil((LISTS_OFFSET + pageCount * PAGE_BYTES + edgeCount * EDGE_BYTES + CRC_BYTES) / ALIGNMENT) * ALIGNMENT
}

/** Writes the proof of `length` bytes at `at`, whatever was there before, and returns its CRC. */
export function encodeProof(bytes: Uint8Array, view: DataView, at: number, length: number, commitSeq: number, s: CommitSubmission, found: FoundEdges): number {
  const crcAt = at + length - CRC_BYTES
  // Lists may end four bytes before the CRC; what the buffer held there before must not show.
  view.setUint32(crcAt - 4, 0, true)
  view.setUint32(crcAt, 0, true)
  view.setUint32(at, MAGIC, true)
  view.setUint32(at + LENGTH_OFFSET, length, true)
  putU64(view, at + SEQ_OFFSET, commitSeq)
  putU64(view, at + BEGIN_SEQ_OFFSET, s.beginSeq)
  putU64(view, at + TXN_ID_OFFSET, s.txnId)
  putU64(view, at + CAPSULE_OFFSET_OFFSET, s.capsule.offset)
  view.setUint32(at + CAPSULE_LENGTH_OFFSET, s.capsule.length, true)
  view.setUint32(at + CAPSULE_CRC_OFFSET, s.capsule.crc, true)
  view.setUint16(at + FLAGS_OFFSET, (found.hadInEdge ? HAD_IN_EDGE : 0) | (found.hadOutEdge ? HAD_OUT_EDGE : 0), true)
  view.setUint16(at + RESERVED_OFFSET, 0, true)
  view.setUint32(at + WRITE_COUNT_OFFSET, s.writePages.length, true)
  view.setUint32(at + READ_COUNT_OFFSET, s.readPages.length, true)
  view.setUint16(at + IN_EDGE_COUNT_OFFSET, s.inEdges.length, true)
  view.setUint16(at + OUT_EDGE_COUNT_OFFSET, s.outEdges.length, true)
  const readsAt = putPages(view, at + LISTS_OFFSET, s.writePages)
  const inEdgesAt = putPages(view, readsAt, s.readPages)
  const outEdgesAt = putEdges(view, inEdgesAt, s.inEdges)
  putEdges(view, outEdgesAt, s.outEdges)
  const crc = crc32c(bytes, at, crcAt)
  view.setUint32(crcAt, crc, true)
  return crc
}

/** The proof in exactly these bytes, whose last four are its CRC; undefined if it is damaged, or no proof. */
export function decodeProof(bytes: Uint8Array): CommitProof | undefined {
  const crcAt = bytes.length - CRC_BYTES
  if (bytes.length < PROOF_BYTES_MIN) return undefined
  const view = viewOf(bytes)
  if (view.getUint32(0, true) !== MAGIC) return undefined
  if (view.getUint32(LENGTH_OFFSET, true) !== bytes.length) return undefined
  if (view.getUint32(crcAt, true) !== crc32c(bytes, 0, crcAt)) return undefined
  const writeCount = view.getUint32(WRITE_COUNT_OFFSET, true)
  const readCount = view.getUint32(READ_COUNT_OFFSET, true)
  const inEdgeCount = view.getUint16(IN_EDGE_COUNT_OFFSET, true)
  const outEdgeCount = view.getUint16(OUT_EDGE_COUNT_OFFSET, true)
  if (proofBytesFor(writeCount + readCount, inEdgeCount + outEdgeCount) !== bytes.length) return undefined
  const flags = view.getUint16(FLAGS_OFFSET, true)
  const readsAt = LISTS_OFFSET + writeCount * PAGE_BYTES
  const inEdgesAt = readsAt + readCount * PAGE_BYTES
  const outEdgesAt = inEdgesAt + inEdgeCount * EDGE_BYTES
  return {
    commitSeq: getU64(view, SEQ_OFFSET),
    beginSeq: getU64(view, BEGIN_SEQ_OFFSET),
    txnId: getU64(view, TXN_ID_OFFSET),
    capsule: {
      offset: getU64(view, CAPSULE_OFFSET_OFFSET),
      length: view.getUint32(CAPSULE_LENGTH_OFFSET, true),
      crc: view.getUint32(CAPSULE_CRC_OFFSET, true),
    },
    hadInEdge: (flags & HAD_IN_EDGE) !== 0,
    hadOutEdge: (flags & HAD_OUT_EDGE) !== 0,
    writePages: getPages(view, LISTS_OFFSET, writeCount),
    readPages: getPages(view, readsAt, readCount),
    inEdges: getEdges(view, inEdgesAt, inEdgeCount),
    outEdges: getEdges(view, outEdgesAt, outEdgeCount),
  }
}

/** Returns where the next list begins. */
function putPages(view: DataView, at: number, pages: readonly number[]): number {
  for (let index = 0; index < pages.length; index++) view.setUint32(at + index * PAGE_BYTES, pages[index] as number, true)
  return at + pages.length * PAGE_BYTES
}

function putEdges(view: DataView, at: number, edges: readonly number[]): number {
  for (let index = 0; index < edges.length; index++) putU64(view, at + index * EDGE_BYTES, edges[index] as number)
  return at + edges.length * EDGE_BYTES
}

function getPages(view: DataView, at: number, count: number): number[] {
  const pages: number[] = []
  for (let index = 0; index < count; index++) pages.push(view.getUint32(at + index * PAGE_BYTES, true))
  return pages
}

function getEdges(view: DataView, at: number, count: number): number[] {
  const edges: number[] = []
  for (let index = 0; index < count; index++) edges.push(getU64(view, at + index * EDGE_BYTES))
  return edges
}
