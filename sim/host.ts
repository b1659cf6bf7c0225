// What the stand-ins for globals ask of the execution that runs. One execution runs at a time; `host.current` is the
// engine's side of it while it runs and `undefined` at all other times, when stand-ins pass through to the real thing.

import type { Disk } from './disk/disk.js'
import type { FileOperation } from './disk/file-operation.js'
import type { Switch } from './instrument/contract.js'

/** What each `AsyncLocalStorage` holds, by the storage. Never changed: another context takes its place. */
export type AsyncContext = ReadonlyMap<object, unknown>

export interface Host {
  /** `setup`: world is being built. `peer`: code of a peer (or recovery) runs. `check`: invariants, `describe`, `deadlines` run. */
  readonly phase: 'setup' | 'peer' | 'check'
  /** Number of the running peer, 0-based; -1 outside phase `peer`. Each incarnation counts as a thread of its own in `threadId`. */
  readonly peer: number
  /** Power failures so far. */
  readonly boot: number
  /** Id that `worker_threads.threadId` shows: 1-based, one for each peer and incarnation; 0 outside phase `peer`. */
  readonly threadId: number
  /** The context of `node:async_hooks` in which the running peer's task runs; outside phase `peer` one for all. Ends with the execution. */
  asyncContext: AsyncContext | undefined
  /** What the wall clock of the running peer shows, ms since the Unix epoch, fraction allowed; true time outside phase `peer`. Reading it here is no step. */
  nowMs(): number
  /** Virtual time since the execution began, in ms: what `performance.now()` shows. */
  elapsedMs(): number
  /** A clock read as a step: `epoch` gives nowMs, `elapsed` gives elapsedMs. SWITCH where it is pending. */
  clockRead(kind: 'epoch' | 'elapsed'): number | Switch
  /** Next 32 random bits of the running peer's own seeded stream (one for all peers in `setup`), as a signed integer. */
  randomInt32(): number
  /** An atomic operation ran in code that is not stepped. `Atomics.wait` calls {@link Host.wouldBlock} instead. */
  insideOneStep(operation: string): void
  /** Throws: a blocking operation was reached in code that cannot be stepped. Names the operation. */
  wouldBlock(operation: string): never
  /** Wakes waiters: `Atomics.notify` in code that is not stepped. Returns how many. */
  notify(array: Int32Array | BigInt64Array, index: number, count: number): number
  /** `Atomics.waitAsync` in code that is not stepped. */
  waitAsync(array: Int32Array | BigInt64Array, index: number, value: number | bigint, timeoutMs: number): { async: boolean; value: unknown }
  /** Starts a timer of the running peer on virtual time; its callback runs as a task of that peer. Returns its number. */
  startTimer(callback: (...args: unknown[]) => unknown, delayMs: number, args: readonly unknown[], repeat: boolean): number
  stopTimer(id: number): void
  /** Queues a task of the running peer: `tick` for `process.nextTick`, `microtask` for `queueMicrotask` (the default), `immediate` for `setImmediate`. */
  enqueue(callback: (...args: unknown[]) => unknown, args: readonly unknown[], kind?: 'tick' | 'microtask' | 'immediate'): void
  /** The disk of the execution, which all peers share. */
  readonly disk: Disk
  /** An operation on the disk as a step: SWITCH, after which the twin must `yield`, and is resumed with the result or the exception. */
  fileStep(operation: FileOperation): Switch
  /** The same in code that is not stepped: does it at once. Throws what the operation throws. */
  fileInsideOneStep(operation: FileOperation): unknown
  /** A module was evaluated while the execution ran, by what the user's `file` says in `what`: the execution does not count and is run again. */
  moduleLoaded(what: string, file: string): void
  /** Throws {@link OutsideWorldError}: the call would make the run depend on the outside world. */
  refuse(call: string): never
}

/** Instrumented code called something that no replay could repeat. */
export class OutsideWorldError extends Error {
  override readonly name = 'OutsideWorldError'
  /** The call as the user knows it, for example `fetch` or `fs.symlinkSync`. */
  readonly call: string
  constructor(call: string) {
    super(
      `${call} reaches outside the simulation, so no replay could repeat it; expected code that uses only shared memory, clocks, timers, seeded randomness and the synchronous calls of node:fs that the virtual disk has`,
    )
    this.call = call
  }
}

/** Instrumented code would block inside one step, where nothing could ever wake it. */
export class BlockingInsideStepError extends Error {
  override readonly name = 'BlockingInsideStepError'
}

/** The execution that runs, if one does. */
export const host: { current: Host | undefined } = { current: undefined }

/** Runs code that is no part of the execution that runs, as the top level of a module is not: it sees the real world. */
export function outsideExecution<T>(run: () => T): T {
  const { current } = host
  host.current = undefined
  try {
    return run()
  } finally {
    host.current = current
  }
}
