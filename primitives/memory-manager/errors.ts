// The errors that only a ConcurrentMemoryManager throws. Each leaves list, slot words and locks as they were.

import { PrimitiveError, show } from '../errors.js'

/** `MM_NO_FREE_SLOTS`: the list of free slots was empty when it was looked at. */
export class NoFreeSlotsError extends PrimitiveError {
  override readonly name = 'NoFreeSlotsError'

  constructor(capacity: number) {
    super('MM_NO_FREE_SLOTS', `expected a free slot, got none: all ${capacity} are in use; wait until one is freed, or drop the message`)
  }
}

/** `MM_PAYLOAD_TOO_LARGE`: found before anything is taken. */
export class PayloadTooLargeError extends PrimitiveError {
  override readonly name = 'PayloadTooLargeError'
  /** Bytes. */
  readonly size: number
  readonly payloadBytesMax: number

  constructor(size: number, payloadBytesMax: number) {
    super('MM_PAYLOAD_TOO_LARGE', `expected a payload of at most ${payloadBytesMax} bytes, got ${size}`)
    this.size = size
    this.payloadBytesMax = payloadBytesMax
  }
}

/** `MM_BAD_TOKEN`: out of range, not an integer, or INVALID_TOKEN. */
export class BadTokenError extends PrimitiveError {
  override readonly name = 'BadTokenError'
  /** What came. */
  readonly token: unknown

  /** @param expected completes "expected token to be" */
  constructor(token: unknown, expected: string) {
    super('MM_BAD_TOKEN', `expected token to be ${expected}, got ${token === 0 ? 'INVALID_TOKEN' : show(token)}`)
    this.token = token
  }
}

/** `MM_NOT_ALLOCATED`: the message was freed, and its slot holds no other one yet. */
export class NotAllocatedError extends PrimitiveError {
  override readonly name: string = 'NotAllocatedError'
  readonly slot: number
  /** The token's. */
  readonly generation: number

  constructor(slot: number, generation: number, code = 'MM_NOT_ALLOCATED', got = 'a token of a message that was freed') {
    super(code, `expected ${messageText(slot, generation)} to be stored, got ${got}`)
    this.slot = slot
    this.generation = generation
  }
}

/** `MM_STALE_TOKEN`: the message was freed, and its slot holds another one. */
export class StaleTokenError extends NotAllocatedError {
  override readonly name = 'StaleTokenError'
  /** Of the message that the slot holds. */
  readonly current: number

  constructor(slot: number, generation: number, current: number) {
    super(slot, generation, 'MM_STALE_TOKEN', `a slot that holds generation ${current}`)
    this.current = current
  }
}

/** `MM_POISONED`: a writer of this message failed. Reads and writes refuse, `freeShared` works. */
export class PoisonedError extends PrimitiveError {
  override readonly name = 'PoisonedError'
  readonly slot: number
  readonly generation: number

  constructor(slot: number, generation: number) {
    super('MM_POISONED', `expected ${messageText(slot, generation)} to be whole, got one whose writer failed half-way: free it`)
    this.slot = slot
    this.generation = generation
  }
}

/** `MM_ALREADY_BORROWED`: this peer already holds a guard on the slot; a second one would wait for the first for good. */
export class AlreadyBorrowedError extends PrimitiveError {
  override readonly name = 'AlreadyBorrowedError'
  readonly slot: number
  readonly peer: number

  constructor(slot: number, peer: number) {
    super('MM_ALREADY_BORROWED', `expected peer ${peer} to hold no guard on slot ${slot}, got one that is open: release it first`)
    this.slot = slot
    this.peer = peer
  }
}

/** `MM_BORROW_ACTIVE`: `freeShared` while this peer holds a guard on the slot. */
export class BorrowActiveError extends PrimitiveError {
  override readonly name = 'BorrowActiveError'
  readonly slot: number
  readonly peer: number

  constructor(slot: number, peer: number) {
    super('MM_BORROW_ACTIVE', `expected peer ${peer} to hold no guard on slot ${slot} when it frees it, got one that is open: release it first`)
    this.slot = slot
    this.peer = peer
  }
}

/** `MM_LOCK_TIMEOUT`: `waitMsMax` passed. Nothing is held or pending afterwards. Says who was in the way when it was last looked at. */
export class LockTimeoutError extends PrimitiveError {
  override readonly name = 'LockTimeoutError'
  readonly slot: number
  /** Peers that held read or header guards, ascending. */
  readonly readers: readonly number[]
  /** The peer that held the write lock. */
  readonly writer: number | undefined
  /** The peer that waited for the write lock before others. */
  readonly pending: number | undefined

  constructor(slot: number, waitMsMax: number, readers: readonly number[], writer: number | undefined, pending: number | undefined) {
    const held = [
      readers.length === 0 ? '' : `readers ${readers.join(', ')}`,
      writer === undefined ? '' : `writer ${writer}`,
      pending === undefined ? '' : `waiting writer ${pending}`,
    ]
    super('MM_LOCK_TIMEOUT', `expected the lock of slot ${slot} within ${waitMsMax} ms, got it held by ${held.filter((text) => text !== '').join(' and ')}`)
    this.slot = slot
    this.readers = readers
    this.writer = writer
    this.pending = pending
  }
}

function messageText(slot: number, generation: number): string {
  return `the message in slot ${slot}, generation ${generation},`
}
