// The locks of the slots: many readers or one writer, one word each (lock-word.ts). Steps are named as in the specification: L1, L2, U1 to
// U3 for readers, W1 to W3 for writers.
//
// A writer that waits stands in the word as pending and keeps new readers out, so it waits for those that are inside and for other
// writers, not for later readers. There is one pending place; who gets it, and who of a reader and the next writer comes first, is decided
// by whoever succeeds first. A reader can be overtaken by an endless run of writers.
//
// A peer that finds its own reader bit or writer field is refused: it would wait for itself, or be in the set once for two guards.
//
// Waiting: SLEEPERS is set in the word, then `Atomics.wait` on that value, at most 50 ms. Whoever lets the last one out clears it and
// wakes all. If that peer dies in between, or the word changes before the sleep, a sleeper is late by one such wait and no more.

import { CorruptStateError } from '../errors.js'
import { CAS_FAILURES_MAX } from '../peer-table.js'
import { AlreadyBorrowedError, BorrowActiveError, LockTimeoutError } from './errors.js'
import {
  DIRTY,
  hasReader,
  hasWriter,
  isHeld,
  keepsReadersOut,
  POISONED,
  pendingFieldIn,
  pendingFieldOf,
  pendingOf,
  readerBitOf,
  readersOf,
  SLEEPERS,
  withoutPending,
  withoutWriter,
  writerFieldOf,
  writerOf,
} from './lock-word.js'
import { lockIndexOf, type ManagerMemory } from './manager-memory.js'

/** Longest single sleep, in ms. */
const SLEEP_MS_MAX = 50

export class SlotLocks {
  protected readonly memory: ManagerMemory

  constructor(memory: ManagerMemory) {
    this.memory = memory
  }

  /** L1, L2: returns the lock word with the reader in it. Throws AlreadyBorrowedError, LockTimeoutError. */
  lockRead(slotIdx: number, peer: number, waitMsMax: number): number {
    const { words, peers } = this.memory
    const lockIndex = lockIndexOf(this.memory, slotIdx)
    let deadlineMs: number | undefined
    let failures = 0
    for (;;) {
      const lock = Atomics.load(words, lockIndex) // L1
      if (this.isMine(lock, peer)) throw new AlreadyBorrowedError(slotIdx, peer)
      if (!keepsReadersOut(lock)) {
        const entered = this.withReader(lock, peer)
        const seen = Atomics.compareExchange(words, lockIndex, lock, entered) // L2
        if (seen === lock) return entered
        failures += 1
        if (failures % CAS_FAILURES_MAX === 0) peers.nap(peer)
        continue
      }
      const nowMs = performance.now()
      deadlineMs ??= nowMs + waitMsMax
      if (nowMs >= deadlineMs) throw timeoutOf(slotIdx, waitMsMax, lock)
      this.sleep(lockIndex, lock, deadlineMs - nowMs)
    }
  }

  /** U1 to U3. */
  unlockRead(slotIdx: number, peer: number): void {
    const lockIndex = lockIndexOf(this.memory, slotIdx)
    const lock = this.leaveReaders(lockIndex, peer) // U1
    if ((lock & SLEEPERS) !== 0 && !isHeld(lock)) this.wake(lockIndex)
  }

  /** W1 to W3, to change the message: throws AlreadyBorrowedError, LockTimeoutError. Returns the lock word with the writer in it. */
  lockWrite(slotIdx: number, peer: number, waitMsMax: number): number {
    return this.#enterAsWriter(slotIdx, peer, waitMsMax, false)
  }

  /** W1 to W3, to free the slot: throws BorrowActiveError, LockTimeoutError. */
  lockFree(slotIdx: number, peer: number, waitMsMax: number): void {
    this.#enterAsWriter(slotIdx, peer, waitMsMax, true)
  }

  /** X2: from here on the writer may have changed the message. */
  markDirty(slotIdx: number): void {
    const lockIndex = lockIndexOf(this.memory, slotIdx)
    Atomics.or(this.memory.words, lockIndex, DIRTY)
  }

  /** Lets the writer out and clears DIRTY, and POISONED too where the message is gone. Then U2, U3. */
  unlockFree(slotIdx: number, peer: number, freed: boolean): void {
    this.#leaveAsWriter(slotIdx, peer, freed ? DIRTY | POISONED : DIRTY, 0)
  }

  /** Lets the writer out and clears DIRTY; a poisoned message stays so until it is freed. Then U2, U3. */
  unlockWrite(slotIdx: number, peer: number, poisoned: boolean): void {
    this.#leaveAsWriter(slotIdx, peer, DIRTY, poisoned ? POISONED : 0)
  }

  /** U2, U3. */
  wake(lockIndex: number): void {
    Atomics.and(this.memory.words, lockIndex, ~SLEEPERS)
    Atomics.notify(this.memory.words, lockIndex)
  }

  /** Whether the peer holds a guard on the slot, by its lock word. */
  isMine(lock: number, peer: number): boolean {
    return hasReader(lock, peer) || hasWriter(lock, peer)
  }

