// Headers, markers, proofs and capsules: section 3 of the specification, byte by byte and round trip.

import test from 'ava'
import fc from 'fast-check'
import { capsuleBytes, encodeCapsule, isCapsuleHeader } from './capsule-record.js'
import { crc32c } from './crc32c.js'
import { decodeFileHeader, encodeFileHeader, FILES_IN_ORDER, isUnfinishedHeader } from './file-header.js'
import { FnvChain } from './fnv-chain.js'
import { viewOf } from './little-endian.js'
import { decodeMarker, encodeMarker, followsChain } from './marker-record.js'
import { decodeProof, encodeProof, proofBytes } from './proof-record.js'
import type { CommitSubmission } from './public.js'

const u53 = (min = 0) => fc.integer({ min, max: Number.MAX_SAFE_INTEGER })
const u32 = () => fc.integer({ min: 0, max: 2 ** 32 - 1 })
const pages = () => fc.uniqueArray(u32(), { maxLength: 9 }).map((list) => list.sort((a, b) => a - b))
const edges = () => fc.array(u53(1), { maxLength: 4 })

const markers = fc.record({
  commitSeq: u53(1),
  epoch: u53(1),
  commitTimeUnixNs: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  firstOfGroup: fc.boolean(),
  lastOfGroup: fc.boolean(),
  proofOffset: u53(),
  proofLength: u32(),
  proofCrc: u32(),
})

const submissions: fc.Arbitrary<CommitSubmission> = fc.record({
  submitterId: fc.nat(2 ** 31 - 1),
  txnId: u53(1),
  beginSeq: u53(),
  writePages: pages(),
  readPages: pages(),
  inEdges: edges(),
  outEdges: edges(),
  capsule: fc.record({ offset: u53(64), length: fc.integer({ min: 1, max: 2 ** 31 - 1 }), crc: u32(), incarnation: u53() }),
})

function encodedMarker(marker: Parameters<typeof encodeMarker>[3], before: number): Uint8Array {
  // Whatever a kept buffer held before.
  const bytes = new Uint8Array(64).fill(0xaa)
  const chain = new FnvChain()
  chain.startAt(before)
  encodeMarker(bytes, viewOf(bytes), 0, marker, chain)
  return bytes
}

test('marker: what is decoded is what was encoded, and the chain follows', (t) => {
  fc.assert(
    fc.property(markers, u53(), (marker, before) => {
      const bytes = encodedMarker(marker, before)
      const chain = new FnvChain()
      chain.startAt(before)
      const follows = followsChain(bytes, viewOf(bytes), 0, chain)
      const found = decodeMarker(bytes)
      t.deepEqual(found, { ...marker, chain: chain.asBigInt() })
      return follows
    }),
  )
})

test('marker: any byte that is changed makes it none', (t) => {
  fc.assert(
    fc.property(markers, fc.nat(63), fc.integer({ min: 1, max: 255 }), (marker, at, change) => {
      const bytes = encodedMarker(marker, 7)
      bytes[at] = (bytes[at] as number) ^ change
      return decodeMarker(bytes) === undefined
    }),
  )
  t.is(decodeMarker(new Uint8Array(64)), undefined)
})

test('marker: every field is where the specification has it', (t) => {
  const marker = {
    commitSeq: 2 ** 40 + 1,
    epoch: 2,
    commitTimeUnixNs: 3n,
    firstOfGroup: true,
    lastOfGroup: false,
    proofOffset: 2 ** 33,
    proofLength: 5,
    proofCrc: 6,
  }
  const bytes = encodedMarker(marker, 9)
  const view = viewOf(bytes)
  t.is(new TextDecoder().decode(bytes.subarray(0, 4)), 'HCM1')
  t.is(view.getUint32(0, true), 0x314d4348)
  t.deepEqual([view.getUint16(4, true), view.getUint16(6, true)], [1, 1])
  t.deepEqual([view.getBigUint64(8, true), view.getBigUint64(16, true), view.getBigInt64(24, true)], [2n ** 40n + 1n, 2n, 3n])
  t.deepEqual([view.getBigUint64(32, true), view.getUint32(40, true), view.getUint32(44, true)], [2n ** 33n, 5, 6])
  t.is(view.getUint32(56, true), 0)
  t.is(view.getUint32(60, true), crc32c(bytes, 0, 60))
})

test('proof: what is decoded is what was encoded, at any place of a used buffer', (t) => {
  fc.assert(
    fc.property(submissions, u53(1), fc.boolean(), fc.boolean(), fc.nat(9), (s, commitSeq, hadInEdge, hadOutEdge, at) => {
      const length = proofBytes(s)
      const buffer = new Uint8Array(at + length + 3).fill(0xaa)
      const crc = encodeProof(buffer, viewOf(buffer), at, length, commitSeq, s, { hadInEdge, hadOutEdge })
      const { submitterId: _, capsule: ref, ...rest } = s
      const { incarnation: __, ...capsule } = ref
      const kept = { ...rest, capsule }
      const bytes = buffer.subarray(at, at + length)
      t.deepEqual(decodeProof(bytes), { ...kept, commitSeq, hadInEdge, hadOutEdge })
      t.is(viewOf(bytes).getUint32(length - 4, true), crc)
      t.is(length % 8, 0)
      return [...buffer.subarray(0, at), ...buffer.subarray(at + length)].every((byte) => byte === 0xaa)
    }),
  )
})

