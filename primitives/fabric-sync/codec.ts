// How values become bytes of a cell. A codec has a fixed size and is called while no shared word is looked at: it sees a private buffer.

import { requireInteger } from '../argument-checks.js'
import { BadArgumentError } from '../errors.js'

/** Turns values of one type into `byteLength` bytes and back. */
export interface Codec<T> {
  /** 1 to 4,096. */
  readonly byteLength: number
  /** Writes exactly `byteLength` bytes of `view` from `at` on. */
  encode(value: T, view: DataView, at: number): void
  /** Reads the same bytes. */
  decode(view: DataView, at: number): T
}

export const CODEC_BYTES_MAX = 4096
const WORD_BYTES = 4
const U64_LIMIT = 2n ** 64n

/** 0 to 2^32 - 1. */
export const u32: Codec<number> = {
  byteLength: 4,
  encode(value, view, at) {
    requireInteger('value', value, 0, 2 ** 32 - 1)
    view.setUint32(at, value, true)
  },
  decode: (view, at) => view.getUint32(at, true),
}

/** -2^31 to 2^31 - 1. */
export const i32: Codec<number> = {
  byteLength: 4,
  encode(value, view, at) {
    requireInteger('value', value, -(2 ** 31), 2 ** 31 - 1)
    view.setInt32(at, value, true)
  },
  decode: (view, at) => view.getInt32(at, true),
}

/** A bigint from 0 to 2^64 - 1. */
export const u64: Codec<bigint> = {
  byteLength: 8,
  encode(value, view, at) {
    if (typeof value !== 'bigint' || value < 0n || value >= U64_LIMIT) throw new BadArgumentError('value', value, 'a bigint from 0 to 2^64 - 1')
    view.setBigUint64(at, value, true)
  },
  decode: (view, at) => view.getBigUint64(at, true),
}

/** Any number, NaN included. */
export const f64: Codec<number> = {
  byteLength: 8,
  encode(value, view, at) {
    if (typeof value !== 'number') throw new BadArgumentError('value', value, 'a number')
    view.setFloat64(at, value, true)
  },
  decode: (view, at) => view.getFloat64(at, true),
}

/** Arrays of exactly `n` bytes, 1 to 4,096. Decoding gives a copy. Throws BadArgumentError. */
export function bytes(n: number): Codec<Uint8Array> {
  requireInteger('n', n, 1, CODEC_BYTES_MAX)
  return {
    byteLength: n,
    encode(value, view, at) {
      if (!(value instanceof Uint8Array) || value.length !== n) throw new BadArgumentError('value', value, `a Uint8Array of ${n} bytes`)
      new Uint8Array(view.buffer, view.byteOffset + at, n).set(value)
    },
    decode: (view, at) => new Uint8Array(view.buffer, view.byteOffset + at, n).slice(),
  }
}

/**
 * Objects with these fields, one after the other in the given order, each padded to 4 bytes; 4,096 bytes at most. Throws BadArgumentError.
 *
 * ```ts
 * import { struct, u32, u64 } from 'heddle/primitives/fabric-sync'
 * const account = struct<{ id: number; cents: bigint }>({ id: u32, cents: u64 })
 * ```
 */
export function struct<T extends object>(fields: { [K in keyof T]: Codec<T[K]> }): Codec<T> {
  if (typeof fields !== 'object' || fields === null) throw new BadArgumentError('fields', fields, 'an object of codecs')
  const names = Object.keys(fields) as (keyof T)[]
  const offsets: number[] = []
  let end = 0
  for (const name of names) {
    const codec: Codec<unknown> = fields[name]
    requireCodec(codec, `fields.${String(name)}`)
    offsets.push(end)
    end += padded(codec.byteLength)
  }
  if (end < 1 || end > CODEC_BYTES_MAX) throw new BadArgumentError('fields', fields, `fields of 1 to ${CODEC_BYTES_MAX} bytes in all (these take ${end})`)
  return {
    byteLength: end,
    encode(value, view, at) {
      if (typeof value !== 'object' || value === null) throw new BadArgumentError('value', value, 'an object')
      for (let field = 0; field < names.length; field++) {
        const name = names[field] as keyof T
        fields[name].encode(value[name], view, at + (offsets[field] as number))
      }
    },
    decode(view, at) {
      const value: Partial<T> = {}
      for (let field = 0; field < names.length; field++) {
        const name = names[field] as keyof T
        value[name] = fields[name].decode(view, at + (offsets[field] as number))
      }
      return value as T
    },
  }
}

/** Throws BadArgumentError unless `codec` is one of an allowed size. */
export function requireCodec(codec: Codec<unknown>, argument = 'codec'): void {
  if (typeof codec !== 'object' || codec === null || typeof codec.encode !== 'function' || typeof codec.decode !== 'function') {
    throw new BadArgumentError(argument, codec, 'a codec: byteLength, encode and decode')
  }
  requireInteger(`${argument}.byteLength`, codec.byteLength, 1, CODEC_BYTES_MAX)
}

/** `byteLength` rounded up to whole 32-bit words. */
export function padded(byteLength: number): number {
  return Math.ceil(byteLength / WORD_BYTES) * WORD_BYTES
}
