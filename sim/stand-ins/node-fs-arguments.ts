// The arguments of `node:fs` calls, read as Node reads them.
//
// What is plainly right is read here. Everything else is shown to Node's own function, with a descriptor that nobody can have open or a path
// that leads nowhere in place of the user's, so that it throws what it throws for such arguments and does nothing.

import { constants } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { types } from 'node:util'
import { CURRENT } from '../disk/file-calls.js'
import type { Host } from '../host.js'

/** The highest number that a descriptor may have. */
export const NO_DESCRIPTOR = 2 ** 31 - 1
/** It leads through something that is no directory. */
export const NOWHERE = process.platform === 'win32' ? '\\\\.\\NUL\\nowhere' : '/dev/null/nowhere'

const { O_APPEND, O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOATIME, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } = constants
/** Flags that the disk knows, or that make no difference on it. */
const KNOWN_FLAGS = O_WRONLY | O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_TRUNC | O_DIRECTORY | O_SYNC | O_DSYNC | O_NOATIME | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK

const FLAGS: Readonly<Record<string, number>> = {
  r: 0,
  rs: O_SYNC,
  'r+': O_RDWR,
  'rs+': O_RDWR | O_SYNC,
  w: O_TRUNC | O_CREAT | O_WRONLY,
  wx: O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
  'w+': O_TRUNC | O_CREAT | O_RDWR,
  'wx+': O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
  a: O_APPEND | O_CREAT | O_WRONLY,
  ax: O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
  as: O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
  'a+': O_APPEND | O_CREAT | O_RDWR,
  'ax+': O_APPEND | O_CREAT | O_RDWR | O_EXCL,
  'as+': O_APPEND | O_CREAT | O_RDWR | O_SYNC,
}
for (const [name, flags] of Object.entries(FLAGS)) {
  // `sr`, `xw+` and the like.
  if (/^.[sx]/.test(name)) Object.assign(FLAGS, { [`${name[1]}${name[0]}${name.slice(2)}`]: flags })
}

/** Lets Node's own function look at arguments: throws unless they are right. */
export function letNodeCheck(call: () => unknown): void {
  try {
    call()
  } catch (error) {
    // It got as far as the system call.
    if (!(error instanceof Error) || !('syscall' in error)) throw error
  }
}

/** @param check shows the value to Node, which throws if it is no path; must have no effect if it is one */
export function pathArgument(current: Host, value: unknown, check: (value: never) => unknown): string {
  if (typeof value === 'string' && !value.includes('\0')) return value
  const bytes = types.isUint8Array(value) && !value.includes(0) ? value : undefined
  if (bytes !== undefined) return textOf(current, bytes)
  const path = isUrl(value) ? fileURLToPath(value) : undefined
  if (path !== undefined && !path.includes('\0')) return path
  letNodeCheck(() => check(value as never))
  throw new Error(`heddle internal: Node takes ${String(value)} for a path`)
}

function isUrl(value: unknown): value is URL {
  const { href, protocol, auth, path } = (value ?? {}) as { href?: unknown; protocol?: unknown; auth?: unknown; path?: unknown }
  return Boolean(href && protocol && auth === undefined && path === undefined)
}

function textOf(current: Host, bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = buffer.toString()
  return Buffer.compare(Buffer.from(text), buffer) === 0 ? text : current.refuse('fs with a path that is not UTF-8')
}

/** @param check shows the value to Node, which throws if it is no descriptor */
export function descriptorArgument(current: Host, value: unknown, name: string, check: (value: never) => unknown): number {
  if (typeof value !== 'number' || (value | 0) !== value || value < 0) {
    letNodeCheck(() => check(value as never))
    throw new Error(`heddle internal: Node takes ${String(value)} for a descriptor`)
  }
  // The descriptors that a process begins with: input and output of the real one.
  return value > 2 ? value : current.refuse(`fs.${name} on descriptor ${value}`)
}

/** @param check shows the value to Node, which throws if it is none */
export function flagsArgument(current: Host, value: unknown, check: (value: never) => unknown): number {
  if (value === undefined || value === null) return 0
  let flags = typeof value === 'string' && Object.hasOwn(FLAGS, value) ? FLAGS[value] : undefined
  if (flags === undefined) {
    letNodeCheck(() => check(value as never))
    flags = value as number
  }
  const isKnown = (flags & ~KNOWN_FLAGS) === 0 && (flags & 3) !== 3 && (flags & (O_CREAT | O_DIRECTORY)) !== (O_CREAT | O_DIRECTORY)
  return isKnown ? flags : current.refuse(`fs.openSync with flags 0o${flags.toString(8)}`)
}

/** @param check shows the value to Node, which throws if it is none */
export function modeArgument(value: unknown, ifAbsent: number, check: (value: never) => unknown): number {
  const mode = value ?? ifAbsent
  if (typeof mode === 'number' && mode >>> 0 === mode) return mode
  letNodeCheck(() => check(value as never))
  return Number.parseInt(mode as string, 8)
}

/** A position as writes and vectored reads take it: anything but a whole number from 0 on is that of the descriptor. */
export function positionArgument(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : CURRENT
}

/** The bytes of a view, from `offset` on. */
export function bytesIn(view: ArrayBufferView, offset = 0, length = view.byteLength - offset): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + offset, length)
}

export interface Options {
  readonly encoding?: BufferEncoding | 'buffer' | null
  readonly flag?: string | number
  readonly mode?: number | string
  readonly flush?: boolean | null
  readonly recursive?: boolean | null
  readonly withFileTypes?: boolean
}

const isBoolean = (value: unknown) => typeof value === 'boolean'
const isUnsigned = (value: unknown) => typeof value === 'number' && value >>> 0 === value

/** Options that need not be shown to Node, by the values that are plainly right. */
const PLAIN: Readonly<Record<string, (value: unknown) => boolean>> = {
  encoding: (value) => value === 'utf8' || value === 'utf-8',
  flag: (value) => typeof value === 'string' && Object.hasOwn(FLAGS, value),
  flush: isBoolean,
  force: isBoolean,
  mode: isUnsigned,
  recursive: isBoolean,
  withFileTypes: isBoolean,
}

/** Whether it is an object of which every property is an option that is plainly right. */
export function isPlain(options: unknown): boolean {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return false
  return Object.entries(options).every(
    ([key, value]) => value === undefined || (Object.hasOwn(PLAIN, key) && (PLAIN[key] as (value: unknown) => boolean)(value)),
  )
}

/**
 * Options as calls on whole files and directories take them: a string is an encoding.
 * @param check shows the value to Node, which throws if it is none
 */
export function optionsArgument(value: unknown, check: (value: never) => unknown): Options {
  if (value === undefined || value === null || typeof value === 'function') return {}
  if (value === 'utf8' || value === 'utf-8') return { encoding: value }
  if (isPlain(value)) return value as Options
  letNodeCheck(() => check(value as never))
  return typeof value === 'string' ? { encoding: value as BufferEncoding } : (value as Options)
}
