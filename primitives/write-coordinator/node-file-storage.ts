// A storage of ordinary files in one directory, through the synchronous calls of `node:fs`.

import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { requireInteger } from '../argument-checks.js'
import { BadArgumentError, ReleasedError } from '../errors.js'
import { type DirectoryLock, LOCK, lockDirectory, unlockDirectory } from './directory-lock.js'
import { StorageError, type StorageOperation } from './errors.js'
import type { Storage } from './storage.js'

/** One file that was used. */
interface OpenFile {
  readonly name: string
  readonly fd: number
  /** Where the next byte goes: the size, unless bytes are being written or somebody else writes to the file. */
  end: number
  /** Everything before it is written. */
  writtenEnd: number
  /** Appends that have begun and not ended: more than one only where threads are simulated on one object. */
  appendCount: number
  /** What is known to be durable: bytes up to here. Undefined before the first sync of a file that was there already. */
  syncedEnd: number | undefined
  /** Its name is known to be durable: the directory was synced since the file was opened. */
  isNameSynced: boolean
  /** The system could not undo what it had failed to do: nothing is known of the file's end any more. */
  isBroken: boolean
}

/** Names of files: what no system makes anything else of. */
const NAME = /^[a-z][a-z0-9-]{0,63}$/
/** Most bytes that one call moves; Node takes 2^31 - 1. */
const CALL_BYTES_MAX = 2 ** 30

/**
 * A storage in an existing directory, which it keeps for itself until `close()`: a second one gets a StorageError, in this process or another one. The
 * lock of a process that was killed is taken over (see directory-lock.ts for what that does not cover).
 *
 * An append that fails is undone. A sync that fails turns what was appended since the one before into zeros: the system may have forgotten it, and may
 * report success later. Where that cannot be done, the file is not written to any more until the directory is opened anew; and what a failed
 * sync left in the system's memory may then be read as if it were durable. One thread uses it.
 */
export class NodeFileStorage implements Storage {
  readonly #directory: string
  readonly #files = new Map<string, OpenFile>()
  #lock: DirectoryLock | undefined

  /** @throws BadArgumentError; StorageError if the directory is missing or in use */
  constructor(directory: string) {
    if (typeof directory !== 'string' || directory === '') throw new BadArgumentError('directory', directory, 'the path of a directory')
    this.#directory = directory
    this.#lock = lockDirectory(directory)
  }

  /** Closes the files and lets the directory go. Throws ReleasedError the second time, StorageError. */
  close(): void {
    this.#requireOpen()
    const lock = this.#lock as DirectoryLock
    this.#lock = undefined
    for (const { name, fd } of this.#files.values()) {
      try {
        closeSync(fd)
      } catch (error) {
        throw this.#failed(name, 'close', error)
      }
    }
    this.#files.clear()
    try {
      unlockDirectory(lock)
    } catch (error) {
      throw this.#failed(LOCK, 'close', error)
    }
  }

  size(file: string): number {
    const open = this.#find(file, 'size')
    return open === undefined ? 0 : open.end
  }

  append(file: string, bytes: Uint8Array): number {
    const open = this.#find(file, 'append') ?? this.#create(file)
    this.#requireSound(open, 'append')
    const offset = open.end
    // The place is taken before anything is written: where calls are interleaved, the next one goes behind it.
    open.end = offset + bytes.length
    open.appendCount += 1
    try {
      this.#requireOwnEnd(open, offset)
      this.#writeAt(open, offset, bytes)
    } catch (error) {
      open.appendCount -= 1
      // What was appended behind it meanwhile is not to be cut away.
      if (open.end !== offset + bytes.length) open.isBroken = true
      this.#cutBack(open, offset)
      throw this.#failed(file, 'append', error)
    }
    open.appendCount -= 1
    if (open.appendCount === 0) open.writtenEnd = open.end
    return offset
  }

  sync(file: string): void {
    const open = this.#existing(file, 'sync')
    this.#requireSound(open, 'sync')
    const end = open.writtenEnd
    try {
      fsyncSync(open.fd)
      if (!open.isNameSynced) this.#syncDirectory()
    } catch (error) {
      this.#forgetUnsynced(open)
      throw this.#failed(file, 'sync', error)
    }
    open.isNameSynced = true
    open.syncedEnd = end
  }

  read(file: string, offset: number, length: number): Uint8Array {
    requireInteger('offset', offset, 0, Number.MAX_SAFE_INTEGER)
    requireInteger('length', length, 0, CALL_BYTES_MAX)
    const open = this.#existing(file, 'read')
    const bytes = new Uint8Array(length)
    try {
      for (let done = 0; done < length; ) {
        const count = length - done
        const position = offset + done
        const found = readSync(open.fd, bytes, done, count, position)
        if (found === 0) throw new StorageError(file, 'read', `expected ${length} bytes at ${offset} of ${file}, got ${done}`)
        done += found
      }
    } catch (error) {
      throw this.#failed(file, 'read', error)
    }
    return bytes
  }

