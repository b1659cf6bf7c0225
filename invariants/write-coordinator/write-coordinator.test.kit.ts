// For the tests of the write coordinator's invariants: a disk whose files are written by hand, and a coordinator that says what it is told to.

import type { Invariant } from '../../sim/invariant.js'
import { Story } from '../invariants.test.kit.js'
import { chainedHash, crc32c } from './checksums.js'
import * as events from './coordinator-events.js'
import type { CapsuleRef, CommitResult, Coordinator, CoordinatorView, ReadOnlySubmission, Submission } from './coordinator-view.js'
import type { DiskFile, DiskView } from './surviving-file.js'

const SECTOR_BYTES = 512
const STORE_ID = 1_767_225_600_000n

export type FileName = 'capsules' | 'proofs' | 'markers'
const FILE_NAMES: readonly FileName[] = ['capsules', 'proofs', 'markers']

class HandWrittenFile implements DiskFile {
  current = new Uint8Array(0)
  durable = new Uint8Array(0)
  sectors = new Map<number, Uint8Array[]>()
  sizes = [0]

  write(offset: number, bytes: Uint8Array): void {
    const size = Math.max(this.current.length, offset + bytes.length)
    this.#resize(size)
    this.current.set(bytes, offset)
    for (let sector = Math.floor(offset / SECTOR_BYTES); sector * SECTOR_BYTES < offset + bytes.length; sector++) {
      const versions = this.sectors.get(sector) ?? [sectorOf(this.durable, sector)]
      versions.push(sectorOf(this.current, sector))
      this.sectors.set(sector, versions)
    }
  }

  truncate(size: number): void {
    this.#resize(size)
  }

  sync(): void {
    this.durable = this.current.slice()
    this.sectors = new Map()
    this.sizes = [this.durable.length]
  }

  /** A sync that fails: reads show what is lost, and no later sync writes it. */
  loseUnsynced(): void {
    this.sectors = new Map()
    this.sizes = [this.durable.length]
  }

  #resize(size: number): void {
    if (size === this.current.length) return
    const current = new Uint8Array(size)
    current.set(this.current.subarray(0, size))
    this.current = current
    this.sizes.push(size)
  }
}

/** A copy of one sector, with zeros behind the end of the file. */
function sectorOf(bytes: Uint8Array, sector: number): Uint8Array {
  const copy = new Uint8Array(SECTOR_BYTES)
  copy.set(bytes.subarray(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES))
  return copy
}

class HandWrittenDisk implements DiskView {
  version = 0
  readonly files = new Map<string, HandWrittenFile>()
  readonly unnamed = new Set<string>()

  view(path: string): DiskFile | undefined {
    const file = this.files.get(path)
    if (file === undefined) return undefined
    const sectors = new Map([...file.sectors].map(([sector, versions]) => [sector, [...versions]]))
    return { current: file.current.slice(), durable: file.durable, sectors, sizes: [...file.sizes] }
  }

  isNameDurable(path: string): boolean {
    return this.files.has(path) && !this.unnamed.has(path)
  }
}

export class HandMadeCoordinator implements Coordinator {
  mode: 'solo' | 'grouped' = 'grouped'
  state: 'open' | 'shutting-down' | 'failed' = 'open'
  commitSeqTip = 0
  durableSeq = 0
  publishedSeq = 0
  indexFloor = 0
  pendingCount = 0
  currentEpoch = 0
  readonly outcomes = new Map<number, number>()

  constructor(fields: Partial<Coordinator> = {}) {
    Object.assign(this, fields)
  }

  outcomeOf(txnId: number): number | undefined {
    return this.outcomes.get(txnId)
  }

  inspect(): unknown {
    return { outcomes: this.outcomes, chain: 7n }
  }
}

interface WrittenMarker {
  readonly commitSeq: number
  readonly epoch: number
  readonly chain: bigint
}

/** How a marker differs from what would be right. */
export interface MarkerFaults {
  readonly commitSeq?: number
  readonly epoch?: number
  readonly time?: bigint
  readonly chainBefore?: bigint
  readonly isFirst?: boolean
  readonly isLast?: boolean
  /** Where to write it; at the end if undefined. */
  readonly offset?: number
}

/** A store with its three files, and the coordinator of it. */
export class Machine implements CoordinatorView {
  coordinator: HandMadeCoordinator | undefined = new HandMadeCoordinator()
  groupCommitMax = 4
  retainedOutcomes: number | undefined
  board: { value: number; publishedSeq(): number } | undefined
  readonly directory = '/data'
  readonly disk = new HandWrittenDisk()
  readonly #proofs = new Map<number, { readonly offset: number; readonly length: number; readonly crc: number }>()
  #last: WrittenMarker = { commitSeq: 0, epoch: 0, chain: STORE_ID }

