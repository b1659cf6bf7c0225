// Quiescent-state-based reclamation: an object that was unlinked from a lock-free structure is freed once every registered executor has passed
// a quiescent point, a moment at which it holds no reference into the structure. The shared part: who is registered, and the epoch.
//
// One word holds both (epoch-word.ts), and every operation is one compare-and-swap of it (epoch-steps.ts). What an executor retired stays in its
// own thread (local-manager.ts), so it is lost with the thread: the host then waits for the grace epoch and takes the objects back by
// other means, as `VarSlotPool.reclaimPeerSlots` does.

import { threadId } from 'node:worker_threads'
import { isBelow, requireInteger, requireSharedBuffer } from '../argument-checks.js'
import { BadArgumentError, ReleasedError } from '../errors.js'
import { EPOCH_WORD_INDEX } from './epoch-steps.js'
import { countOf, epochsSince, executorsIn } from './epoch-word.js'
import { AlreadyRegisteredError, ManagerInUseError, NotRegisteredError } from './errors.js'
import { checkedOptions, formatManager, MANAGER_BYTES, openManager, type QsbrMemory, type QsbrOptions } from './layout.js'
import { type ExecutorState, LocalManager } from './local-manager.js'

/** What {@link SharedManager.inspect} returns. */
export interface SharedManagerState {
  epoch: number
  /** Executor ids, ascending. */
  registered: number[]
  /** Those of them that have not passed in this epoch. */
  pending: number[]
  /** By thread id: the executors that were registered through this handle or a clone of it. */
  executors: Map<number, ExecutorState>
}

/** An object that was unlinked in this epoch is unreachable when the epoch is so many ahead. */
const GRACE_EPOCHS = 2
const EPOCH_MAX = 2 ** 32 - 1

/**
 * One thread's handle on a manager.
 *
 * ```ts
 * const manager = SharedManager.create({ executorCapacity: 2, epochMsMin: 0 })
 * const local = manager.registerNewExecutor(0)
 *
 * const freed = []
 * local.scheduleDeallocate({ free: (name) => freed.push(name) }, 'a') // after "a" was unlinked
 * local.maybePassEpoch(performance.now()) // in the thread's loop, where it holds no reference
 * local.maybePassEpoch(performance.now())
 * assert(freed[0] === 'a')
 * local.deregister()
 * ```
 */
export class SharedManager {
  protected readonly memory: QsbrMemory
  /** By thread id. A handle belongs to one thread, so there is one entry at most; clones share it. */
  protected readonly locals: Map<number, LocalManager>
  #closed = false

  protected constructor(memory: QsbrMemory, locals: Map<number, LocalManager>) {
    this.memory = memory
    this.locals = locals
  }

  /** How many bytes a manager takes: 64. Pure. */
  static byteLength(): number {
    return MANAGER_BYTES
  }

  /** A manager in a buffer of its own, which other threads attach: `manager.buffer`. Throws BadArgumentError. */
  static create(options?: QsbrOptions): SharedManager {
    return SharedManager.init(new SharedArrayBuffer(MANAGER_BYTES), 0, options)
  }

  /**
   * Formats a manager. Needs the memory to itself, zeroed.
   *
   * @param byteOffset a multiple of 64
   * @throws BadArgumentError, BadLayoutError; the memory is unchanged then
   */
  static init(buffer: SharedArrayBuffer, byteOffset: number, options?: QsbrOptions): SharedManager {
    requireSharedBuffer('buffer', buffer)
    formatManager(buffer, byteOffset, checkedOptions(options))
    return SharedManager.attach(buffer, byteOffset)
  }

  /** Opens a formatted manager, from any thread. Writes nothing. Throws BadArgumentError, BadLayoutError. */
  static attach(buffer: SharedArrayBuffer, byteOffset: number): SharedManager {
    requireSharedBuffer('buffer', buffer)
    return new SharedManager(openManager(buffer, byteOffset), new Map())
  }

  /** The buffer that the manager lies in: what other threads attach. */
  get buffer(): SharedArrayBuffer {
    return this.memory.buffer
  }

  /** Where in the buffer the manager begins, in bytes. */
  get byteOffset(): number {
    return this.memory.byteOffset
  }

  /** A second handle of the same thread: it knows the same local manager, and is closed apart. */
  clone(): SharedManager {
    this.#requireOpen()
    return new SharedManager(this.memory, this.locals)
  }

