// One peer's use of a coordinator: each call is told to the invariants. What a transaction does is read at a snapshot, write a capsule, submit.

import type { PeerHandle } from 'heddle'
import { coordinatorEvents } from '../../invariants/write-coordinator/public.js'
import type { CommitMarker, CommitResult, CommitSubmission, ReadOnlySubmission, SubmitOutcome } from '../../primitives/write-coordinator/public.js'
import { type CoordinatorWorld, recoverWorld } from './coordinator-world.js'

/** Transactions of one peer in one life of the machine. */
const TRANSACTIONS_MAX = 100
const PEERS_MAX = 16
/** 2026-01-01, in ns. */
const NOW_UNIX_NS = 1_767_225_600_000_000_000n

/** What a transaction reads and writes. */
export interface Draft {
  readonly writePages: readonly number[]
  readonly readPages?: readonly number[]
  readonly inEdges?: readonly number[]
  readonly outEdges?: readonly number[]
}

export class CoordinatorUser {
  readonly #world: CoordinatorWorld
  readonly #me: PeerHandle
  #transactionCount = 0

  constructor(world: CoordinatorWorld, me: PeerHandle) {
    this.#world = world
    this.#me = me
  }

  get coordinator() {
    const { coordinator } = this.#world
    if (coordinator === undefined) throw new Error('expected a coordinator in the world, got none')
    return coordinator
  }

  /** An id that no other transaction has, in any life of the machine. */
  nextTxnId(): number {
    const { id, incarnation } = this.#me
    this.#transactionCount += 1
    return (incarnation * PEERS_MAX + id) * TRANSACTIONS_MAX + this.#transactionCount
  }

  /** A transaction that began at `beginSeq`: its capsule is written, in steps. */
  prepare(beginSeq: number, draft: Draft, txnId: number = this.nextTxnId()): CommitSubmission {
    const payload = new Uint8Array([txnId & 255, txnId >> 8, ...draft.writePages.map((page) => page & 255)])
    const capsule = this.#world.capsules.append(payload)
    const { writePages, readPages = [], inEdges = [], outEdges = [] } = draft
    return { submitterId: this.#me.id, txnId, beginSeq, writePages, readPages, inEdges, outEdges, capsule }
  }

  submit(submission: CommitSubmission): SubmitOutcome {
    const { coordinator } = this
    const outcome = this.#me.call(coordinatorEvents.SUBMIT, [submission, NOW_UNIX_NS] as const, (s, now) => coordinator.submit(s, now))
    this.#announce()
    return outcome
  }

  submitAndCommit(submission: CommitSubmission): CommitResult {
    const { coordinator } = this
    return this.#me.call(coordinatorEvents.SUBMIT_AND_COMMIT, [submission, NOW_UNIX_NS] as const, (s, now) => coordinator.submitAndCommit(s, now))
  }

  submitReadOnly(beginSeq: number, readPages: readonly number[], outEdges: readonly number[] = []): CommitResult | undefined {
    const { coordinator } = this
    const submission: ReadOnlySubmission = { submitterId: this.#me.id, txnId: this.nextTxnId(), beginSeq, readPages, outEdges }
    return this.#me.call(coordinatorEvents.SUBMIT_READ_ONLY, [submission] as const, (s) => coordinator.submitReadOnly(s))
  }

  validate(submission: CommitSubmission): CommitResult | undefined {
    const { coordinator } = this
    return this.#me.call(coordinatorEvents.VALIDATE, [submission] as const, (s) => coordinator.validate(s))
  }

  fsync1(): number {
    const { coordinator } = this
    return this.#me.call(coordinatorEvents.FSYNC1, [] as const, () => coordinator.fsync1())
  }

  appendMarkers(): CommitMarker[] {
    const { coordinator } = this
    return this.#me.call(coordinatorEvents.APPEND_MARKERS, [] as const, () => coordinator.appendMarkersAndFsync2())
  }

  drain(): CommitResult[] {
    const { coordinator } = this
    return this.#me.call(coordinatorEvents.DRAIN, [] as const, () => coordinator.drainCommitted())
  }

  flush(): CommitResult[] {
    const { coordinator } = this
    return this.#me.call(coordinatorEvents.FLUSH, [] as const, () => coordinator.flushBatch())
  }

  takeResult(commitSeq: number): CommitResult | undefined {
    const { coordinator } = this
    return this.#me.call(coordinatorEvents.TAKE_RESULT, [commitSeq] as const, (seq) => coordinator.takeResult(seq))
  }

  shutdown(): void {
    const { coordinator } = this
    this.#me.call(coordinatorEvents.SHUTDOWN, [] as const, () => coordinator.initiateShutdown())
  }

  /** Goes on with whatever is in the files; the world has a new coordinator then. */
  recover(): void {
    const world = this.#world
    this.#me.call(coordinatorEvents.RECOVER, [world.mode, world.groupCommitMax] as const, (_mode, _max) => recoverWorld(world))
  }

  /** Runs what hands over a submission that no transaction may make. */
  mustRefuse(run: () => unknown): void {
    try {
      run()
    } catch (error) {
      if (codeOf(error) !== 'WC_INVALID_SUBMISSION') throw error
      return
    }
    throw new Error('expected a submission to be refused')
  }

  /** As {@link flush}; undefined if another flush runs. After a failure of the storage, what a drain hands out. */
  tryFlush(): CommitResult[] | undefined {
    try {
      return this.flush()
    } catch (error) {
      const code = codeOf(error)
      if (code === 'WC_FAILED') return this.drain()
      if (code !== 'WC_BUSY') throw error
      return undefined
    }
  }

  /**
   * Flushes, by one call or by three, whenever something was submitted, until a flush that was not refused began after the last submitter had left.
   * Whoever refuses it flushes itself, and once more if that was too early.
   */
  flushUntilDone(flush: () => unknown): void {
    for (;;) {
      const seen = Atomics.load(this.#world.bell, 0)
      const isLast = this.#world.submittersLeft === 0
      const done = flush() !== undefined
      if (isLast && done) break
      Atomics.wait(this.#world.bell, 0, seen)
    }
    this.#announce()
  }

  /** Blocks until there is a coordinator. Between this and the next step it stays. */
  awaitCoordinator(): void {
    while (this.#world.coordinator === undefined) Atomics.wait(this.#world.ready, 0, 0)
  }

  /** Blocks until all submitters have left. */
  awaitSubmitters(): void {
    for (;;) {
      const seen = Atomics.load(this.#world.bell, 0)
      if (this.#world.submittersLeft === 0) return
      Atomics.wait(this.#world.bell, 0, seen)
    }
  }

  /** Recovers, and wakes who waits for that. */
  boot(): void {
    Atomics.store(this.#world.ready, 0, 0)
    this.recover()
    Atomics.store(this.#world.ready, 0, 1)
    Atomics.notify(this.#world.ready, 0)
  }

  /** The peer submits nothing more. */
  leave(): void {
    this.#world.submittersLeft -= 1
    this.#announce()
  }

  /** Wakes flushers. */
  #announce(): void {
    Atomics.add(this.#world.bell, 0, 1)
    Atomics.notify(this.#world.bell, 0)
  }
}

/** The code of a primitive's error; undefined for any other. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
