// Messages as callers hand them in, and the checks of them. Pure.

import { requireInteger, requireObject } from '../argument-checks.js'
import { BadArgumentError } from '../errors.js'
import { PayloadTooLargeError } from './errors.js'
import type { MemoryClass } from './memory-class.js'

/** Numbers are integers from 0 to 2^53 - 1 where nothing else is said. */
export interface MessageHeader {
  traceId: number
  sequence: number
  creationTick: number
  deadlineTick?: number
  /** 0 to 255. */
  qos: number
  /** 0 to 65535. */
  flags: number
  /** Bytes; filled in by storeShared. */
  readonly payloadSize: number
  /** Of the manager; filled in by storeShared. */
  readonly memoryClass: MemoryClass
}

export interface Message {
  /** What is absent is 0; an absent `deadlineTick` is none. */
  readonly header: Partial<MessageHeader>
  readonly payload: Uint8Array
}

export const QOS_MAX = 255
export const FLAGS_MAX = 65_535

/** Throws BadArgumentError or PayloadTooLargeError unless the message can be stored. */
export function requireMessage(message: Message, payloadBytesMax: number): void {
  requireObject('message', message)
  const { header, payload } = message
  requireObject('message.header', header)
  const { traceId = 0, sequence = 0, creationTick = 0, deadlineTick = 0, qos = 0, flags = 0 } = header
  requireInteger('message.header.traceId', traceId, 0, Number.MAX_SAFE_INTEGER)
  requireInteger('message.header.sequence', sequence, 0, Number.MAX_SAFE_INTEGER)
  requireInteger('message.header.creationTick', creationTick, 0, Number.MAX_SAFE_INTEGER)
  requireInteger('message.header.deadlineTick', deadlineTick, 0, Number.MAX_SAFE_INTEGER)
  requireInteger('message.header.qos', qos, 0, QOS_MAX)
  requireInteger('message.header.flags', flags, 0, FLAGS_MAX)
  requirePayload('message.payload', payload, payloadBytesMax)
}

/** Throws BadArgumentError unless `payload` is a Uint8Array, PayloadTooLargeError if it has more than `payloadBytesMax` bytes. */
export function requirePayload(argument: string, payload: unknown, payloadBytesMax: number): asserts payload is Uint8Array {
  requireBytes(argument, payload)
  if (payload.byteLength > payloadBytesMax) throw new PayloadTooLargeError(payload.byteLength, payloadBytesMax)
}

/** Throws BadArgumentError unless `bytes` is a Uint8Array, of whichever realm. */
export function requireBytes(argument: string, bytes: unknown): asserts bytes is Uint8Array {
  if (bytes instanceof Uint8Array || (ArrayBuffer.isView(bytes) && (bytes as Uint8Array)[Symbol.toStringTag] === 'Uint8Array')) return
  throw new BadArgumentError(argument, bytes, 'a Uint8Array')
}

/** Throws BadArgumentError unless `value` fits the 64-bit field called `argument`. */
export function requireTick(argument: string, value: unknown): asserts value is number {
  requireInteger(argument, value, 0, Number.MAX_SAFE_INTEGER)
}
