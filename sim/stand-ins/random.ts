// Seeded randomness in the forms that JavaScript offers, all made of `Host.randomInt32`.

import type { Host } from '../host.js'

/** A fraction from 0 up to but not including 1, of 53 random bits, like `Math.random()`. Draws twice. */
export function randomFraction(from: Host): number {
  return random53(from) / 2 ** 53
}

/** An integer from 0 to `bound - 1`, each equally likely; `bound` at most 2^53. */
export function randomBelow(from: Host, bound: number): number {
  // Draws from the incomplete last interval would favour small results.
  const limit = 2 ** 53 - (2 ** 53 % bound)
  let drawn = random53(from)
  while (drawn >= limit) drawn = random53(from)
  return drawn % bound
}

/** Fills with random bytes; the result does not depend on the machine's byte order. */
export function fillRandom(from: Host, bytes: Uint8Array): void {
  let bits = 0
  for (let index = 0; index < bytes.length; index++) {
    bits = index % 4 === 0 ? from.randomInt32() : bits >>> 8
    bytes[index] = bits & 0xff
  }
}

/** A version 4 UUID (RFC 9562, section 5.4). */
export function randomUuid(from: Host): `${string}-${string}-${string}-${string}-${string}` {
  const bytes = Buffer.alloc(16)
  fillRandom(from, bytes)
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The bytes of a view or buffer. */
export function bytesOf(memory: ArrayBufferView | ArrayBufferLike, offset = 0, length = memory.byteLength - offset): Uint8Array {
  if (ArrayBuffer.isView(memory)) return new Uint8Array(memory.buffer, memory.byteOffset + offset, length)
  return new Uint8Array(memory, offset, length)
}

function random53(from: Host): number {
  const high = from.randomInt32() >>> 5
  const low = from.randomInt32() >>> 6
  return high * 2 ** 26 + low
}
