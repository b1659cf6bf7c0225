// What a submission may be. Each check throws InvalidSubmissionError, names the field, and changes nothing.

import { isBelow } from '../argument-checks.js'
import { show } from '../errors.js'
import { CAPSULE_HEADER_BYTES, CAPSULE_LENGTH_MAX, capsuleBytes } from './capsule-record.js'
import type { CommitSeq, CommitSubmission, ReadOnlySubmission } from './commit-types.js'
import { InvalidSubmissionError } from './errors.js'
import { FILE_HEADER_BYTES } from './file-header.js'
import { INCARNATION_LIMIT } from './incarnation.js'

const TWO_31 = 2 ** 31
const TWO_32 = 2 ** 32
const TWO_53 = 2 ** 53
const TIME_NS_LIMIT = 1n << 63n
const PAGES_MAX = 65_536
const EDGES_MAX = 256

/**
 * Throws unless `s` is a submission that may be checked for conflicts.
 *
 * @param publishedSeq the newest snapshot: a later one cannot have been read
 * @param capsulesBytes size of the capsule file
 */
export function requireSubmission(s: CommitSubmission, publishedSeq: CommitSeq, capsulesBytes: number): void {
  requireReader(s, publishedSeq)
  requirePages('writePages', s.writePages, 1)
  requireEdges('inEdges', s.inEdges)
  requireCapsule(s.capsule, capsulesBytes)
}

/** Throws unless `s` is a read-only submission that may be checked. */
export function requireReader(s: ReadOnlySubmission, publishedSeq: CommitSeq): void {
  if (typeof s !== 'object' || s === null) throw new InvalidSubmissionError('submission', 'the submission to be an object', show(s))
  requireNumber('submitterId', s.submitterId, 0, TWO_31)
  requireNumber('txnId', s.txnId, 1, TWO_53)
  requireNumber('beginSeq', s.beginSeq, 0, TWO_53)
  if (s.beginSeq > publishedSeq)
    throw new InvalidSubmissionError('beginSeq', `beginSeq to be a number that was published, at most ${publishedSeq}`, show(s.beginSeq))
  requirePages('readPages', s.readPages, 0)
  requireEdges('outEdges', s.outEdges)
}

/** Throws unless `nowUnixNs` is a time. */
export function requireTime(nowUnixNs: bigint): void {
  if (typeof nowUnixNs === 'bigint' && nowUnixNs >= 0n && nowUnixNs < TIME_NS_LIMIT) return
  throw new InvalidSubmissionError('nowUnixNs', 'nowUnixNs to be a bigint from 0n to 2n ** 63n - 1n', show(nowUnixNs))
}

function requireNumber(field: string, value: unknown, min: number, limit: number): void {
  if (isBelow(value, limit) && value >= min) return
  throw new InvalidSubmissionError(field, `${field} to be an integer from ${min} to ${limit - 1}`, show(value))
}

function requirePages(field: string, pages: readonly number[], countMin: number): void {
  requireList(field, pages, countMin, PAGES_MAX)
  let previous = -1
  for (let at = 0; at < pages.length; at++) {
    const page = pages[at] as number
    if (isBelow(page, TWO_32) && page > previous) previous = page
    else throw new InvalidSubmissionError(field, `${field}[${at}] to be a page number from 0 to ${TWO_32 - 1}, above ${previous}`, show(page))
  }
}

function requireEdges(field: string, edges: readonly number[]): void {
  requireList(field, edges, 0, EDGES_MAX)
  for (let at = 0; at < edges.length; at++) {
    const txnId = edges[at] as number
    if (isBelow(txnId, TWO_53) && txnId > 0) continue
    throw new InvalidSubmissionError(field, `${field}[${at}] to be a transaction id from 1 to ${TWO_53 - 1}`, show(txnId))
  }
}

function requireList(field: string, list: readonly number[], countMin: number, countMax: number): void {
  if (Array.isArray(list) && list.length >= countMin && list.length <= countMax) return
  throw new InvalidSubmissionError(field, `${field} to be an array of ${countMin} to ${countMax} numbers`, show(list))
}

function requireCapsule(capsule: CommitSubmission['capsule'], capsulesBytes: number): void {
  if (typeof capsule !== 'object' || capsule === null)
    throw new InvalidSubmissionError('capsule', 'capsule to be what CapsuleLog.append returned', show(capsule))
  const { offset, length, crc, incarnation } = capsule
  if (!isBelow(length, CAPSULE_LENGTH_MAX + 1) || length < 1)
    throw new InvalidSubmissionError('capsule', `capsule.length to be an integer from 1 to ${CAPSULE_LENGTH_MAX}`, show(length))
  if (!isBelow(crc, TWO_32)) throw new InvalidSubmissionError('capsule', `capsule.crc to be an integer from 0 to ${TWO_32 - 1}`, show(crc))
  if (!isBelow(incarnation, INCARNATION_LIMIT))
    throw new InvalidSubmissionError('capsule', `capsule.incarnation to be what CapsuleLog.append returned`, show(incarnation))
  if (isBelow(offset, TWO_53) && offset >= FILE_HEADER_BYTES && offset + capsuleBytes(length) <= capsulesBytes) return
  throw new InvalidSubmissionError(
    'capsule',
    `capsule.offset to leave ${CAPSULE_HEADER_BYTES} + ${length} bytes inside the capsule file of ${capsulesBytes} bytes`,
    show(offset),
  )
}
