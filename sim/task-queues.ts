// What is due on one peer's event loop, in the order of Node: ticks, then microtasks, then one macrotask (timers before immediates), and over again.

import type { Body } from './call-stack.js'

/** Runs with an empty stack; gives a body where it can be stepped. */
export type Task = () => Body | undefined

/** `tick`: process.nextTick. `microtask`: promises and queueMicrotask. */
export type TaskKind = 'tick' | 'microtask' | 'timer' | 'immediate'

export class TaskQueues {
  readonly #queues: Readonly<Record<TaskKind, Task[]>> = { tick: [], microtask: [], timer: [], immediate: [] }
  #size = 0
  /** Once microtasks run, ticks wait until all of them have run. */
  #inMicrotasks = false
  /** Immediates of this turn of the loop; later ones wait for the next. */
  #immediatesLeft = 0

  get isEmpty(): boolean {
    return this.#size === 0
  }

  clear(): void {
    this.#inMicrotasks = false
    this.#immediatesLeft = 0
    if (this.#size === 0) return
    this.#size = 0
    for (const queue of Object.values(this.#queues)) queue.length = 0
  }

  add(kind: TaskKind, task: Task): void {
    this.#size++
    this.#queues[kind].push(task)
  }

  /** The next tick or microtask, without those ticks that wait for promises to settle. */
  nextMicrotask(): Task | undefined {
    const tick = this.#inMicrotasks ? undefined : this.#take('tick')
    if (tick !== undefined) return tick
    const microtask = this.#take('microtask')
    if (microtask !== undefined) this.#inMicrotasks = true
    return microtask
  }

  /** All microtasks have run and no promise brings another. */
  microtasksAreOver(): void {
    this.#inMicrotasks = false
  }

  nextMacrotask(): Task | undefined {
    if (this.#immediatesLeft === 0) {
      const timer = this.#take('timer')
      if (timer !== undefined) return timer
      this.#immediatesLeft = this.#queues.immediate.length
      if (this.#immediatesLeft === 0) return undefined
    }
    this.#immediatesLeft--
    return this.#take('immediate')
  }

  #take(kind: TaskKind): Task | undefined {
    const task = this.#queues[kind].shift()
    if (task !== undefined) this.#size--
    return task
  }
}
