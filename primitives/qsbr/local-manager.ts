// One executor's part of a manager: its epoch, what it has retired, and the operations by which it says that it holds no reference.
//
//   registered  counted in the shared word; passes
//   paused      temporarily deregistered; holds no references; its bags wait
//   evicted     removed by a host and has noticed it; may only deregister
//   left        deregistering: not counted any more, bags still wait
//   gone        deregistered
//
// Freeing rule: a bag with tag t is freed when the epoch is t + 2 or more, or when nobody is registered.
//
// Why two epochs. A pass of epoch e may come before the retirement, so the move from e to e + 1 proves nothing about it. The move from e + 1 to
// e + 2 needs a pass of every registered executor made inside epoch e + 1, which began after the owner's own pass of e and therefore after the
// retirement. An executor that registers later never saw the object.
//
// Source: quiescent-state-based reclamation, P. E. McKenney and J. D. Slingwine, "Read-Copy Update", PDCS 1998, with the epochs of
// K. Fraser, "Practical lock-freedom", 2004, section 5.2.3; light_qsbr, repaired: as published it frees one epoch too early, keeps epoch
// and counts in two words, and cannot remove a dead executor.

import { threadId } from 'node:worker_threads'
import { requireInteger, WAIT_MS_DEFAULT, WAIT_MS_MAX } from '../argument-checks.js'
import { BadArgumentError } from '../errors.js'
import { epochsSince } from './epoch-word.js'
import { DeregisterTimeoutError, EvictedError, NotRegisteredError, PausedError, ReclaimError, ReentrancyError } from './errors.js'
import type { QsbrMemory } from './layout.js'
import type { Reclaimer } from './retired-bag.js'
import { RetiredBags } from './retired-bags.js'
import type { SharedManager } from './shared-manager.js'

export type ExecutorPhase = 'registered' | 'paused' | 'evicted' | 'left' | 'gone'

export interface ClosedBagState {
  tag: number
  /** Entries in it. */
  size: number
}

/** What {@link LocalManager.inspect} returns. */
export interface ExecutorState {
  executorId: number
  phase: ExecutorPhase
  localEpoch: number
  /** Whether it has passed in its local epoch. */
  passed: boolean
  /** Entries of the open bag. */
  openSize: number
  /** Oldest first. */
  closedBags: ClosedBagState[]
}

/** Bags are freed when the epoch is this far ahead of their tag. */
const GRACE_EPOCHS = 2

/**
 * One executor's handle. Made by `SharedManager.registerNewExecutor`; belongs to the thread that registered.
 *
 * Every operation throws `NotRegisteredError` once the executor has left.
 */
export class LocalManager {
  protected readonly shared: SharedManager
  protected readonly memory: QsbrMemory
  protected readonly executorId: number
  /** By thread id: the handle's local managers, of which this one takes itself out. */
  readonly #locals: Map<number, LocalManager>
  protected phase: ExecutorPhase = 'registered'
  /** The epoch that this executor has noticed last: the word's or, until it looks again, one behind. */
  protected localEpoch: number
  /** `performance.now()` at which the local epoch began for it. */
  protected startMs: number
  /** Whether it has passed in the local epoch. */
  protected passed = false
  protected readonly bags = new RetiredBags()
  /** Whether entries are being run: what frees must not be called from inside. */
  protected freeing = false
  /** What entries threw in the running call. */
  readonly #errors: unknown[] = []

  /**
   * @param locals the handle's, by thread id
   * @param joined the word in which the executor was registered
   * @param startMs `performance.now()` from before that
   */
  constructor(shared: SharedManager, memory: QsbrMemory, locals: Map<number, LocalManager>, executorId: number, joined: bigint, startMs: number) {
    this.shared = shared
    this.memory = memory
    this.executorId = executorId
    this.localEpoch = memory.steps.epochWord.epoch(joined)
    this.startMs = startMs
    this.#locals = locals
  }

  /**
   * Deregisters this thread's executor: as {@link LocalManager.deregister} of its local manager.
   *
   * @throws NotRegisteredError when the thread has none
   */
  static deregister(shared: SharedManager, waitMsMax?: number): void {
    shared.localManager().deregister(waitMsMax)
  }

  /**
   * Retires `ref`: `reclaimer.free(ref)` is called once no executor can hold a reference to it. Call it after the object was unlinked.
   *
   * @throws BadArgumentError, PausedError, EvictedError (the object is not retired then)
   */
  scheduleDeallocate<R>(reclaimer: Reclaimer<R>, ref: R): void {
    requireReclaimer(reclaimer)
    this.#requireMayRetire()
    this.bags.addAddress(reclaimer, ref)
  }

