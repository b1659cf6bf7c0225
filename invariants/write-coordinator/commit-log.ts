// A write coordinator's three files as the judge reads them: which markers are certain, which may survive, and whether the proof and the capsule
// that a marker names are certain too.
//
// Cost: one reading for each version of the disk that changed one of the files, shared by all invariants. It takes over from the one before what the
// files that stayed say, and records that have the same bytes in those that changed; others that were decoded before are remembered by their content.

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
import { areSame } from './same-bytes.js'
import { type DiskView, SurvivingFile } from './surviving-file.js'

/** The markers of a file from the first on, up to the first place where none follows, and why none does. */
export interface MarkerRun {
  readonly markers: readonly Marker[]
  /** Why the bytes behind them are no next marker; undefined where there are none. */
  readonly fault: string | undefined
  /** Of the header, then of each marker, so that the next reading need not decode them. */
  readonly bytes: readonly Uint8Array[]
}

const NOTHING: MarkerRun = { markers: [], fault: undefined, bytes: [] }

/** What a marker names, as far as it survives every power failure. */
interface Named {
  readonly proofBytes: Uint8Array | undefined
  readonly proof: Proof | undefined
  readonly capsuleBytes: Uint8Array | undefined
  readonly lack: string | undefined
}

interface Files {
  readonly markersFile: SurvivingFile
  readonly proofsFile: SurvivingFile
  readonly capsulesFile: SurvivingFile
}

/** One reading of the files: as they are while none of them changes. */
export class CommitLog implements Files {
  readonly markersFile: SurvivingFile
  readonly proofsFile: SurvivingFile
  readonly capsulesFile: SurvivingFile
  #certain: MarkerRun | undefined
  #current: MarkerRun | undefined
  #survivors: readonly Marker[] | undefined
  /** What the readings before found last, to begin with. */
  readonly #certainBefore: MarkerRun
  readonly #currentBefore: MarkerRun
  readonly #namedBefore: ReadonlyMap<Marker, Named>
  readonly #named: Map<Marker, Named>

  constructor({ markersFile, proofsFile, capsulesFile }: Files, before: CommitLog | undefined) {
    this.markersFile = markersFile
    this.proofsFile = proofsFile
    this.capsulesFile = capsulesFile
    this.#certainBefore = before === undefined ? NOTHING : (before.#certain ?? before.#certainBefore)
    this.#currentBefore = before === undefined ? NOTHING : (before.#current ?? before.#currentBefore)
    const sameMarkers = before?.markersFile === markersFile
    this.#certain = sameMarkers ? before.#certain : undefined
    this.#current = sameMarkers ? before.#current : undefined
    this.#survivors = sameMarkers ? before.#survivors : undefined
    const sameNamed = before?.proofsFile === proofsFile && before.capsulesFile === capsulesFile
    this.#named = sameNamed ? before.#named : new Map()
    this.#namedBefore = before === undefined ? this.#named : sameNamed || before.#named.size === 0 ? before.#namedBefore : before.#named
  }

  /** What a recovery counts after any power failure that strikes now. */
  get certain(): MarkerRun {
    this.#certain ??= runOf((offset, length) => this.markersFile.certain(offset, length), this.#certainBefore)
    return this.#certain
  }

  /** What reads show. */
  get current(): MarkerRun {
    const bytes = this.markersFile.current
    this.#current ??= runOf((offset, length) => (offset + length > bytes.length ? undefined : bytes.subarray(offset, offset + length)), this.#currentBefore)
    return this.#current
  }

  /** Each marker that may survive a power failure which strikes now, whether it would count or not. */
  get survivors(): readonly Marker[] {
    this.#survivors ??= this.#findSurvivors()
    return this.#survivors
  }

  /** What the marker lacks of a proof and a capsule that survive every power failure; undefined if nothing. */
  lacks(marker: Marker): string | undefined {
    return this.#namedBy(marker).lack
  }

  /** The proof that a marker names, if it survives every power failure. */
  proofOf(marker: Marker): Proof | undefined {
    return this.#namedBy(marker).proof
  }