  /** Whether the lock word says anything of the peer. */
  names(lock: number, peer: number): boolean {
    return hasReader(lock, peer) || hasWriter(lock, peer) || pendingFieldIn(lock) === this.pendingField(peer)
  }

  /** The lock word once everything of a dead peer is taken out of it but the writer's DIRTY and POISONED. */
  withoutPeer(lock: number, peer: number): number {
    let left = lock & ~readerBitOf(peer)
    if (pendingFieldIn(lock) === pendingFieldOf(peer)) left = withoutPending(left)
    return hasWriter(lock, peer) ? withoutWriter(left) : left
  }

  /** What stands in the pending field while the peer waits there. */
  protected pendingField(peer: number): number {
    return pendingFieldOf(peer)
  }

  protected withReader(lock: number, peer: number): number {
    return lock | readerBitOf(peer)
  }

  /** U1: takes the reader out; returns the word without it. */
  protected leaveReaders(lockIndex: number, peer: number): number {
    const bit = readerBitOf(peer)
    const before = Atomics.and(this.memory.words, lockIndex, ~bit)
    return before & ~bit
  }

  #enterAsWriter(slotIdx: number, peer: number, waitMsMax: number, toFree: boolean): number {
    const { words, peers } = this.memory
    const lockIndex = lockIndexOf(this.memory, slotIdx)
    const pendingField = this.pendingField(peer)
    let deadlineMs: number | undefined
    let failures = 0
    for (;;) {
      const lock = Atomics.load(words, lockIndex) // W1
      if (this.isMine(lock, peer)) throw toFree ? new BorrowActiveError(slotIdx, peer) : new AlreadyBorrowedError(slotIdx, peer)
      const pending = pendingFieldIn(lock)
      const free = !isHeld(lock) && (pending === 0 || pending === pendingField)
      if (free || pending === 0) {
        const next = free ? withoutPending(lock) | writerFieldOf(peer) : lock | pendingField
        const seen = Atomics.compareExchange(words, lockIndex, lock, next) // W2, W3
        if (seen === lock && free) return next
        failures = seen === lock ? 0 : failures + 1
        if (failures !== 0 && failures % CAS_FAILURES_MAX === 0) peers.nap(peer)
        continue
      }
      const nowMs = performance.now()
      deadlineMs ??= nowMs + waitMsMax
      if (nowMs >= deadlineMs) {
        this.#withdrawPending(lockIndex, peer)
        throw timeoutOf(slotIdx, waitMsMax, pending === pendingField ? withoutPending(lock) : lock)
      }
      this.sleep(lockIndex, lock, deadlineMs - nowMs)
    }
  }

  /** After a time-out. Whoever waited because of this peer is woken, whether others are inside or not. */
  #withdrawPending(lockIndex: number, peer: number): void {
    const { words, peers } = this.memory
    const pendingField = this.pendingField(peer)
    let failures = 0
    for (;;) {
      const lock = Atomics.load(words, lockIndex)
      if (pendingFieldIn(lock) !== pendingField) return
      const withdrawn = withoutPending(lock)
      const seen = Atomics.compareExchange(words, lockIndex, lock, withdrawn)
      if (seen === lock) {
        if ((lock & SLEEPERS) !== 0) this.wake(lockIndex)
        return
      }
      failures += 1
      if (failures % CAS_FAILURES_MAX === 0) peers.nap(peer)
    }
  }

  #leaveAsWriter(slotIdx: number, peer: number, clear: number, set: number): void {
    const { words, peers } = this.memory
    const lockIndex = lockIndexOf(this.memory, slotIdx)
    let failures = 0
    for (;;) {
      const lock = Atomics.load(words, lockIndex)
      if (!hasWriter(lock, peer)) throw new CorruptStateError(`expected peer ${peer} to hold the write lock of slot ${slotIdx}, got lock word ${lock}`)
      const left = (withoutWriter(lock) & ~clear) | set
      const seen = Atomics.compareExchange(words, lockIndex, lock, left)
      if (seen === lock) {
        if ((lock & SLEEPERS) !== 0) this.wake(lockIndex)
        return
      }
      // Others may set SLEEPERS or pending meanwhile, a few times at most.
      failures += 1
      if (failures % CAS_FAILURES_MAX === 0) peers.nap(peer)
    }
  }

  /** Blocks the thread for at most `ms`, and for at most one slice; the caller then loads the word again. */
  protected sleep(lockIndex: number, lock: number, ms: number): void {
    const { words } = this.memory
    const sleeping = lock | SLEEPERS
    if (sleeping !== lock) {
      const seen = Atomics.compareExchange(words, lockIndex, lock, sleeping)
      if (seen !== lock) return
    }
    Atomics.wait(words, lockIndex, sleeping, Math.min(ms, SLEEP_MS_MAX))
  }
}

function timeoutOf(slotIdx: number, waitMsMax: number, lock: number): LockTimeoutError {
  return new LockTimeoutError(slotIdx, waitMsMax, readersOf(lock), writerOf(lock), pendingOf(lock))
}