  /** Retires each of `refs`, in order. As {@link scheduleDeallocate}. */
  scheduleDeallocateSlice<R>(reclaimer: Reclaimer<R>, refs: readonly R[]): void {
    requireReclaimer(reclaimer)
    if (!Array.isArray(refs)) throw new BadArgumentError('refs', refs, 'an array')
    this.#requireMayRetire()
    for (let at = 0; at < refs.length; at++) this.bags.addAddress(reclaimer, refs[at] as R)
  }

  /**
   * Calls `f` once every executor that is registered now has passed or left. It may schedule more; it must not pass, pause, resume or deregister.
   * As {@link scheduleDeallocate}.
   */
  scheduleDrop(f: () => void): void {
    if (typeof f !== 'function') throw new BadArgumentError('f', f, 'a function')
    this.#requireMayRetire()
    this.bags.addClosure(f)
  }

  /**
   * Says that the caller holds no reference to protected objects, neither now nor during the call, and frees what is due.
   *
   * @param now `performance.now()`, in ms
   * @returns how many entries this call freed
   * @throws BadArgumentError, PausedError, EvictedError, ReentrancyError; ReclaimError after all entries were run
   */
  maybePassEpoch(now: number): number {
    if (typeof now !== 'number' || now - now !== 0) throw new BadArgumentError('now', now, 'a finite number of ms')
    this.#requireNotFreeing('maybePassEpoch')
    this.#requireRegistered()
    if (now - this.startMs < this.memory.epochMsMin) return 0 // T0
    const { steps } = this.memory
    const word = steps.load() // T1
    const epoch = steps.epochWord.epoch(word)
    const isIn = steps.isIn(this.executorId, word, this.localEpoch, this.passed)
    if (!isIn) throw this.#evicted()
    if (epoch !== this.localEpoch) return this.#reactTo(word, now) // T2
    if (this.passed) return 0 // T3
    this.bags.close(epoch) // T4
    this.passed = true
    const after = steps.pass(this.executorId, word) // T5, T6
    if (after === undefined) throw this.#evicted()
    return steps.epochWord.epoch(after) === epoch ? 0 : this.#reactTo(after, now)
  }

  /**
   * Leaves for a while, so that nobody waits for this executor: before it blocks. The caller holds no reference to protected objects until it has
   * resumed. What it retired waits.
   *
   * @throws PausedError, EvictedError, ReentrancyError
   */
  temporaryDeregister(): void {
    this.#requireNotFreeing('temporaryDeregister')
    this.#requireRegistered()
    const departure = this.memory.steps.leave(this.executorId) // Q1, Q2
    if (departure === undefined) throw this.#evicted()
    // The epoch of the word that was replaced: the local one may be one behind, and what was retired since would be freed too early.
    this.bags.close(this.memory.steps.epochWord.epoch(departure.before)) // Q3
    this.phase = 'paused'
  }

  /**
   * Registers again, in the present epoch, and frees what is due.
   *
   * @returns how many entries this call freed
   * @throws PausedError unless paused; AlreadyRegisteredError when another thread has taken the id meanwhile (still paused then);
   *   ReentrancyError; ReclaimError after all entries were run
   */
  resumeAfterTemporaryDeregister(): number {
    this.#requireNotFreeing('resumeAfterTemporaryDeregister')
    if (this.phase !== 'paused') {
      this.#requireRegistered()
      throw new PausedError(this.executorId, 'paused')
    }
    const now = performance.now()
    const joined = this.memory.steps.join(this.executorId) // J1, J2
    this.phase = 'registered'
    return this.#reactTo(joined, now)
  }

