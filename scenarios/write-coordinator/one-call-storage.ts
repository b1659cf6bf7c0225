// A storage that runs one call for the capsule file at a time, as a storage asks of its users: transactions append to that file whenever they like, and a
// flush syncs it. A recovery has the file to itself. Calls for the other files are kept apart by the coordinator, or it is the coordinator's fault.

import { CAPSULES, type Storage } from '../../primitives/write-coordinator/public.js'

const FREE = 0
const TAKEN = 1
const RECOVERING = 2

export class OneCallStorage implements Storage {
  /** One word: whether a call for the capsule file runs, or a recovery. */
  readonly lock = new Int32Array(new SharedArrayBuffer(4))
  #isRecovering = false
  readonly #storage: Storage

  constructor(storage: Storage) {
    this.#storage = storage
  }

  size(file: string): number {
    return this.#storage.size(file)
  }

  append(file: string, bytes: Uint8Array): number {
    if (file !== CAPSULES) return this.#storage.append(file, bytes)
    this.#take(TAKEN)
    try {
      return this.#storage.append(file, bytes)
    } finally {
      this.#release()
    }
  }

  sync(file: string): void {
    // Nobody but the recovery syncs while one runs.
    if (file !== CAPSULES || this.#isRecovering) {
      this.#storage.sync(file)
      return
    }
    this.#take(TAKEN)
    try {
      this.#storage.sync(file)
    } finally {
      this.#release()
    }
  }

  /** Runs a recovery of files that have their headers, so that it appends nothing. Transactions that want to append wait until it is over. */
  recovering<Result>(recover: () => Result): Result {
    this.#take(RECOVERING)
    this.#isRecovering = true
    try {
      return recover()
    } finally {
      this.#isRecovering = false
      this.#release()
    }
  }

  read(file: string, offset: number, length: number): Uint8Array {
    return this.#storage.read(file, offset, length)
  }

  truncate(file: string, size: number): void {
    this.#storage.truncate(file, size)
  }

  #take(state: number): void {
    for (;;) {
      const found = Atomics.compareExchange(this.lock, 0, FREE, state)
      if (found === FREE) return
      Atomics.wait(this.lock, 0, found)
    }
  }

  #release(): void {
    Atomics.store(this.lock, 0, FREE)
    Atomics.notify(this.lock, 0)
  }
}
