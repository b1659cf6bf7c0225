// A storage in memory that can crash, and submissions.

import {
  CAPSULES,
  CapsuleLog,
  type CommitSubmission,
  type CoordinatorOptions,
  MARKERS,
  PROOFS,
  type Storage,
  StorageError,
  type StorageOperation,
  WriteCoordinator,
} from './public.js'

/** What survives a crash is decided for each of these. */
export const SECTOR_BYTES = 512

/** Draws an integer from 0 to `bound - 1`. */
export type Draw = (bound: number) => number

interface MemoryFile {
  /** What everybody sees. */
  seen: Uint8Array
  /** What survives in any case: as of the last sync. */
  durable: Uint8Array
}

/** Files in memory, each with what is seen and what is durable. */
export class MemoryStorage implements Storage {
  readonly files = new Map<string, MemoryFile>()
  /** `append markers`, `sync proofs`, … but not `size` and `read`. */
  readonly calls: string[] = []
  /** Called before each call takes effect; may throw. */
  before: (operation: StorageOperation, file: string) => void = () => {}

  size(file: string): number {
    return this.files.get(file)?.seen.length ?? 0
  }

  append(file: string, bytes: Uint8Array): number {
    this.#call('append', file)
    const old = this.files.get(file) ?? { seen: new Uint8Array(0), durable: new Uint8Array(0) }
    const seen = new Uint8Array(old.seen.length + bytes.length)
    seen.set(old.seen)
    seen.set(bytes, old.seen.length)
    this.files.set(file, { seen, durable: old.durable })
    return old.seen.length
  }

  sync(file: string): void {
    this.#call('sync', file)
    const found = this.#existing(file, 'sync')
    found.durable = found.seen
  }

  read(file: string, offset: number, length: number): Uint8Array {
    this.before('read', file)
    const { seen } = this.#existing(file, 'read')
    if (offset + length > seen.length) throw new StorageError(file, 'read', `expected ${length} bytes at ${offset}, got a file of ${seen.length}`)
    return seen.slice(offset, offset + length)
  }

  truncate(file: string, size: number): void {
    this.#call('truncate', file)
    const found = this.#existing(file, 'truncate')
    found.seen = found.seen.slice(0, size)
  }

  /** What a power failure leaves, of sectors and sizes that were not synced as the draws have it. A cut that is undone brings back what was there. */
  crashed(draw: Draw): MemoryStorage {
    const after = new MemoryStorage()
    for (const [name, { seen, durable }] of this.files) {
      const size = draw(2) === 0 ? durable.length : seen.length
      const left = new Uint8Array(size)
      left.set(durable.subarray(0, size))
      for (let begin = 0; begin < Math.min(size, seen.length); begin += SECTOR_BYTES) {
        const isNew = !isSame(seen, durable, begin) && draw(2) === 1
        if (isNew) left.set(seen.subarray(begin, Math.min(begin + SECTOR_BYTES, size)), begin)
      }
      after.set(name, left)
    }
    return after
  }

  /** What a killed process leaves: the system still has everything. */
  killed(): MemoryStorage {
    const after = new MemoryStorage()
    for (const [name, { seen, durable }] of this.files) after.files.set(name, { seen, durable })
    return after
  }

  bytes(file: string): Uint8Array {
    return this.files.get(file)?.seen ?? new Uint8Array(0)
  }

  /** Puts a durable file there. */
  set(file: string, bytes: Uint8Array): void {
    this.files.set(file, { seen: bytes, durable: bytes })
  }

  /** All bytes, to be compared. */
  contents(): Record<string, number[]> {
    return Object.fromEntries([CAPSULES, PROOFS, MARKERS].map((file) => [file, [...this.bytes(file)]]))
  }

  #call(operation: StorageOperation, file: string): void {
    this.before(operation, file)
    this.calls.push(`${operation} ${file}`)
  }

  #existing(file: string, operation: StorageOperation): MemoryFile {
    const found = this.files.get(file)
    if (found === undefined) throw new StorageError(file, operation, `expected a file ${file}, got none`)
    return found
  }
}

function isSame(one: Uint8Array, other: Uint8Array, begin: number): boolean {
  const end = begin + SECTOR_BYTES
  return Buffer.compare(one.subarray(begin, end), other.subarray(begin, end)) === 0
}

/** A coordinator and what submits to it. */
export interface Bench {
  readonly storage: MemoryStorage
  readonly coordinator: WriteCoordinator
  readonly capsules: CapsuleLog
  /** A submission with a capsule of its own; by default it reads nothing and begins at the newest snapshot. */
  submission(txnId: number, fields?: Partial<CommitSubmission>): CommitSubmission
}

export function setUp(groupCommitMax = 8, storage = new MemoryStorage(), initialSeq = 0, options?: CoordinatorOptions): Bench {
  return bench(storage, new WriteCoordinator('grouped', initialSeq, groupCommitMax, storage, options))
}

/** As {@link setUp}, with what is there. */
export function recovered(storage: MemoryStorage, groupCommitMax = 8): Bench {
  return bench(storage, WriteCoordinator.recover('grouped', groupCommitMax, storage))
}

function bench(storage: MemoryStorage, coordinator: WriteCoordinator): Bench {
  const capsules = new CapsuleLog(storage)
  const submission = (txnId: number, fields: Partial<CommitSubmission> = {}): CommitSubmission => ({
    submitterId: txnId % 100,
    txnId,
    beginSeq: coordinator.publishedSeq,
    writePages: [txnId],
    readPages: [],
    inEdges: [],
    outEdges: [],
    capsule: fields.capsule ?? capsules.append(payloadOf(txnId)),
    ...fields,
  })
  return { storage, coordinator, capsules, submission }
}

/** Data of a transaction: some bytes that tell it. */
export function payloadOf(txnId: number): Uint8Array {
  return new TextEncoder().encode(`data of ${txnId}`.padEnd(20 + (txnId % 13), '.'))
}

/** Commits some transactions, `groups[i]` in group i, with ids from `firstTxnId` on. Returns the submissions. */
export function commitGroups({ coordinator, submission }: Bench, groups: readonly number[], firstTxnId = 1): CommitSubmission[] {
  const submissions: CommitSubmission[] = []
  for (const size of groups) {
    for (let i = 0; i < size; i++) {
      const one = submission(firstTxnId + submissions.length)
      const outcome = coordinator.submit(one, 0n)
      if (!outcome.ok) throw new Error(`expected a number, got ${outcome.result.kind}`)
      submissions.push(one)
    }
    coordinator.flushBatch()
  }
  return submissions
}
