// For the tests of the qsbr invariants: a manager's memory written word by word, and executors whose state is set by hand.

import { blankSnapshot, type Executor, type ExecutorSnapshot, ManagerMemory, type QsbrView } from './manager-memory.js'

export class Manager implements QsbrView {
  readonly memory: ManagerMemory
  readonly executors: (HandMade | undefined)[] = []
  readonly #halves: Int32Array

  constructor() {
    const buffer = new SharedArrayBuffer(64)
    this.memory = new ManagerMemory(buffer)
    this.#halves = new Int32Array(buffer, 16, 2)
  }

  /** Sets the word: sets as lists of ids. */
  word(epoch: number, registered: readonly number[], pending: readonly number[] = registered): this {
    this.#halves[0] = (setOf(registered) << 16) | setOf(pending)
    this.#halves[1] = epoch | 0
    return this
  }

  /** Sets some of what an executor knows of itself. */
  executor(peer: number, state: Partial<ExecutorSnapshot>): this {
    const executor = this.executors[peer] ?? new HandMade()
    this.executors[peer] = executor
    Object.assign(executor.state, state)
    return this
  }
}

export class HandMade implements Executor {
  readonly state: ExecutorSnapshot = { ...blankSnapshot(), phase: 'registered' }

  inspect(reuse: ExecutorSnapshot = blankSnapshot()): ExecutorSnapshot {
    return Object.assign(reuse, this.state)
  }

  pendingReclaims(): number {
    return this.state.openSize + this.state.closedBags.reduce((sum, bag) => sum + bag.size, 0)
  }
}

export const viewOf = (manager: Manager): QsbrView => manager

function setOf(ids: readonly number[]): number {
  return ids.reduce((set, id) => set | (1 << id), 0)
}
