// A storage that tells of a failed sync and does nothing about it, as the specification has it. The system has given up the bytes, but reads still show them: a
// recovery counts the markers that it reads, its own sync succeeds, and they are gone at the next power failure.

import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { StorageError } from '../../../primitives/write-coordinator/errors.js'
import type { Storage } from '../../../primitives/write-coordinator/public.js'

export class FailedSyncKeepsBytesStorage implements Storage {
  readonly #directory: string
  /** By file: its descriptor. */
  readonly #fds = new Map<string, number>()
  /** By file: its bytes. */
  readonly #ends = new Map<string, number>()

  constructor(directory: string) {
    this.#directory = directory
  }

  size(file: string): number {
    this.#open(file)
    return this.#ends.get(file) as number
  }

  append(file: string, bytes: Uint8Array): number {
    const fd = this.#open(file)
    const offset = this.size(file)
    failingWith(file, () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, offset + done)
    })
    this.#ends.set(file, offset + bytes.length)
    return offset
  }

  sync(file: string): void {
    const fd = this.#open(file)
    failingWith(file, () => fsyncSync(fd))
  }

  read(file: string, offset: number, length: number): Uint8Array {
    const fd = this.#open(file)
    const bytes = new Uint8Array(length)
    failingWith(file, () => {
      for (let done = 0; done < length; ) done += readSync(fd, bytes, done, length - done, offset + done)
    })
    return bytes
  }

  truncate(file: string, size: number): void {
    const fd = this.#open(file)
    failingWith(file, () => ftruncateSync(fd, size))
    this.#ends.set(file, size)
  }

  /** Makes the file durable by name when it is new. */
  #open(file: string): number {
    const known = this.#fds.get(file)
    if (known !== undefined) return known
    const path = join(this.#directory, file)
    const fd = openSync(path, existsSync(path) ? 'r+' : 'w+')
    this.#fds.set(file, fd)
    this.#ends.set(file, fstatSync(fd).size)
    const directory = openSync(this.#directory, 'r')
    fsyncSync(directory)
    closeSync(directory)
    return fd
  }
}

function failingWith(file: string, run: () => void): void {
  try {
    run()
  } catch (error) {
    throw new StorageError(file, 'append', `expected ${file} to be written and read`, error)
  }
}
