// What the three guards have in common: they are open until they are released, and every use after that throws.

import { ReleasedError } from '../errors.js'
import type { MessageData } from './message-data.js'
import type { SlotLocks } from './slot-locks.js'
import { type MessageToken, tokenSlotOf } from './token.js'

export abstract class Guard {
  /** The message that it guards. */
  readonly token: MessageToken
  protected readonly locks: SlotLocks
  protected readonly data: MessageData
  /** Who holds it. */
  protected readonly peer: number
  protected readonly slotIdx: number
  #open = true

  /** Made by the manager, with the lock held. */
  constructor(token: MessageToken, peer: number, locks: SlotLocks, data: MessageData) {
    this.token = token
    this.peer = peer
    this.slotIdx = tokenSlotOf(token)
    this.locks = locks
    this.data = data
  }

  /** Whether it was neither released nor ended otherwise. */
  get isOpen(): boolean {
    return this.#open
  }

  /** Throws ReleasedError unless the guard is open. */
  protected requireOpen(): void {
    if (!this.#open) throw new ReleasedError(`the guard of slot ${this.slotIdx}`)
  }

  /** From here on every use throws. */
  protected close(): void {
    this.requireOpen()
    this.#open = false
  }
}
