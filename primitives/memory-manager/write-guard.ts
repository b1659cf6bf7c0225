// A message that may be changed: nobody else is inside. From the moment the guard is handed out the message counts as half-written (DIRTY),
// until `release()` says that it is whole again. Every other end poisons it.

import { requireInteger } from '../argument-checks.js'
import { Guard } from './guard.js'
import { FLAGS_MAX, type MessageHeader, QOS_MAX, requirePayload, requireTick } from './message.js'
import type { MessageData } from './message-data.js'
import type { SlotLocks } from './slot-locks.js'
import type { MessageToken } from './token.js'

/**
 * Ends well only through {@link release}. At the end of a `using` scope that was left without it, which is by an exception, the message is
 * poisoned: nobody reads what may be half-written. Never handed to another thread.
 */
export class ConcurrentWriteGuard extends Guard {
  readonly #payloadBytesMax: number
  #header: MessageHeader | undefined
  #payload: Uint8Array | undefined

  constructor(token: MessageToken, peer: number, locks: SlotLocks, data: MessageData, payloadBytesMax: number) {
    super(token, peer, locks, data)
    this.#payloadBytesMax = payloadBytesMax
  }

  /**
   * The header, in place: an assignment changes the message. Its fields throw BadArgumentError for a value out of range, and ReleasedError
   * after the release. Throws ReleasedError.
   */
  get header(): MessageHeader {
    this.requireOpen()
    this.#header ??= new WritableHeader(this.data, this.slotIdx, () => this.requireOpen())
    return this.#header
  }

  /**
   * The message's `payloadSize` bytes, in place. Not to be used after the release: the view cannot be withdrawn. After
   * {@link setPayload} it is another view. Throws ReleasedError.
   */
  get payload(): Uint8Array {
    this.requireOpen()
    this.#payload ??= this.data.payload(this.slotIdx)
    return this.#payload
  }

  /** Replaces the payload, and its size with it. Throws BadArgumentError, PayloadTooLargeError, ReleasedError. */
  setPayload(bytes: Uint8Array): void {
    this.requireOpen()
    requirePayload('bytes', bytes, this.#payloadBytesMax)
    this.data.setPayload(this.slotIdx, bytes)
    this.#payload = undefined
  }

  /** The message is whole again. Throws ReleasedError if the guard has ended before. */
  release(): void {
    this.close()
    this.locks.unlockWrite(this.slotIdx, this.peer, false)
  }

  /** Gives the message up: from now on it can only be freed. Throws ReleasedError if the guard has ended before. */
  poison(): void {
    this.close()
    this.locks.unlockWrite(this.slotIdx, this.peer, true)
  }

  /** Poisons the message if the guard is still open. */
  [Symbol.dispose](): void {
    if (this.isOpen) this.poison()
  }
}

/** The header of a message in its slot. */
class WritableHeader implements MessageHeader {
  readonly #data: MessageData
  readonly #slotIdx: number
  readonly #requireOpen: () => void

  constructor(data: MessageData, slotIdx: number, requireOpen: () => void) {
    this.#data = data
    this.#slotIdx = slotIdx
    this.#requireOpen = requireOpen
  }

  get traceId(): number {
    return this.#tick('traceId') ?? 0
  }

  set traceId(value: number) {
    this.#setTick('traceId', value)
  }

  get sequence(): number {
    return this.#tick('sequence') ?? 0
  }

  set sequence(value: number) {
    this.#setTick('sequence', value)
  }

  get creationTick(): number {
    return this.#tick('creationTick') ?? 0
  }

  set creationTick(value: number) {
    this.#setTick('creationTick', value)
  }

  get deadlineTick(): number | undefined {
    return this.#tick('deadlineTick')
  }

  set deadlineTick(value: number | undefined) {
    if (value !== undefined) this.#setTick('deadlineTick', value)
    else {
      this.#requireOpen()
      this.#data.setTick(this.#slotIdx, 'deadlineTick', undefined)
    }
  }

  get qos(): number {
    this.#requireOpen()
    return this.#data.qos(this.#slotIdx)
  }

  set qos(value: number) {
    this.#requireOpen()
    requireInteger('header.qos', value, 0, QOS_MAX)
    this.#data.setQos(this.#slotIdx, value)
  }

  get flags(): number {
    this.#requireOpen()
    return this.#data.flags(this.#slotIdx)
  }

  set flags(value: number) {
    this.#requireOpen()
    requireInteger('header.flags', value, 0, FLAGS_MAX)
    this.#data.setFlags(this.#slotIdx, value)
  }

  get payloadSize(): number {
    this.#requireOpen()
    return this.#data.payloadSize(this.#slotIdx)
  }

  get memoryClass(): MessageHeader['memoryClass'] {
    this.#requireOpen()
    return this.#data.memoryClass(this.#slotIdx)
  }

  #tick(field: 'traceId' | 'sequence' | 'creationTick' | 'deadlineTick'): number | undefined {
    this.#requireOpen()
    return this.#data.tick(this.#slotIdx, field)
  }

  #setTick(field: 'traceId' | 'sequence' | 'creationTick' | 'deadlineTick', value: number): void {
    this.#requireOpen()
    requireTick(`header.${field}`, value)
    this.#data.setTick(this.#slotIdx, field, value)
  }
}