  constructor() {
    for (const [at, name] of FILE_NAMES.entries()) {
      this.disk.files.set(`/data/${name}`, new HandWrittenFile())
      this.append(name, headerBytes(at + 1))
      this.sync(name)
    }
  }

  file(name: FileName): HandWrittenFile {
    return this.disk.files.get(`/data/${name}`) as HandWrittenFile
  }

  append(name: FileName, bytes: Uint8Array, offset = this.file(name).current.length): number {
    this.file(name).write(offset, bytes)
    this.disk.version++
    return offset
  }

  sync(...names: readonly FileName[]): this {
    for (const name of names) this.file(name).sync()
    this.disk.version++
    return this
  }

  truncate(name: FileName, size: number): this {
    this.file(name).truncate(size)
    this.disk.version++
    return this
  }

  /** The power fails; of what is not synced, all survives in `kept` and nothing in the others. */
  powerFailure(...kept: readonly FileName[]): this {
    for (const name of FILE_NAMES) {
      const file = this.file(name)
      if (!kept.includes(name)) file.current = file.durable.slice()
      file.sync()
    }
    this.disk.version++
    this.coordinator = undefined
    return this
  }

  /** A submission whose capsule is in the file. */
  submission(txnId: number, fields: Partial<Submission> = {}): Submission {
    return { ...submissionOf(txnId), capsule: this.capsule(`of ${txnId}`), ...fields }
  }

  capsule(text: string): CapsuleRef {
    const payload = Buffer.from(text)
    const bytes = Buffer.alloc(Math.ceil((16 + payload.length) / 8) * 8)
    const crc = crc32c(payload)
    bytes.writeUInt32LE(0x31434348, 0)
    bytes.writeUInt32LE(payload.length, 4)
    bytes.writeUInt32LE(crc, 8)
    payload.copy(bytes, 16)
    return { offset: this.append('capsules', bytes), length: payload.length, crc }
  }

  proof(commitSeq: number, submission: Submission): this {
    const bytes = proofBytes(commitSeq, submission)
    const offset = this.append('proofs', bytes)
    this.#proofs.set(commitSeq, { offset, length: bytes.length, crc: bytes.readUInt32LE(bytes.length - 4) })
    return this
  }

