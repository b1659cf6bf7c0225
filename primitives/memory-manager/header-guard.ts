// A message whose header may be read. The lock is a reader's, so the header stays as it is while the guard is open.

import { Guard } from './guard.js'
import type { MessageHeader } from './message.js'

/** Held until {@link release}; at the end of a `using` scope it is released. Never handed to another thread. */
export class ConcurrentHeaderGuard extends Guard {
  #header: MessageHeader | undefined

  /** A copy of the header. Throws ReleasedError. */
  get header(): Readonly<MessageHeader> {
    this.requireOpen()
    this.#header ??= this.data.header(this.slotIdx)
    return this.#header
  }

  /** Lets writers in again. Throws ReleasedError if it was released before. */
  release(): void {
    this.close()
    this.locks.unlockRead(this.slotIdx, this.peer)
  }

  [Symbol.dispose](): void {
    if (this.isOpen) this.release()
  }
}