  #findSurvivors(): readonly Marker[] {
    const found = new Set<Marker>()
    for (let offset = FILE_HEADER_BYTES; offset + MARKER_BYTES <= this.markersFile.sizeMax; offset += MARKER_BYTES) {
      for (const bytes of this.markersFile.possible(offset, MARKER_BYTES)) {
        const marker = decodeMarker(bytes)
        if (marker !== undefined) found.add(marker)
      }
    }
    return [...found]
  }

  #namedBy(marker: Marker): Named {
    let named = this.#named.get(marker)
    if (named === undefined) {
      named = this.#find(marker, this.#namedBefore.get(marker))
      this.#named.set(marker, named)
    }
    return named
  }

  #find(marker: Marker, before: Named | undefined): Named {
    const proofBytes = this.proofsFile.certain(marker.proofOffset, marker.proofLength)
    const isSameProof = before !== undefined && areSame(proofBytes, before.proofBytes)
    const proof = isSameProof ? before.proof : proofIn(proofBytes, marker)
    if (proof === undefined) return { proofBytes, proof, capsuleBytes: undefined, lack: `proof at ${marker.proofOffset}` }
    const { capsule } = proof
    const capsuleBytes = this.capsulesFile.certain(capsule.offset, CAPSULE_HEAD_BYTES + capsule.length)
    if (isSameProof && areSame(capsuleBytes, before.capsuleBytes)) return before
    const isThere = capsuleBytes !== undefined && isCapsule(capsuleBytes, capsule)
    return { proofBytes, proof, capsuleBytes, lack: isThere ? undefined : `capsule at ${capsule.offset}` }
  }
}

let last: { readonly disk: DiskView; readonly directory: string; readonly paths: readonly string[]; version: number; log: CommitLog } | undefined

/** The reading that fits the disk: the same object while the files stay, for all invariants. */
export function commitLogOf(view: CoordinatorView): CommitLog {
  const { disk, directory } = view
  if (last === undefined || last.disk !== disk || last.directory !== directory) {
    const paths = ['markers', 'proofs', 'capsules'].map((name) => `${directory}/${name}`)
    const [markersFile, proofsFile, capsulesFile] = paths.map((path) => fileOf(disk, path, undefined)) as [SurvivingFile, SurvivingFile, SurvivingFile]
    last = { disk, directory, paths, version: disk.version, log: new CommitLog({ markersFile, proofsFile, capsulesFile }, undefined) }
    return last.log
  }
  const { version } = disk
  if (last.version === version) return last.log
  last.version = version
  const { paths, log } = last
  const markersFile = fileOf(disk, paths[0] as string, log.markersFile)
  const proofsFile = fileOf(disk, paths[1] as string, log.proofsFile)
  const capsulesFile = fileOf(disk, paths[2] as string, log.capsulesFile)
  const isSame = markersFile === log.markersFile && proofsFile === log.proofsFile && capsulesFile === log.capsulesFile
  if (!isSame) last.log = new CommitLog({ markersFile, proofsFile, capsulesFile }, log)
  return last.log
}

/** To be called when an execution begins: the disk may be another under the same version. */
export function forgetCommitLog({ disk }: CoordinatorView): void {
  if (last?.disk === disk) last.version = Number.NaN
}

function fileOf(disk: DiskView, path: string, before: SurvivingFile | undefined): SurvivingFile {
  const file = disk.view(path)
  const isNamed = disk.isNameDurable(path)
  return before?.isOf(file, isNamed) === true ? before : new SurvivingFile(file, isNamed)
}

/** @param before what was read the last time: as far as the bytes are the same, so are the markers */
function runOf(read: (offset: number, length: number) => Uint8Array | undefined, before: MarkerRun): MarkerRun {
  const header = read(0, FILE_HEADER_BYTES)
  if (header === undefined) return NOTHING
  const storeId = decodeMarkersHeader(header)
  if (storeId === undefined) return { markers: [], fault: 'the header is none', bytes: [header] }
  const seen = [header]
  const markers: Marker[] = []
  let isSame = areSame(header, before.bytes[0])
  for (let offset = FILE_HEADER_BYTES; ; offset += MARKER_BYTES) {
    const bytes = read(offset, MARKER_BYTES)
    if (bytes === undefined) return { markers, fault: undefined, bytes: seen }
    const known = before.markers[markers.length]
    isSame &&= known !== undefined && areSame(bytes, before.bytes[seen.length])
    const marker = isSame ? (known as Marker) : decodeMarker(bytes)
    if (marker === undefined) return { markers, fault: `the 64 bytes at ${offset} are no marker`, bytes: seen }
    if (!isSame) {
      const previous = markers.at(-1)
      const fault = faultBehind(previous, marker, chainOf(previous?.chain ?? storeId, bytes))
      if (fault !== undefined) return { markers, fault: `the marker at ${offset} ${fault}`, bytes: seen }
    }
    markers.push(marker)
    seen.push(bytes)
  }
}

function proofIn(bytes: Uint8Array | undefined, { commitSeq, proofCrc }: Marker): Proof | undefined {
  if (bytes === undefined) return undefined
  const proof = decodeProof(bytes)
  return proof?.commitSeq === commitSeq && crcOfProof(bytes) === proofCrc ? proof : undefined
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
