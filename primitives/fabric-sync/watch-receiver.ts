// A receiving end of a watch.

import type { Codec } from './codec.js'
import { requirePolls } from './lease-limits.js'
import type { MemLease } from './mem-lease.js'
import { sessionOf } from './primitive-block.js'
import { openWatch } from './watch-block.js'
import { inspectWatch, type WatchState } from './watch-inspect.js'
import { WatchReceiveSteps } from './watch-receive-steps.js'

/**
 * Sees the latest value; values that were replaced before it looked are skipped.
 *
 * Every call checks the caller's lease first and throws FabricError `LeaseExpired`, `Revoked`, `Fenced` or `Disconnected` where it is over.
 */
export class WatchReceiver<T> {
  readonly #steps: WatchReceiveSteps<T>

  /** Use {@link watch} or {@link WatchReceiver.attach}. */
  constructor(steps: WatchReceiveSteps<T>) {
    this.#steps = steps
  }

  /**
   * Opens a watch that another party made. Writes nothing. It has seen version 0, so a later value is a new one.
   *
   * @throws BadLayoutError where there is none, or it is half made; FabricError `Unsupported` for a codec of another size; BadArgumentError
   */
  static attach<T>(lease: MemLease, baseOffset: number, codec: Codec<T>): WatchReceiver<T> {
    return new WatchReceiver(new WatchReceiveSteps(openWatch(sessionOf(lease), baseOffset, codec)))
  }

  /** Version of the value that this receiver read last, by `borrow` or `recv`; 0 before the first. */
  get lastSeen(): number {
    return this.#steps.lastSeen
  }

  /** The latest value, which counts as seen from now on. Throws FabricError `IoError` where the codec throws, or the sender overtook it 64 times. */
  borrow(): T {
    return this.#steps.borrow()
  }

  /** Whether there is a newer value than the one that was read last. */
  changed(): boolean {
    return this.#steps.changed()
  }

  /**
   * The latest value, after waiting until there is one that is newer than what was read last. The caller's leases are not renewed meanwhile: wait for
   * less than they run, renew, and wait again.
   *
   * @param maxPolls how many times it may sleep, up to 1 ms each: 0 to 2^31 - 1
   * @throws FabricError `Disconnected` where the channel is closed and the last value was seen; `Timeout`; `IoError` as {@link borrow};
   * BadArgumentError
   */
  recv(maxPolls: number): T {
    requirePolls(maxPolls)
    return this.#steps.recv(maxPolls)
  }

  /** Whether the channel is closed. It keeps its last value. */
  isClosed(): boolean {
    return this.#steps.isClosed()
  }

  /** The watch as plain data, for invariants. Exact only while no party takes a step. */
  inspect(): WatchState {
    return inspectWatch(this.#steps.watch)
  }
}
