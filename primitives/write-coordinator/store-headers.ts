// Makes the three files of a store, or finds them, so that a crash at any moment leaves something that the next call makes a store of.
//
// The markers' header is written last, after the other two are durable. So a store whose marker file has a header is whole, and one without
// has never given out a number: whoever finds it goes on making it, as the store that the files before say it is.

import type { CommitSeq } from './commit-types.js'
import { CorruptLogError } from './errors.js'
import { decodeFileHeader, encodeFileHeader, FILE_HEADER_BYTES, FILES_IN_ORDER, isUnfinishedHeader, type StoreIdentity } from './file-header.js'
import { MARKERS, type Storage } from './storage.js'

/** What was found of one file. */
interface FoundFile {
  readonly file: string
  readonly size: number
  /** Undefined where the header is missing or was never finished. */
  readonly header: StoreIdentity | undefined
}

/**
 * Finds the store, or makes it where the marker file holds no marker. When it returns, all headers are durable.
 *
 * @param initialSeq what a new store shall begin at; undefined if whatever is there shall be taken, and 0 where nothing is
 * @throws CorruptLogError where a crash cannot have left what is there; nothing was written then
 */
export function openStore(storage: Storage, initialSeq: CommitSeq | undefined): StoreIdentity {
  const found: FoundFile[] = []
  for (const file of FILES_IN_ORDER) {
    const one = findFile(storage, file)
    found.push(one)
  }
  requireOneStore(found)
  const known = found.find((one) => one.header !== undefined)?.header
  if (known !== undefined && (initialSeq === undefined || known.initialSeq === initialSeq)) {
    makeHeaders(storage, found, known)
    return known
  }
  eraseStore(storage, found)
  const storeId = Date.now()
  const made = { storeId, initialSeq: initialSeq ?? 0 }
  makeHeaders(storage, [], made)
  return made
}

function findFile(storage: Storage, file: string): FoundFile {
  const size = storage.size(file)
  if (size === 0) return { file, size, header: undefined }
  const length = Math.min(size, FILE_HEADER_BYTES)
  const bytes = storage.read(file, 0, length)
  const header = decodeFileHeader(file, bytes)
  if (header === undefined && !(size <= FILE_HEADER_BYTES && isUnfinishedHeader(file, bytes)))
    throw new CorruptLogError(file, 0, 'the header of a store', 'other bytes')
  return { file, size, header }
}

/** Throws unless the files are of one store that is whole, or of one that holds nothing and was not finished. */
function requireOneStore(found: readonly FoundFile[]): void {
  const markers = found.find((one) => one.file === MARKERS) as FoundFile
  const known = found.find((one) => one.header !== undefined)?.header
  for (const { file, size, header } of found) {
    if (header === undefined && markers.size > FILE_HEADER_BYTES) throw new CorruptLogError(file, 0, 'the header of a store that holds markers', 'none')
    if (markers.header === undefined && size > FILE_HEADER_BYTES)
      throw new CorruptLogError(MARKERS, 0, 'the header of a store', `none, while ${file} has ${size} bytes`)
    if (header === undefined || known === undefined) continue
    if (header.storeId !== known.storeId || header.initialSeq !== known.initialSeq)
      throw new CorruptLogError(
        file,
        0,
        `the header of store ${known.storeId}, which begins at ${known.initialSeq}`,
        `that of store ${header.storeId}, which begins at ${header.initialSeq}`,
      )
  }
}

/** Writes the headers that are missing, each after those before it are durable. Those that are there may not be durable yet. */
function makeHeaders(storage: Storage, found: readonly FoundFile[], identity: StoreIdentity): void {
  for (const file of FILES_IN_ORDER) {
    const there = found.find((one) => one.file === file)
    if (there?.header === undefined) {
      if (there !== undefined && there.size > 0) cut(storage, file, 0)
      const header = encodeFileHeader(file, identity)
      storage.append(file, header)
    }
    storage.sync(file)
  }
}

/** Empties what is there, the markers' file last but before anything is written: until then the store is the old one, which holds nothing. */
function eraseStore(storage: Storage, found: readonly FoundFile[]): void {
  for (const { file, size } of found) if (size > 0) cut(storage, file, 0)
}

/** Cuts a file, durably: a cut that may be undone must not come before what is appended. */
export function cut(storage: Storage, file: string, size: number): void {
  storage.truncate(file, size)
  storage.sync(file)
}