  /** The next marker: its own group, unless told otherwise. */
  marker(faults: MarkerFaults = {}): this {
    const commitSeq = faults.commitSeq ?? this.#last.commitSeq + 1
    const isFirst = faults.isFirst ?? true
    const epoch = faults.epoch ?? this.#last.epoch + (isFirst ? 1 : 0)
    const proof = this.#proofs.get(commitSeq) ?? { offset: 0, length: 0, crc: 0 }
    const bytes = Buffer.alloc(64)
    bytes.writeUInt32LE(0x314d4348, 0)
    bytes.writeUInt16LE(1, 4)
    bytes.writeUInt16LE((isFirst ? 1 : 0) | ((faults.isLast ?? true) ? 2 : 0), 6)
    bytes.writeBigUInt64LE(BigInt(commitSeq), 8)
    bytes.writeBigUInt64LE(BigInt(epoch), 16)
    bytes.writeBigInt64LE(faults.time ?? BigInt(commitSeq) * 100n, 24)
    bytes.writeBigUInt64LE(BigInt(proof.offset), 32)
    bytes.writeUInt32LE(proof.length, 40)
    bytes.writeUInt32LE(proof.crc, 44)
    const chain = chainedHash(faults.chainBefore ?? this.#last.chain, bytes.subarray(0, 48))
    bytes.writeBigUInt64LE(chain, 48)
    bytes.writeUInt32LE(crc32c(bytes.subarray(0, 60)), 60)
    this.append('markers', bytes, faults.offset)
    this.#last = { commitSeq, epoch, chain }
    return this
  }

  /** The next marker follows this one: of a recovery that cut off the others. */
  continueAfter(last: WrittenMarker): this {
    this.#last = last
    return this
  }

  get lastMarker(): WrittenMarker {
    return this.#last
  }

  /** Makes submissions durable as one group, and the coordinator say so. */
  commit(...submissions: readonly Submission[]): this {
    const first = this.#last.commitSeq + 1
    for (const [at, submission] of submissions.entries()) this.proof(first + at, submission)
    this.sync('capsules', 'proofs')
    for (const at of submissions.keys()) this.marker({ isFirst: at === 0, isLast: at === submissions.length - 1 })
    this.sync('markers')
    const { coordinator } = this
    if (coordinator === undefined) return this
    const { commitSeq, epoch } = this.#last
    Object.assign(coordinator, { commitSeqTip: Math.max(coordinator.commitSeqTip, commitSeq), durableSeq: commitSeq, currentEpoch: epoch })
    return this
  }

  /** Publishes what is durable. */
  publish(): this {
    const { coordinator, board } = this
    if (coordinator !== undefined) coordinator.publishedSeq = coordinator.durableSeq
    if (board !== undefined) board.value = coordinator?.durableSeq ?? 0
    return this
  }

  /** Another coordinator, that found these transactions in the order of their numbers. */
  recovered(...txnIds: readonly number[]): this {
    const tip = txnIds.length
    this.coordinator = new HandMadeCoordinator({ commitSeqTip: tip, durableSeq: tip, publishedSeq: tip, currentEpoch: this.#last.epoch })
    for (const [at, txnId] of txnIds.entries()) this.coordinator.outcomes.set(txnId, at + 1)
    return this
  }

  withBoard(): this {
    const board = { value: 0, publishedSeq: () => board.value }
    this.board = board
    return this
  }
}

export const viewOf = (machine: Machine): CoordinatorView => machine

/** A submission of submitter 0 that writes page 1. */
export function submissionOf(txnId: number, fields: Partial<Submission> = {}): Submission {
  const capsule = { offset: 64, length: 1, crc: 0 }
  return { submitterId: 0, txnId, beginSeq: 0, writePages: [1], readPages: [], inEdges: [], outEdges: [], capsule, ...fields }
}

export function committed(commitSeq: number, txnId: number, submitterId = 0): CommitResult {
  return { submitterId, txnId, kind: 'committed', commitSeq }
}

/** Calls on a coordinator, told to an invariant. */
export class CommitStory extends Story<Machine> {
  readonly machine: Machine

  constructor(invariant: Invariant<Machine>, machine = new Machine()) {
    super(invariant, machine)
    this.machine = machine
  }

  /** What happens to the machine, and the step in which it does. */
  do(change: (machine: Machine) => unknown): this {
    change(this.machine)
    return this.step()
  }

  call(peer: number, operation: string, args: readonly unknown[], result?: unknown): this {
    return this.tell('invoke', peer, operation, args).tell('return', peer, operation, result)
  }

  throws(peer: number, operation: string, args: readonly unknown[], code: string): this {
    return this.tell('invoke', peer, operation, args).tell('throw', peer, operation, errorOf(code))
  }

  /** A submission that is given a number; the coordinator's tip is that. */
  submit(peer: number, submission: Submission, commitSeq: number): this {
    this.tell('invoke', peer, events.SUBMIT, [submission, 0n])
    const { coordinator } = this.machine
    if (coordinator !== undefined) coordinator.commitSeqTip = commitSeq
    return this.tell('return', peer, events.SUBMIT, { ok: true, commitSeq })
  }

  submitReadOnly(peer: number, submission: ReadOnlySubmission): this {
    return this.call(peer, events.SUBMIT_READ_ONLY, [submission], undefined)
  }

  flush(peer: number, ...results: readonly CommitResult[]): this {
    return this.call(peer, events.FLUSH, [], results)
  }

  powerFailure(...kept: readonly FileName[]): this {
    this.machine.powerFailure(...kept)
    return this.tell('power failure', 31, 'power')
  }
}

export function errorOf(code: string): Error {
  return Object.assign(new Error(code), { code })
}

function headerBytes(kind: number): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.writeUInt32LE(0x31574348, 0)
  bytes.writeUInt32LE(1, 4)
  bytes.writeUInt32LE(kind, 8)
  bytes.writeBigUInt64LE(STORE_ID, 16)
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 60)), 60)
  return bytes
}

function proofBytes(commitSeq: number, { beginSeq, txnId, capsule, writePages, readPages, inEdges, outEdges }: Submission): Buffer {
  const bytes = Buffer.alloc(Math.ceil((64 + 4 * (writePages.length + readPages.length) + 8 * (inEdges.length + outEdges.length) + 4) / 8) * 8)
  bytes.writeUInt32LE(0x31504348, 0)
  bytes.writeUInt32LE(bytes.length, 4)
  for (const [at, value] of [commitSeq, beginSeq, txnId, capsule.offset].entries()) bytes.writeBigUInt64LE(BigInt(value), 8 + 8 * at)
  bytes.writeUInt32LE(capsule.length, 40)
  bytes.writeUInt32LE(capsule.crc, 44)
  bytes.writeUInt32LE(writePages.length, 52)
  bytes.writeUInt32LE(readPages.length, 56)
  bytes.writeUInt16LE(inEdges.length, 60)
  bytes.writeUInt16LE(outEdges.length, 62)
  let at = 64
  for (const page of [...writePages, ...readPages]) at = bytes.writeUInt32LE(page, at)
  for (const edge of [...inEdges, ...outEdges]) at = bytes.writeBigUInt64LE(BigInt(edge), at)
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, bytes.length - 4)), bytes.length - 4)
  return bytes
}
