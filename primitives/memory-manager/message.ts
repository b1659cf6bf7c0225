// Messages as callers hand them in, and the checks of them. Pure.

import { isBelow, requireInteger, requireObject } from '../argument-checks.js'
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
const INTEGERS = 2 ** 53

/** Throws BadArgumentError or PayloadTooLargeError unless the message can be stored. */
export function requireMessage(message: Message, payloadBytesMax: number): void {
  requireObject('message', message)
  const { header, payload } = message
  requireObject('message.header', header)
  requireField('traceId', header.traceId, INTEGERS)
  requireField('sequence', header.sequence, INTEGERS)
  requireField('creationTick', header.creationTick, INTEGERS)
  requireField('deadlineTick', header.deadlineTick, INTEGERS)
  requireField('qos', header.qos, QOS_MAX + 1)
  requireField('flags', header.flags, FLAGS_MAX + 1)
  requirePayload('message.payload', payload, payloadBytesMax)
}

/** Throws BadArgumentError unless `payload` is a Uint8Array, PayloadTooLargeError if it has more than `payloadBytesMax` bytes. */
export function requirePayload(argument: string, payload: unknown, payloadBytesMax: number): asserts payload is Uint8Array {
  requireBytes(argument, payload)
  if (payload.byteLength > payloadBytesMax) throw new PayloadTooLargeError(payload.byteLength, payloadBytesMax)
}

/** Throws BadArgumentError unless `bytes` is a Uint8Array, of whichever realm. */
export function requireBytes(argument: string, bytes: unknown): asserts bytes is Uint8Array {
  if (bytes instanceof Uint8Array || Object.prototype.toString.call(bytes) === '[object Uint8Array]') return
  throw new BadArgumentError(argument, bytes, 'a Uint8Array')
}

/** Throws BadArgumentError unless `value` fits the 64-bit field called `argument`. */
export function requireTick(argument: string, value: unknown): asserts value is number {
  requireInteger(argument, value, 0, Number.MAX_SAFE_INTEGER)
}

function requireField(field: string, value: unknown, limit: number): void {
  if (value === undefined || isBelow(value, limit)) return
  throw new BadArgumentError(`message.header.${field}`, value, `an integer from 0 to ${limit - 1}`)
}
