// Actors: whatever a strategy may pick. Peers and recoveries run code in steps; the environment's actors move time or do harm.

import { CallStack } from './call-stack.js'
import type { FileOperation } from './disk/file-operation.js'
import type { AsyncContext } from './host.js'
import type { AtomicArray } from './instrument/contract.js'
import { isOnDisk, NONE, operationName, TASK } from './operation.js'
import { TaskQueues } from './task-queues.js'

/** Numbers of actors: peers from 0, recoveries from 16, the environment at the end of the five bits that the trace has. */
export const RECOVERY_FIRST = 16
export const ENVIRONMENT_FIRST = 26
export const DISK_ID = 26
export const POWER_ID = 27
export const CLOCK_ID = 28
export const CRASHER_ID = 29
export const RESTARTER_ID = 30
export const ACCUSER_ID = 31

export type ActorState = 'ready' | 'blocked' | 'done' | 'crashed'

export class Actor {
  readonly id: number
  /** `peer`, a kind of the scenario, `recovery`; `clock`, `crasher`, … */
  readonly kind: string
  /** As reports show it. */
  readonly name: string
  incarnation = 0
  state: ActorState = 'done'
  /** Place in the execution's list of ready actors; -1 when not there. */
  slot = -1
  /** The code that runs; empty between tasks. */
  readonly calls = new CallStack()

  // The pending operation: what the actor does when it is picked next.
  operation = NONE
  site = -1
  array: AtomicArray | undefined = undefined
  index = 0
  first: unknown = undefined
  second: unknown = undefined

  /** How far its wall clock is ahead of true time, in ms. */
  clockAheadMs = 0

  /** Hash of its steps so far: what it did and saw. */
  observed = 0

  /** What `node:async_hooks` keeps for the task that runs. */
  asyncContext: AsyncContext | undefined = undefined

  /** Tasks that are due. */
  readonly tasks = new TaskQueues()
  /** Timers and promises that will bring a task. */
  awaited = 0
  /** Those of them that are promises. */
  promises = 0
  /** The promise that its code returned is pending: without it the peer cannot end. */
  unfinished = false
  /** The body that runs is the peer's own code, not a callback of its event loop. */
  isMain = false
  /** It waits until promises have settled. */
  settling = false
  /** Where the pending operation was asked for; only kept in detailed executions. */
  stack: string | undefined = undefined

  constructor(id: number, kind: string, name: string) {
    this.id = id
    this.kind = kind
    this.name = name
  }

  /** What it has pending, if that is done to the disk. */
  get file(): FileOperation | undefined {
    return isOnDisk(this.operation) ? (this.first as FileOperation) : undefined
  }

  /** What it has pending, as reports and recordings show it. */
  get operationName(): string {
    return this.file?.name ?? operationName(this.operation)
  }

  /** The next step starts a task of its event loop, which touches nothing. */
  expectTask(): void {
    this.operation = TASK
    this.site = -1
    this.array = undefined
    this.index = 0
    this.first = undefined
  }

  /** Says what the actor does when it is picked next. */
  leavePending(operation: number, site: number, array: AtomicArray | undefined, index: number, first: unknown): void {
    this.operation = operation
    this.site = site
    if (this.array !== array) this.array = array
    this.index = index
    this.first = first
  }

  /** Forgets everything: the actor is as before its first step. */
  reset(): void {
    this.state = 'done'
    this.slot = -1
    this.calls.clear()
    this.operation = NONE
    this.site = -1
    this.array = undefined
    this.index = 0
    this.first = undefined
    this.second = undefined
    this.stack = undefined
    this.incarnation = 0
    this.clockAheadMs = 0
    this.observed = 0
    this.asyncContext = undefined
    this.tasks.clear()
    this.awaited = 0
    this.promises = 0
    this.unfinished = false
    this.isMain = false
    this.settling = false
  }
}
