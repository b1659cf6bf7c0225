// A held lock and the value that it guards.

import { ReleasedError } from '../errors.js'
import type { MutexSteps } from './mutex-steps.js'

/**
 * Ends with `release`, `abandon` or the end of its lease. A guard that is neither released nor disposed of keeps the lock until its lease ends.
 * Any use after the end throws ReleasedError, also after an end that threw.
 */
export class FabricMutexGuard<T> {
  readonly #steps: MutexSteps<T>
  readonly #fence: number
  /** The cell that was published when the lock was taken; the other is the holder's to write. */
  readonly #cell: number
  #value: T
  /** Whether there is a value to publish: the one that the steps have staged. */
  #isSet = false
  #isOpen = true

  /** Use `FabricMutex.lock`. */
  constructor(steps: MutexSteps<T>, fence: number, cell: number, value: T) {
    this.#steps = steps
    this.#fence = fence
    this.#cell = cell
    this.#value = value
    steps.session.openGuards += 1
  }

  /**
   * Higher than that of every acquisition before, 1 to 2^39 - 1: what a store outside the arena compares, to refuse who was replaced. Throws
   * ReleasedError after the end, as any use does: whoever needs the number later keeps it.
   */
  get fence(): number {
    this.#requireOpen()
    return this.#fence
  }

  /** As read at acquisition, or as last set. */
  get value(): T {
    this.#requireOpen()
    return this.#value
  }

  /** The value that `release` publishes; encoded now, published then. Throws FabricError `IoError`; the value before it stays then. */
  set(value: T): void {
    this.#requireOpen()
    this.#steps.stage(value)
    this.#value = value
    this.#isSet = true
  }

  /** Sets what `f` makes of the value. */
  update(f: (value: T) => T): void {
    this.#requireOpen()
    const value = f(this.#value)
    this.set(value)
  }

  /**
   * Publishes the value that was set, if one was, and unlocks.
   *
   * @throws FabricError `Fenced` where the lock was taken over, `LeaseExpired`, `Revoked` or `Disconnected` where the lease is over: the value
   * was not published
   */
  release(): void {
    this.#close()
    if (this.#isSet) this.#steps.publish(this.#fence, this.#cell)
    else this.#steps.unlock(this.#fence, this.#cell, this.#cell)
  }

  /** Unlocks; what was set is dropped. Throws as {@link release}. */
  abandon(): void {
    this.#close()
    this.#steps.unlock(this.#fence, this.#cell, this.#cell)
  }

  /** {@link release}, if the guard is still open. Its errors propagate: after a block that ends without one, the value is published. */
  [Symbol.dispose](): void {
    if (this.#isOpen) this.release()
  }

  #close(): void {
    this.#requireOpen()
    this.#isOpen = false
    this.#steps.session.openGuards -= 1
  }

  #requireOpen(): void {
    if (!this.#isOpen) throw new ReleasedError(`the guard with fence ${this.#fence}`)
  }
}