  /**
   * Registers this thread under an id that nobody has. From now on nothing that is retired is freed before this executor has passed.
   *
   * @param executorId 0 to the manager's executor capacity - 1
   * @throws BadArgumentError, AlreadyRegisteredError
   */
  registerNewExecutor(executorId: number): LocalManager {
    this.#requireOpen()
    this.#requireExecutorId(executorId)
    if (this.locals.has(threadId)) throw new AlreadyRegisteredError(executorId, 'a thread that has one')
    const startMs = performance.now()
    const joined = this.memory.steps.join(executorId) // J1, J2
    const local = this.newLocalManager(executorId, joined, startMs)
    this.locals.set(threadId, local)
    return local
  }

  /** This thread's local manager. Throws NotRegisteredError when it has none. */
  localManager(): LocalManager {
    this.#requireOpen()
    const local = this.locals.get(threadId)
    if (local === undefined) throw new NotRegisteredError('the thread to have a local manager', 'none')
    return local
  }

  /** 0 to 2^32 - 1; goes round. */
  currentEpoch(): number {
    this.#requireOpen()
    const word = this.memory.steps.load()
    return this.memory.steps.epochWord.epoch(word)
  }

  /** How many executors are registered, and how many of them have not passed in this epoch: whoever stays silent stops all freeing. */
  executors(): { readonly registered: number; readonly notYetPassed: number } {
    this.#requireOpen()
    const { steps } = this.memory
    const word = steps.load()
    return { registered: countOf(steps.epochWord.registered(word)), notYetPassed: countOf(steps.epochWord.pending(word)) }
  }

  /**
   * Removes an executor whose thread is known to have ended. Its bags went with the thread; what is in them is unreachable once
   * {@link isGraceOver} says so for the epoch that is returned.
   *
   * @throws BadArgumentError, NotRegisteredError when nobody has the id
   */
  forceDeregister(executorId: number): number {
    this.#requireOpen()
    this.#requireExecutorId(executorId)
    const { steps } = this.memory
    const departure = steps.leave(executorId) // K1, K2
    if (departure === undefined) throw new NotRegisteredError(`executor ${executorId} to be registered`, 'an id that nobody has')
    steps.wakeWaiting()
    return graceAfter(steps.epochWord.epoch(departure.after))
  }

  /** The epoch at which what was unlinked before this call is unreachable. */
  graceEpoch(): number {
    this.#requireOpen()
    const word = this.memory.steps.load()
    return graceAfter(this.memory.steps.epochWord.epoch(word))
  }

  /** Whether that epoch has come, or nobody is registered. Throws BadArgumentError. */
  isGraceOver(graceEpoch: number): boolean {
    this.#requireOpen()
    requireInteger('graceEpoch', graceEpoch, 0, EPOCH_MAX)
    const { steps } = this.memory
    const word = steps.load()
    return epochsSince(steps.epochWord.epoch(word), graceEpoch) >= 0 || steps.epochWord.registered(word) === 0
  }

  /**
   * Ends this handle: every later use of it throws ReleasedError. Other handles, and the shared words, stay as they are.
   *
   * @throws ManagerInUseError while an executor is registered, in whichever thread; the handle stays open then
   */
  close(): void {
    this.#requireOpen()
    const word = this.memory.steps.load()
    const registered = this.memory.steps.epochWord.registered(word)
    if (registered !== 0) throw new ManagerInUseError(executorsIn(registered))
    this.#closed = true
  }

  /** The state as plain data, for invariants and for people. One load. */
  inspect(): SharedManagerState {
    const { steps } = this.memory
    const word = Atomics.load(steps.words, EPOCH_WORD_INDEX)
    const executors = new Map<number, ExecutorState>()
    for (const [thread, local] of this.locals) executors.set(thread, local.inspect())
    return {
      epoch: steps.epochWord.epoch(word),
      registered: executorsIn(steps.epochWord.registered(word)),
      pending: executorsIn(steps.epochWord.pending(word)),
      executors,
    }
  }

  /** Makes the local manager of an executor that has just been registered. */
  protected newLocalManager(executorId: number, joined: bigint, startMs: number): LocalManager {
    return new LocalManager(this, this.memory, this.locals, executorId, joined, startMs)
  }

  #requireOpen(): void {
    if (this.#closed) throw new ReleasedError('the handle of the manager')
  }

  #requireExecutorId(executorId: number): void {
    const { executorCapacity } = this.memory
    if (!isBelow(executorId, executorCapacity)) throw new BadArgumentError('executorId', executorId, `an integer from 0 to ${executorCapacity - 1}`)
  }
}

/** This thread's local manager. Throws NotRegisteredError when it has none. */
export function localManager(shared: SharedManager): LocalManager {
  return shared.localManager()
}

function graceAfter(epoch: number): number {
  return (epoch + GRACE_EPOCHS) >>> 0
}
