// `fs.Stats` and its relative of big integers, made of what the disk says.

import type nodeFs from 'node:fs'
import type { Status } from '../disk/look-calls.js'

/** Makes what `statSync(path, options)` returns. */
export type StatsMaker = (status: unknown, options: unknown) => unknown

/** Of the one virtual device. */
const DEVICE = 1
const BLOCK_BYTES = 4096
/** `blocks` counts these. */
const SECTOR_BYTES = 512
const NS_PER_MS = 1_000_000n

export function createStatsMaker(real: typeof nodeFs): StatsMaker {
  let prototypes: { readonly number: object; readonly bigint: object } | undefined
  return (status, options) => {
    if (status === undefined) return undefined
    // Node does not export the class of big integers.
    prototypes ??= { number: real.Stats.prototype, bigint: Object.getPrototypeOf(real.statSync('/', { bigint: true })) as object }
    const isBigint = (options as { bigint?: unknown } | undefined)?.bigint === true
    return isBigint ? bigStats(prototypes.bigint, status as Status) : stats(prototypes.number, status as Status)
  }
}

function stats(prototype: object, status: Status): object {
  const times = timesOf(status)
  return Object.assign(Object.create(prototype) as object, numbersOf(status), times, datesOf(times, prototype))
}

function bigStats(prototype: object, status: Status): object {
  const numbers = Object.entries(numbersOf(status)).map(([key, value]) => [key, BigInt(value)])
  const times = timesOf(status)
  const milliseconds = Object.entries(times).map(([key, value]) => [key, BigInt(Math.trunc(value))])
  const nanoseconds = milliseconds.map(([key, value]) => [(key as string).replace('Ms', 'Ns'), (value as bigint) * NS_PER_MS])
  return Object.assign(Object.create(prototype) as object, Object.fromEntries([...numbers, ...milliseconds, ...nanoseconds]), datesOf(times, prototype))
}

function numbersOf({ mode, links, inode, size }: Status) {
  return {
    dev: DEVICE,
    mode,
    nlink: links,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    rdev: 0,
    blksize: BLOCK_BYTES,
    ino: inode,
    size,
    blocks: Math.ceil(size / BLOCK_BYTES) * (BLOCK_BYTES / SECTOR_BYTES),
  }
}

/** Reads leave no trace, as with `noatime`. */
function timesOf({ bornMs, modifiedMs, changedMs }: Status) {
  return { atimeMs: bornMs, mtimeMs: modifiedMs, ctimeMs: changedMs, birthtimeMs: bornMs }
}

/** From Node 22 on the prototype makes them, when they are first asked for. */
function datesOf({ atimeMs, mtimeMs, ctimeMs, birthtimeMs }: ReturnType<typeof timesOf>, prototype: object) {
  if ('atime' in prototype) return {}
  const date = (ms: number) => new Date(Math.round(ms))
  return { atime: date(atimeMs), mtime: date(mtimeMs), ctime: date(ctimeMs), birthtime: date(birthtimeMs) }
}
