// What the write coordinator's scenarios share: one coordinator over files in one directory, used by submitters and flushers that take turns on it, as
// the tasks of one thread do.

import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { type DiskView, type Machine, virtualDisk } from 'heddle'
import type { CoordinatorView } from '../../invariants/write-coordinator/public.js'
import { capsuleBytes } from '../../primitives/write-coordinator/capsule-record.js'
import { FILE_HEADER_BYTES } from '../../primitives/write-coordinator/file-header.js'
import { viewOf as viewOfBytes } from '../../primitives/write-coordinator/little-endian.js'
import { MARKER_BYTES, markerFields } from '../../primitives/write-coordinator/marker-record.js'
import {
  CAPSULES,
  CapsuleLog,
  type CapsuleRef,
  CommitBoard,
  MARKERS,
  NodeFileStorage,
  type OperatingMode,
  WriteCoordinator,
} from '../../primitives/write-coordinator/public.js'
import { OneCallStorage } from './one-call-storage.js'
import type { Subject } from './subject.js'

const DIRECTORY = '/data'
/** The header and seven markers fill a sector: with so many commits before, the next group has one marker in this sector and the others in the next. */
export const FILLED_TO_SECTOR = 6
/** Transactions and pages of commits that are there when the first peer begins lie above these. */
const FILLING_TXN_ID = 1_000_000
const FILLING_PAGE = 1_000_000
/** Of the published number on a board. */
const BOARD_WORD_OFFSET = 8

export interface WorldOptions {
  readonly mode?: OperatingMode
  readonly groupCommitMax?: number
  /** Whether there is a board. */
  readonly withBoard?: boolean
}

export interface CoordinatorWorld extends CoordinatorView {
  readonly subject: Subject
  readonly mode: OperatingMode
  coordinator: WriteCoordinator | undefined
  readonly storage: OneCallStorage
  readonly capsules: CapsuleLog
  readonly board: CommitBoard | undefined
  readonly disk: DiskView
  /** One word: 1 once there is a coordinator. */
  readonly ready: Int32Array
  /** One word that counts what flushers may have to look at. */
  readonly bell: Int32Array
  /** Submitters that have not ended: flushers go on until there is none. */
  submittersLeft: number
  /** How often the coordinator was recovered since the machine booted. */
  recoveries: number
  /** Size of the file of capsules when the coordinator was recovered last. */
  capsulesFoundBytes: number
}

/** Where the invariants find what they look at. */
export const viewOf = (world: CoordinatorWorld): CoordinatorView => world

/** A world whose directory is open, and without a coordinator. */
export function emptyWorld(subject: Subject, submitters: number, options: WorldOptions = {}): CoordinatorWorld {
  const { mode = 'grouped', groupCommitMax = 4, withBoard = false } = options
  const { storage: Files = NodeFileStorage } = subject
  makeDirectory()
  const storage = new OneCallStorage(new Files(DIRECTORY))
  return {
    subject,
    mode,
    groupCommitMax,
    coordinator: undefined,
    storage,
    capsules: new CapsuleLog(storage),
    board: withBoard ? CommitBoard.init(new SharedArrayBuffer(CommitBoard.byteLength()), 0) : undefined,
    disk: virtualDisk(),
    directory: DIRECTORY,
    ready: new Int32Array(new SharedArrayBuffer(4)),
    bell: new Int32Array(new SharedArrayBuffer(4)),
    submittersLeft: submitters,
    recoveries: 0,
    capsulesFoundBytes: 0,
  }
}

/** A world with a fresh coordinator, made before the first step. */
export function freshWorld(subject: Subject, submitters: number, options: WorldOptions = {}): CoordinatorWorld {
  const world = emptyWorld(subject, submitters, options)
  world.coordinator = new subject.coordinator(world.mode, 0, world.groupCommitMax, world.storage, world.board === undefined ? {} : { board: world.board })
  return world
}

/** As {@link emptyWorld}, but when the machine boots for the first time there are `count` commits, made by the good coordinator, and a coordinator. */
export function filledWorld(subject: Subject, submitters: number, { boot }: Machine, count: number): CoordinatorWorld {
  const world = emptyWorld(subject, submitters)
  if (boot > 0) return world
  const { storage, capsules } = world
  const filler = new WriteCoordinator('grouped', 0, count, storage)
  for (let nth = 1; nth <= count; nth++) {
    const capsule = capsules.append(new Uint8Array([nth]))
    const txnId = FILLING_TXN_ID + nth
    filler.submit({ submitterId: 0, txnId, beginSeq: 0, writePages: [FILLING_PAGE + nth], readPages: [], inEdges: [], outEdges: [], capsule }, BigInt(nth))
  }
  filler.flushBatch()
  recoverWorld(world)
  return world
}

/** Goes on with whatever is in the files: what a machine does that boots. */
export function recoverWorld(world: CoordinatorWorld): void {
  world.coordinator = undefined
  const options = world.board === undefined ? {} : { board: world.board }
  const { subject, mode, groupCommitMax, storage } = world
  world.coordinator = storage.recovering(() => {
    const coordinator = subject.coordinator.recover(mode, groupCommitMax, storage, options)
    world.capsulesFoundBytes = storage.size(CAPSULES)
    return coordinator
  })
  world.recoveries += 1
}

/** Whether the file of markers ends with one that others of its group were written behind. */
export function endsTorn({ disk, directory }: CoordinatorWorld): boolean {
  const bytes = disk.view(`${directory}/${MARKERS}`)?.current
  return bytes !== undefined && bytes.length > FILE_HEADER_BYTES && !markerFields(viewOfBytes(bytes), bytes.length - MARKER_BYTES).lastOfGroup
}

/** Whether others were appended where this capsule of an earlier coordinator was. */
export function isReplaced({ storage, capsulesFoundBytes }: CoordinatorWorld, { offset, length }: CapsuleRef): boolean {
  return offset >= capsulesFoundBytes && offset + capsuleBytes(length) <= storage.size(CAPSULES)
}

/** The state shown in reports. */
export function describe({ coordinator, board }: CoordinatorWorld): Readonly<Record<string, unknown>> {
  if (coordinator === undefined) return { coordinator: 'none' }
  const { state, pending, outbox, busy } = coordinator.inspect()
  return {
    state: busy ? `${state}, busy` : state,
    'tip/durable/published': `${coordinator.commitSeqTip}/${coordinator.durableSeq}/${coordinator.publishedSeq}`,
    epoch: coordinator.currentEpoch,
    pending: pending.map((entry) => `${entry.commitSeq} ${entry.state}`).join(', '),
    outbox: outbox.map((result) => `${result.txnId} ${result.kind}`).join(', '),
    ...(board === undefined ? {} : { board: board.publishedSeq() }),
  }
}

/** Names the shared words in reports. */
export function locate(world: CoordinatorWorld, buffer: ArrayBufferLike, byteOffset: number): string | undefined {
  if (buffer === world.ready.buffer) return 'ready'
  if (buffer === world.bell.buffer) return 'bell'
  if (buffer === world.storage.lock.buffer) return 'capsule file'
  if (world.board === undefined) return undefined
  return byteOffset === BOARD_WORD_OFFSET ? 'board' : `board header+${byteOffset}`
}

/** Durably, so that a power failure leaves the directory there. */
function makeDirectory(): void {
  if (existsSync(DIRECTORY)) return
  mkdirSync(DIRECTORY)
  const fd = openSync('/', 'r')
  fsyncSync(fd)
  closeSync(fd)
}