  truncate(file: string, size: number): void {
    const open = this.#existing(file, 'truncate')
    this.#requireSound(open, 'truncate')
    requireInteger('size', size, 0, open.end)
    try {
      ftruncateSync(open.fd, size)
    } catch (error) {
      throw this.#failed(file, 'truncate', error)
    }
    open.end = size
    open.writtenEnd = size
    if (open.syncedEnd !== undefined && open.syncedEnd > size) open.syncedEnd = size
  }

  /** The file, opened if it is there. */
  #find(file: string, operation: StorageOperation): OpenFile | undefined {
    this.#requireOpen()
    const open = this.#files.get(file)
    if (open !== undefined) return open
    if (typeof file !== 'string' || !NAME.test(file) || file.startsWith(LOCK))
      throw new BadArgumentError('file', file, `a name of lower-case letters, digits and hyphens that does not begin with ${LOCK}`)
    const path = join(this.#directory, file)
    let fd: number
    try {
      fd = openSync(path, 'r+')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw this.#failed(file, operation, error)
    }
    try {
      const { size } = fstatSync(fd)
      const other = this.#files.get(file)
      // Where calls are interleaved, another one may have opened it meanwhile.
      if (other !== undefined) closeSync(fd)
      return other ?? this.#keep({ name: file, fd, end: size, writtenEnd: size, appendCount: 0, syncedEnd: undefined, isNameSynced: false, isBroken: false })
    } catch (error) {
      closeSync(fd)
      throw this.#failed(file, operation, error)
    }
  }

  #existing(file: string, operation: StorageOperation): OpenFile {
    const open = this.#find(file, operation)
    if (open === undefined) throw new StorageError(file, operation, `expected a file ${file} in ${this.#directory}, got none`)
    return open
  }

  #create(file: string): OpenFile {
    const path = join(this.#directory, file)
    try {
      const fd = openSync(path, 'wx+')
      return this.#keep({ name: file, fd, end: 0, writtenEnd: 0, appendCount: 0, syncedEnd: 0, isNameSynced: false, isBroken: false })
    } catch (error) {
      throw this.#failed(file, 'open', error)
    }
  }

  #keep(open: OpenFile): OpenFile {
    this.#files.set(open.name, open)
    return open
  }

  /** Throws unless the file ends where this storage left it: at `offset`, while the append that has begun is the only one. */
  #requireOwnEnd(open: OpenFile, offset: number): void {
    const reservedEnd = open.end
    const { size } = fstatSync(open.fd)
    if (size === offset || open.appendCount > 1 || open.end !== reservedEnd) return
    // What somebody else wrote is not to be cut away.
    open.isBroken = true
    throw new StorageError(open.name, 'append', `expected ${open.name} to end at ${offset}, got ${size}: somebody else writes to it`)
  }

  #writeAt({ name, fd }: OpenFile, offset: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const count = Math.min(CALL_BYTES_MAX, bytes.length - done)
      const position = offset + done
      const written = writeSync(fd, bytes, done, count, position)
      if (written === 0) throw new StorageError(name, 'append', `expected ${count} bytes to be written to ${name}, got 0`)
      done += written
    }
  }

  /** A name is durable when its directory is. On Windows directories cannot be opened, and need not be. */
  #syncDirectory(): void {
    if (process.platform === 'win32') return
    const fd = openSync(this.#directory, 'r')
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  }

  /**
   * What was appended since the last sync that succeeded is known to nobody as durable; it becomes zeros, so that nobody reads what may not be on the
   * disk. The size stays, so that places which were given out are not given out again.
   */
  #forgetUnsynced(open: OpenFile): void {
    if (open.syncedEnd === undefined) open.isBroken = true
    if (open.isBroken) return
    const syncedEnd = open.syncedEnd as number
    try {
      ftruncateSync(open.fd, syncedEnd)
      const end = open.end
      ftruncateSync(open.fd, end)
    } catch {
      open.isBroken = true
    }
  }

  /** Not where other bytes are being written, or where somebody else wrote some. */
  #cutBack(open: OpenFile, size: number): void {
    if (open.appendCount > 0) open.isBroken = true
    if (open.isBroken) return
    try {
      ftruncateSync(open.fd, size)
      open.end = size
      open.writtenEnd = size
    } catch {
      open.isBroken = true
    }
  }

  #requireSound({ name, isBroken }: OpenFile, operation: StorageOperation): void {
    if (isBroken)
      throw new StorageError(name, operation, `expected ${name} to be whole, got it after a failure that could not be undone: open the directory anew`)
  }

  #requireOpen(): void {
    if (this.#lock === undefined) throw new ReleasedError('the storage')
  }

  #failed(file: string, operation: StorageOperation, error: unknown): StorageError {
    if (error instanceof StorageError) return error
    return new StorageError(file, operation, `expected to ${operation} ${file} in ${this.#directory}`, error)
  }
}