  /**
   * Leaves, and waits until all entries are freed: other executors must pass or leave. The caller holds no reference to protected objects.
   *
   * @param waitMsMax how long to wait, in ms: 0 to 600,000, default 1000
   * @throws DeregisterTimeoutError when entries are left after that: the executor has left, calling again goes on waiting;
   *   BadArgumentError, ReentrancyError; ReclaimError after all entries were run
   */
  deregister(waitMsMax: number = WAIT_MS_DEFAULT): void {
    requireInteger('waitMsMax', waitMsMax, 0, WAIT_MS_MAX)
    this.#requireNotFreeing('deregister')
    if (this.phase === 'gone') throw this.#deregistered()
    this.#leaveForGood() // E1
    const left = this.#freeWithin(waitMsMax)
    if (left > 0) throw new DeregisterTimeoutError(left, waitMsMax, this.#takeErrors())
    this.forget()
    this.#throwErrors()
  }

  /** The epoch that this executor has noticed last: the shared one, or one behind. */
  currentEpoch(): number {
    return this.localEpoch
  }

  /** The handle through which it was registered. */
  sharedManager(): SharedManager {
    return this.shared
  }

  /** How many entries it has retired that were not freed yet. */
  pendingReclaims(): number {
    return this.bags.size
  }

  /**
   * Its state as plain data, for invariants. No step.
   *
   * @param reuse a state that is filled anew and returned, so that looking after every step creates little
   */
  inspect(reuse?: ExecutorState): ExecutorState {
    const state = reuse ?? { executorId: 0, phase: 'gone', localEpoch: 0, passed: false, openSize: 0, closedBags: [] }
    state.executorId = this.executorId
    state.phase = this.phase
    state.localEpoch = this.localEpoch
    state.passed = this.passed
    state.openSize = this.bags.openSize
    const { closed } = this.bags
    if (state.closedBags.length > closed.length) state.closedBags.length = closed.length
    for (let at = 0; at < closed.length; at++) {
      const { tag, size } = closed[at] as ClosedBagState
      const shown = state.closedBags[at]
      if (shown === undefined) state.closedBags[at] = { tag, size }
      else {
        shown.tag = tag
        shown.size = size
      }
    }
    return state
  }

  /** The freeing rule, for an executor that others may still have to pass for. */
  protected isDue(tag: number, epoch: number): boolean {
    return epochsSince(epoch, tag) >= GRACE_EPOCHS
  }

  /** Runs the bags that are due by the word; what they throw is kept for the end of the call. Returns how many entries were run. */
  protected freeDue(word: bigint): number {
    const { epochWord } = this.memory.steps
    const epoch = epochWord.epoch(word)
    const nobodyRegistered = epochWord.registered(word) === 0
    let count = 0
    this.freeing = true
    for (;;) {
      const oldest = this.bags.closed[0]
      if (oldest === undefined || !(nobodyRegistered || this.isDue(oldest.tag, epoch))) break
      count += this.bags.runOldest(this.#errors)
    }
    this.freeing = false
    return count
  }

  /** The executor is gone; the thread may register another one. */
  protected forget(): void {
    this.phase = 'gone'
    this.#locals.delete(threadId)
  }

  /** A new epoch has begun for this executor. */
  #reactTo(word: bigint, now: number): number {
    this.localEpoch = this.memory.steps.epochWord.epoch(word)
    this.startMs = now
    this.passed = false
    const count = this.freeDue(word)
    this.#throwErrors()
    return count
  }

  /** E1: out of both sets, unless paused, evicted or called again. */
  #leaveForGood(): void {
    if (this.phase === 'registered') {
      const { steps } = this.memory
      const departure = steps.leave(this.executorId)
      if (departure !== undefined) this.bags.close(steps.epochWord.epoch(departure.before))
    }
    this.phase = 'left'
  }

  /** E2: frees until nothing is left, or for so long; returns how many entries are left. */
  #freeWithin(waitMsMax: number): number {
    const { steps } = this.memory
    let deadlineMs: number | undefined
    for (;;) {
      const word = steps.load()
      // What an evicted executor retired, and what closures scheduled in the round before: this epoch began after that.
      this.bags.close(steps.epochWord.epoch(word))
      this.freeDue(word)
      if (this.bags.size === 0) return 0
      const nowMs = performance.now()
      deadlineMs ??= nowMs + waitMsMax
      if (nowMs >= deadlineMs) return this.bags.size
      // Blocks the thread for at most 1 ms; an epoch that moves wakes it earlier.
      steps.sleep(word, deadlineMs - nowMs)
    }
  }

  #requireRegistered(): void {
    if (this.phase === 'registered') return
    if (this.phase === 'paused') throw new PausedError(this.executorId, 'registered')
    if (this.phase === 'evicted') throw new EvictedError(this.executorId)
    throw this.#deregistered()
  }

  /** Entries may schedule more, also while their executor is leaving. */
  #requireMayRetire(): void {
    if (this.phase === 'registered' || (this.freeing && this.phase === 'left')) return
    this.#requireRegistered()
  }

  #requireNotFreeing(operation: string): void {
    if (this.freeing) throw new ReentrancyError(operation)
  }

  #evicted(): EvictedError {
    this.phase = 'evicted'
    return new EvictedError(this.executorId)
  }

  #deregistered(): NotRegisteredError {
    return new NotRegisteredError(`executor ${this.executorId} to be registered`, 'it deregistered')
  }

  #throwErrors(): void {
    const failed = this.#takeErrors()
    if (failed !== undefined) throw failed
  }

  #takeErrors(): ReclaimError | undefined {
    return this.#errors.length === 0 ? undefined : new ReclaimError(this.#errors.splice(0))
  }
}

function requireReclaimer(reclaimer: Reclaimer<never>): void {
  const free: unknown = (reclaimer as { free?: unknown } | null | undefined)?.free
  if (typeof free !== 'function') throw new BadArgumentError('reclaimer', reclaimer, 'an object with a method free')
}
