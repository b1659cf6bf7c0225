// A storage that hands everything on to another: variants change what a flush asks of the files.

import type { Storage } from '../../../primitives/write-coordinator/public.js'

export class PassingStorage implements Storage {
  protected readonly storage: Storage

  constructor(storage: Storage) {
    this.storage = storage
  }

  size(file: string): number {
    return this.storage.size(file)
  }

  append(file: string, bytes: Uint8Array): number {
    return this.storage.append(file, bytes)
  }

  sync(file: string): void {
    this.storage.sync(file)
  }

  read(file: string, offset: number, length: number): Uint8Array {
    return this.storage.read(file, offset, length)
  }

  truncate(file: string, size: number): void {
    this.storage.truncate(file, size)
  }
}