test('proof: any byte that is changed, and any that is missing, makes it none', (t) => {
  fc.assert(
    fc.property(submissions, fc.nat(), fc.integer({ min: 1, max: 255 }), (s, place, change) => {
      const bytes = new Uint8Array(proofBytes(s))
      encodeProof(bytes, viewOf(bytes), 0, bytes.length, 1, s, { hadInEdge: false, hadOutEdge: true })
      const at = place % bytes.length
      if (decodeProof(bytes.subarray(0, at)) !== undefined) return false
      bytes[at] = (bytes[at] as number) ^ change
      return decodeProof(bytes) === undefined
    }),
  )
  t.pass()
})

test('proof: every field is where the specification has it', (t) => {
  const s: CommitSubmission = {
    submitterId: 1,
    txnId: 2,
    beginSeq: 3,
    writePages: [4, 5],
    readPages: [6],
    inEdges: [7],
    outEdges: [8, 9],
    capsule: { offset: 64, length: 10, crc: 11, incarnation: 12 },
  }
  const bytes = new Uint8Array(proofBytes(s))
  encodeProof(bytes, viewOf(bytes), 0, bytes.length, 12, s, { hadInEdge: true, hadOutEdge: true })
  const view = viewOf(bytes)
  t.is(new TextDecoder().decode(bytes.subarray(0, 4)), 'HCP1')
  t.is(view.getUint32(4, true), bytes.length)
  t.deepEqual(
    [8, 16, 24, 32].map((at) => view.getBigUint64(at, true)),
    [12n, 3n, 2n, 64n],
  )
  t.deepEqual([view.getUint32(40, true), view.getUint32(44, true)], [10, 11])
  t.deepEqual(
    [48, 50].map((at) => view.getUint16(at, true)),
    [3, 0],
  )
  t.deepEqual([view.getUint32(52, true), view.getUint32(56, true), view.getUint16(60, true), view.getUint16(62, true)], [2, 1, 1, 2])
  t.deepEqual(
    [64, 68, 72].map((at) => view.getUint32(at, true)),
    [4, 5, 6],
  )
  t.deepEqual(
    [76, 84, 92].map((at) => view.getBigUint64(at, true)),
    [7n, 8n, 9n],
  )
  t.is(bytes.length, 104)
  t.is(view.getUint32(100, true), crc32c(bytes, 0, 100))
})

test('capsule: header, payload, zeros up to a multiple of 8', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (payload) => {
      const bytes = new Uint8Array(capsuleBytes(payload.length))
      const crc = encodeCapsule(bytes, 0, payload)
      t.is(new TextDecoder().decode(bytes.subarray(0, 4)), 'HCC1')
      t.is(crc, crc32c(payload, 0, payload.length))
      t.is(bytes.length % 8, 0)
      t.deepEqual(bytes.slice(16, 16 + payload.length), payload)
      const ref = { offset: 64, length: payload.length, crc }
      t.true(isCapsuleHeader(bytes, ref))
      t.false(isCapsuleHeader(bytes, { ...ref, length: ref.length + 1 }))
      t.false(isCapsuleHeader(bytes, { ...ref, crc: (crc + 1) % 2 ** 32 }))
      bytes[12] = 1
      t.false(isCapsuleHeader(bytes, ref))
    }),
  )
})

test('file header: 64 bytes of one kind and one store', (t) => {
  FILES_IN_ORDER.forEach((file, index) => {
    const bytes = encodeFileHeader(file, { storeId: 2 ** 41 + 5, initialSeq: 2 ** 34 })
    const view = viewOf(bytes)
    t.is(new TextDecoder().decode(bytes.subarray(0, 4)), 'HCW1')
    t.deepEqual(
      [4, 8, 12].map((at) => view.getUint32(at, true)),
      [1, index + 1, 0],
    )
    t.deepEqual(
      [16, 24].map((at) => view.getBigUint64(at, true)),
      [2n ** 41n + 5n, 2n ** 34n],
    )
    t.deepEqual([...bytes.subarray(32, 60)], Array(28).fill(0))
    t.is(view.getUint32(60, true), crc32c(bytes, 0, 60))
    t.deepEqual(decodeFileHeader(file, bytes), { storeId: 2 ** 41 + 5, initialSeq: 2 ** 34 })
    t.is(decodeFileHeader(FILES_IN_ORDER[(index + 1) % 3] as string, bytes), undefined)
    for (let at = 0; at < 64; at++) {
      const damaged = bytes.slice()
      damaged[at] = (damaged[at] as number) ^ 0x10
      t.is(decodeFileHeader(file, damaged), undefined)
      t.false(isUnfinishedHeader(file, damaged))
      t.true(isUnfinishedHeader(file, bytes.subarray(0, at)))
    }
    t.true(isUnfinishedHeader(file, new Uint8Array(64)))
    t.false(isUnfinishedHeader(file, new Uint8Array(65)))
    t.false(isUnfinishedHeader(file, new TextEncoder().encode('my notes')))
  })
})
