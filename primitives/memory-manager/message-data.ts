// The bytes of messages in their slots: a header of 48 bytes, then the payload.
//
//   +0  payloadSize u32   +4  flags u16, qos u8   +8  traceId u64    +16 sequence u64
//   +24 creationTick u64  +32 deadlineTick u64 (all ones: none)      +40 memory class code u32, rest zero
//
// Plain accesses, no steps: whoever calls has the slot to itself (FILLING, or a write guard), or shares it with readers only (a read
// lock). 64-bit fields are written as two 32-bit halves, so that no BigInt is created.

import { CorruptStateError } from '../errors.js'
import { MESSAGE_HEADER_BYTES } from './layout.js'
import type { ManagerMemory } from './manager-memory.js'
import { memoryClassOf } from './memory-class.js'
import type { Message, MessageHeader } from './message.js'

// Fields: Uint32 indexes from the begin of a slot's data.
const PAYLOAD_SIZE_FIELD = 0
const FLAGS_AND_QOS_FIELD = 1
const MEMORY_CLASS_FIELD = 10

/** The 64-bit fields of the header. */
export type TickField = 'traceId' | 'sequence' | 'creationTick' | 'deadlineTick'
const TICK_FIELDS: Readonly<Record<TickField, number>> = { traceId: 2, sequence: 4, creationTick: 6, deadlineTick: 8 }

const QOS_SHIFT = 16
const FLAGS_MASK = 0xffff
const QOS_MASK = 0xff
const HALF = 2 ** 32
const ALL_ONES = 0xffff_ffff

/** Up to so many bytes a copy out of a slot creates no view. */
const COPY_WITHOUT_VIEW_MAX = 1024

export class MessageData {
  readonly #memory: ManagerMemory
  /** The data of all slots, as bytes and as 32-bit fields. */
  readonly #bytes: Uint8Array
  readonly #fields: Uint32Array

  constructor(memory: ManagerMemory) {
    const byteLength = memory.dataStride * memory.capacity
    this.#memory = memory
    this.#bytes = new Uint8Array(memory.buffer, memory.dataOffset, byteLength)
    this.#fields = new Uint32Array(memory.buffer, memory.dataOffset, byteLength / 4)
  }

  /** Writes a checked message. */
  write(slotIdx: number, { header, payload }: Message): void {
    this.setPayload(slotIdx, payload)
    const first = this.#firstField(slotIdx)
    this.#fields[first + FLAGS_AND_QOS_FIELD] = (header.flags ?? 0) | ((header.qos ?? 0) << QOS_SHIFT)
    this.#fields[first + MEMORY_CLASS_FIELD] = this.#memory.memoryClassCode
    this.setTick(slotIdx, 'traceId', header.traceId ?? 0)
    this.setTick(slotIdx, 'sequence', header.sequence ?? 0)
    this.setTick(slotIdx, 'creationTick', header.creationTick ?? 0)
    this.setTick(slotIdx, 'deadlineTick', header.deadlineTick)
  }

  /** A copy of the header. */
  header(slotIdx: number): MessageHeader {
    const deadlineTick = this.tick(slotIdx, 'deadlineTick')
    const header: MessageHeader = {
      traceId: this.tick(slotIdx, 'traceId') ?? 0,
      sequence: this.tick(slotIdx, 'sequence') ?? 0,
      creationTick: this.tick(slotIdx, 'creationTick') ?? 0,
      qos: this.qos(slotIdx),
      flags: this.flags(slotIdx),
      payloadSize: this.payloadSize(slotIdx),
      memoryClass: this.memoryClass(slotIdx),
    }
    if (deadlineTick !== undefined) header.deadlineTick = deadlineTick
    return header
  }

  /** A 64-bit field; undefined where it is all ones. */
  tick(slotIdx: number, field: TickField): number | undefined {
    const at = this.#firstField(slotIdx) + TICK_FIELDS[field]
    const low = this.#fields[at] as number
    const high = this.#fields[at + 1] as number
    return high === ALL_ONES && low === ALL_ONES ? undefined : high * HALF + low
  }

  setTick(slotIdx: number, field: TickField, value: number | undefined): void {
    const at = this.#firstField(slotIdx) + TICK_FIELDS[field]
    this.#fields[at] = value === undefined ? ALL_ONES : value % HALF
    this.#fields[at + 1] = value === undefined ? ALL_ONES : Math.floor(value / HALF)
  }

  flags(slotIdx: number): number {
    return this.#flagsAndQos(slotIdx) & FLAGS_MASK
  }

  setFlags(slotIdx: number, flags: number): void {
    this.#fields[this.#firstField(slotIdx) + FLAGS_AND_QOS_FIELD] = (this.#flagsAndQos(slotIdx) & ~FLAGS_MASK) | flags
  }

  qos(slotIdx: number): number {
    return (this.#flagsAndQos(slotIdx) >>> QOS_SHIFT) & QOS_MASK
  }

  setQos(slotIdx: number, qos: number): void {
    this.#fields[this.#firstField(slotIdx) + FLAGS_AND_QOS_FIELD] = (this.#flagsAndQos(slotIdx) & FLAGS_MASK) | (qos << QOS_SHIFT)
  }

  memoryClass(slotIdx: number): MessageHeader['memoryClass'] {
    const code = this.#fields[this.#firstField(slotIdx) + MEMORY_CLASS_FIELD] as number
    const memoryClass = memoryClassOf(code)
    if (memoryClass === undefined) throw new CorruptStateError(`expected the code of a memory class in the header of slot ${slotIdx}, got ${code}`)
    return memoryClass
  }

  /** Bytes of the payload. Throws CorruptStateError if the slot cannot hold as many. */
  payloadSize(slotIdx: number): number {
    const size = this.#fields[this.#firstField(slotIdx) + PAYLOAD_SIZE_FIELD] as number
    if (size <= this.#memory.payloadBytesMax) return size
    throw new CorruptStateError(`expected a payload of at most ${this.#memory.payloadBytesMax} bytes in slot ${slotIdx}, got ${size}`)
  }

  /** A view of the payload. */
  payload(slotIdx: number): Uint8Array {
    const at = this.#memory.dataOffset + slotIdx * this.#memory.dataStride + MESSAGE_HEADER_BYTES
    return new Uint8Array(this.#memory.buffer, at, this.payloadSize(slotIdx))
  }

  /** Replaces the payload and its size; at most payloadBytesMax bytes. */
  setPayload(slotIdx: number, bytes: Uint8Array): void {
    this.#fields[this.#firstField(slotIdx) + PAYLOAD_SIZE_FIELD] = bytes.byteLength
    this.#bytes.set(bytes, this.#firstPayloadByte(slotIdx))
  }

  /** Copies the payload to the begin of `target`, which is large enough; returns its size. Above 1024 bytes one view is created. */
  copyPayload(slotIdx: number, target: Uint8Array): number {
    const size = this.payloadSize(slotIdx)
    const bytes = this.#bytes
    const first = this.#firstPayloadByte(slotIdx)
    if (size > COPY_WITHOUT_VIEW_MAX) target.set(bytes.subarray(first, first + size))
    else for (let at = 0; at < size; at++) target[at] = bytes[first + at] as number
    return size
  }

  #flagsAndQos(slotIdx: number): number {
    return this.#fields[this.#firstField(slotIdx) + FLAGS_AND_QOS_FIELD] as number
  }

  #firstField(slotIdx: number): number {
    return (slotIdx * this.#memory.dataStride) / 4
  }

  #firstPayloadByte(slotIdx: number): number {
    return slotIdx * this.#memory.dataStride + MESSAGE_HEADER_BYTES
  }
}
