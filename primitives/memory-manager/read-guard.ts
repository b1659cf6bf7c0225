// A message that may be read: other readers may be inside too, no writer and nobody who frees it.

import { Guard } from './guard.js'
import type { MessageHeader } from './message.js'

/** Held until {@link release}; at the end of a `using` scope it is released. Never handed to another thread. */
export class ConcurrentReadGuard extends Guard {
  #header: MessageHeader | undefined
  #payload: Uint8Array | undefined

  /** A copy of the header. Throws ReleasedError. */
  get header(): Readonly<MessageHeader> {
    this.requireOpen()
    this.#header ??= this.data.header(this.slotIdx)
    return this.#header
  }

  /**
   * The message's `payloadSize` bytes, in place. Not to be written to, and not to be used after the release: the view cannot be withdrawn.
   * Throws ReleasedError.
   */
  get payload(): Uint8Array {
    this.requireOpen()
    this.#payload ??= this.data.payload(this.slotIdx)
    return this.#payload
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
