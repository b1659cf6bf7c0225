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
/** Whose the files are; all are the process's own. */
const UID = process.getuid?.() ?? 0
const GID = process.getgid?.() ?? 0

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
  const own = numbersOf(prototype, status)
  return makesDates(prototype) ? own : Object.assign(own, datesOf(own))
}

function bigStats(prototype: object, status: Status): object {
  const numbers = numbersOf(prototype, status)
  const own = Object.create(prototype) as Record<string, unknown>
  for (const [key, value] of Object.entries(numbers)) own[key] = BigInt(Math.trunc(value))
  for (const key of Object.keys(timesOf(numbers))) own[key.replace('Ms', 'Ns')] = (own[key] as bigint) * NS_PER_MS
  return makesDates(prototype) ? own : Object.assign(own, datesOf(numbers))
}

/** In one piece, in the order of Node's: coordinators and stores ask for a size at every append. Reads leave no trace, as with `noatime`. */
function numbersOf(prototype: object, { mode, links, inode, size, bornMs, modifiedMs, changedMs }: Status) {
  const numbers = {
    __proto__: prototype,
    dev: DEVICE,
    mode,
    nlink: links,
    uid: UID,
    gid: GID,
    rdev: 0,
    blksize: BLOCK_BYTES,
    ino: inode,
    size,
    blocks: Math.ceil(size / BLOCK_BYTES) * (BLOCK_BYTES / SECTOR_BYTES),
    atimeMs: bornMs,
    mtimeMs: modifiedMs,
    ctimeMs: changedMs,
    birthtimeMs: bornMs,
  }
  return numbers as Omit<typeof numbers, '__proto__'>
}

type Times = Pick<ReturnType<typeof numbersOf>, 'atimeMs' | 'mtimeMs' | 'ctimeMs' | 'birthtimeMs'>

function timesOf({ atimeMs, mtimeMs, ctimeMs, birthtimeMs }: Times): Times {
  return { atimeMs, mtimeMs, ctimeMs, birthtimeMs }
}

/** From Node 22 on the prototype makes them, when they are first asked for. */
function makesDates(prototype: object): boolean {
  return 'atime' in prototype
}

function datesOf({ atimeMs, mtimeMs, ctimeMs, birthtimeMs }: Times) {
  return { atime: dateOf(atimeMs), mtime: dateOf(mtimeMs), ctime: dateOf(ctimeMs), birthtime: dateOf(birthtimeMs) }
}

function dateOf(ms: number): Date {
  return new Date(Math.round(ms))
}
