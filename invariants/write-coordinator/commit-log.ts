// A write coordinator's three files as the judge reads them: which markers are certain, which may survive, and whether the proof and the capsule
// that a marker names are certain too.
//
// Cost: one reading for each version of the disk, shared by all invariants; records that were decoded before are remembered by their content.

import type { CoordinatorView } from './coordinator-view.js'
import {
  CAPSULE_HEAD_BYTES,
  chainOf,
  crcOfProof,
  decodeMarker,
  decodeMarkersHeader,
  decodeProof,
  FILE_HEADER_BYTES,
  isCapsule,
  MARKER_BYTES,
  type Marker,
  type Proof,
} from './log-records.js'
import { type DiskView, SurvivingFile } from './surviving-file.js'

/** The markers of a file from the first on, up to the first place where none follows, and why none does. */
export interface MarkerRun {
  readonly markers: readonly Marker[]
  /** Why the bytes behind them are no next marker; undefined where there are none. */
  readonly fault: string | undefined
}

const NOTHING: MarkerRun = { markers: [], fault: undefined }

/** One reading of the files: as they are while the disk's version stays. */
export class CommitLog {
  readonly version: number
  readonly markersFile: SurvivingFile
  readonly proofsFile: SurvivingFile
  readonly capsulesFile: SurvivingFile
  #certain: MarkerRun | undefined
  #current: MarkerRun | undefined
  readonly #lacking = new Map<Marker, string | undefined>()

  constructor({ disk, directory }: CoordinatorView) {
    const durable = disk.durableFiles()
    const open = (name: string) => new SurvivingFile(disk.view(`${directory}/${name}`), durable.has(`${directory}/${name}`))
    this.version = disk.version
    this.markersFile = open('markers')
    this.proofsFile = open('proofs')
    this.capsulesFile = open('capsules')
  }

  /** What a recovery counts after any power failure that strikes now. */
  get certain(): MarkerRun {
    this.#certain ??= runOf((offset, length) => this.markersFile.certain(offset, length))
    return this.#certain
  }

  /** What reads show. */
  get current(): MarkerRun {
    const bytes = this.markersFile.current
    this.#current ??= runOf((offset, length) => (offset + length > bytes.length ? undefined : bytes.subarray(offset, offset + length)))
    return this.#current
  }

  /** Every marker that may survive a power failure which strikes now, whether it would count or not. */
  *survivors(): Generator<Marker> {
    for (let offset = FILE_HEADER_BYTES; offset + MARKER_BYTES <= this.markersFile.sizeMax; offset += MARKER_BYTES) {
      for (const bytes of this.markersFile.possible(offset, MARKER_BYTES)) {
        const marker = decodeMarker(bytes)
        if (marker !== undefined) yield marker
      }
    }
  }

  /** What the marker lacks of a proof and a capsule that survive every power failure; undefined if nothing. */
  lacks(marker: Marker): string | undefined {
    if (!this.#lacking.has(marker)) this.#lacking.set(marker, this.#findLack(marker))
    return this.#lacking.get(marker)
  }

  /** The proof that a marker names, if it survives every power failure. */
  proofOf(marker: Marker): Proof | undefined {
    const bytes = this.proofsFile.certain(marker.proofOffset, marker.proofLength)
    if (bytes === undefined) return undefined
    const proof = decodeProof(bytes)
    return proof?.commitSeq === marker.commitSeq && crcOfProof(bytes) === marker.proofCrc ? proof : undefined
  }

  #findLack(marker: Marker): string | undefined {
    const proof = this.proofOf(marker)
    if (proof === undefined) return `proof at ${marker.proofOffset}`
    const { capsule } = proof
    const bytes = this.capsulesFile.certain(capsule.offset, CAPSULE_HEAD_BYTES + capsule.length)
    return bytes === undefined || !isCapsule(bytes, capsule) ? `capsule at ${capsule.offset}` : undefined
  }
}

const readings = new WeakMap<DiskView, CommitLog>()

/** The reading that fits the disk's version: the same object while that stays, for all invariants. */
export function commitLogOf(view: CoordinatorView): CommitLog {
  const known = readings.get(view.disk)
  if (known?.version === view.disk.version) return known
  const reading = new CommitLog(view)
  readings.set(view.disk, reading)
  return reading
}

/** To be called when an execution begins: the disk may be another under the same version. */
export function forgetCommitLog({ disk }: CoordinatorView): void {
  readings.delete(disk)
}

function runOf(read: (offset: number, length: number) => Uint8Array | undefined): MarkerRun {
  const header = read(0, FILE_HEADER_BYTES)
  if (header === undefined) return NOTHING
  const storeId = decodeMarkersHeader(header)
  if (storeId === undefined) return { markers: [], fault: 'the header is none' }
  const markers: Marker[] = []
  for (let offset = FILE_HEADER_BYTES; ; offset += MARKER_BYTES) {
    const bytes = read(offset, MARKER_BYTES)
    if (bytes === undefined) return { markers, fault: undefined }
    const marker = decodeMarker(bytes)
    if (marker === undefined) return { markers, fault: `the 64 bytes at ${offset} are no marker` }
    const previous = markers.at(-1)
    const fault = faultBehind(previous, marker, chainOf(previous?.chain ?? storeId, bytes))
    if (fault !== undefined) return { markers, fault: `the marker at ${offset} ${fault}` }
    markers.push(marker)
  }
}

/** Why a marker does not follow another. */
function faultBehind(previous: Marker | undefined, marker: Marker, chain: bigint): string | undefined {
  const { commitSeq, commitTimeUnixNs } = marker
  if (previous !== undefined && commitSeq !== previous.commitSeq + 1) return `has number ${commitSeq}, behind number ${previous.commitSeq}`
  if (previous !== undefined && commitTimeUnixNs <= previous.commitTimeUnixNs) {
    return `of number ${commitSeq} has time ${commitTimeUnixNs}, behind ${previous.commitTimeUnixNs}`
  }
  if (marker.chain === chain) return undefined
  return `of number ${commitSeq} does not link to ${previous === undefined ? 'the store' : `number ${previous.commitSeq}`}`
}
