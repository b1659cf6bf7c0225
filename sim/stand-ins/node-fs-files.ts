// Calls of `node:fs` on open files, each one system call.

import type nodeFs from 'node:fs'
import * as files from '../disk/file-calls.js'
import { fstat } from '../disk/look-calls.js'
import type { Host } from '../host.js'
import type { SingleCall } from './node-fs.js'
import {
  bytesIn,
  descriptorArgument,
  flagsArgument,
  letNodeCheck,
  modeArgument,
  NO_DESCRIPTOR,
  NOWHERE,
  pathArgument,
  positionArgument,
} from './node-fs-arguments.js'
import { createStatsMaker, type StatsMaker } from './node-fs-stats.js'

type Fs = typeof nodeFs
type Single = SingleCall
/** For calls of Node's functions with arguments that may be of any type. */
type Loose = (...args: unknown[]) => unknown

export function createFileCalls(real: Fs) {
  const stats = createStatsMaker(real)
  return {
    openSync: openSync(real),
    closeSync: onDescriptor('closeSync', real.closeSync, files.close),
    fsyncSync: onDescriptor('fsyncSync', real.fsyncSync, files.fsync),
    fdatasyncSync: onDescriptor('fdatasyncSync', real.fdatasyncSync, files.fdatasync),
    readSync: readSync(real.readSync as Loose),
    writeSync: writeSync(real.writeSync as Loose),
    readvSync: readvSync(real.readvSync as Loose),
    writevSync: writevSync(real.writevSync as Loose),
    ftruncateSync: ftruncateSync(real.ftruncateSync as Loose),
    fstatSync: fstatSync(real.fstatSync as Loose, stats),
  }
}

function onDescriptor(name: string, real: (fd: number) => void, make: typeof files.close): Single {
  return { prepare: (current, [fd]) => make(current.disk.volume, descriptorArgument(current, fd, name, real)) }
}

function openSync(real: Fs): Single {
  return {
    prepare(current, [path, flags, mode]) {
      const at = pathArgument(current, path, real.accessSync)
      const flagBits = flagsArgument(current, flags, (value) => real.openSync(NOWHERE, value))
      return files.open(
        current.disk.volume,
        at,
        flagBits,
        modeArgument(mode, 0o666, (value) => real.openSync(NOWHERE, 'r', value)),
      )
    },
  }
}

interface Range {
  readonly offset?: number
  readonly length?: number
  readonly position?: number | bigint | null
}

function readSync(real: Loose): Single {
  return {
    prepare(current, args) {
      const [number, view] = args as [unknown, ArrayBufferView]
      const fd = descriptorArgument(current, number, 'readSync', (value) => real(value, view))
      const hasOptions = args.length <= 3 || typeof args[2] === 'object'
      const isPlain = ArrayBuffer.isView(view) && !hasOptions && [args[2], args[3]].every(isIndex) && isReadPosition(args[4])
      if (!isPlain) letNodeCheck(() => real(NO_DESCRIPTOR, ...args.slice(1)))
      const range = (hasOptions ? (args[2] ?? {}) : { offset: args[2], length: args[3], position: args[4] }) as Range
      const offset = range.offset ?? 0
      // Without options an absent length is none.
      const length = (hasOptions && range.length === undefined ? view.byteLength - offset : (range.length as number)) | 0
      if (length === 0) return 0
      if (isPlain && offset + length > view.byteLength) letNodeCheck(() => real(NO_DESCRIPTOR, ...args.slice(1)))
      const position = Number(range.position ?? files.CURRENT)
      return files.read(current.disk.volume, fd, [bytesIn(view, offset, length)], position < 0 ? files.CURRENT : position)
    },
  }
}

function isIndex(value: unknown): boolean {
  return typeof value === 'number' && (value | 0) === value && value >= 0
}

function isReadPosition(value: unknown): boolean {
  return value === undefined || value === null || (Number.isSafeInteger(value) && (value as number) >= -1)
}

function writeSync(real: Loose): Single {
  return {
    prepare(current, args) {
      const [number, data] = args
      const fd = descriptorArgument(current, number, 'writeSync', (value) => real(value, data))
      const isPlain = typeof data === 'string' ? args[3] === undefined || args[3] === 'utf8' : isPlainWrite(data, args[2], args[3])
      if (!isPlain) letNodeCheck(() => real(NO_DESCRIPTOR, ...args.slice(1)))
      const { bytes, position } = ArrayBuffer.isView(data) ? viewToWrite(data, args) : textToWrite(data as string, args)
      return files.write(current.disk.volume, fd, [bytes], position)
    },
  }
}

function isPlainWrite(view: unknown, offset: unknown, length: unknown): boolean {
  if (!ArrayBuffer.isView(view)) return false
  if (offset === undefined) return length === undefined
  return isIndex(offset) && (length === undefined || isIndex(length)) && (offset as number) + ((length as number | undefined) ?? 0) <= view.byteLength
}

function viewToWrite(view: ArrayBufferView, [, , start, count, at]: readonly unknown[]) {
  const hasOptions = typeof start === 'object'
  const range = (hasOptions ? (start ?? {}) : { offset: start, length: count, position: at }) as Range
  const offset = range.offset ?? 0
  const length = typeof range.length === 'number' ? range.length : view.byteLength - offset
  return { bytes: bytesIn(view, offset, length), position: positionArgument(range.position) }
}

function textToWrite(text: string, [, , at, encoding]: readonly unknown[]) {
  const isKnown = typeof encoding === 'string' && Buffer.isEncoding(encoding)
  return { bytes: Buffer.from(text, isKnown ? encoding : 'utf8'), position: positionArgument(at) }
}

function readvSync(real: Loose): Single {
  return {
    prepare(current, [number, views, position]) {
      const fd = descriptorArgument(current, number, 'readvSync', (value) => real(value, []))
      return files.read(current.disk.volume, fd, viewsArgument(views, real), positionArgument(position))
    },
  }
}

function writevSync(real: Loose): Single {
  return {
    prepare(current, [number, views, position]) {
      const fd = descriptorArgument(current, number, 'writevSync', (value) => real(value, []))
      const parts = viewsArgument(views, real)
      return parts.length === 0 ? 0 : files.write(current.disk.volume, fd, parts, positionArgument(position))
    },
  }
}

function viewsArgument(views: unknown, real: Loose): Uint8Array[] {
  if (!Array.isArray(views) || !views.every((view) => ArrayBuffer.isView(view))) letNodeCheck(() => real(NO_DESCRIPTOR, views))
  return (views as ArrayBufferView[]).map((view) => bytesIn(view))
}

export function sizeArgument(value: unknown, real: Loose): number {
  if (value === undefined) return 0
  if (!Number.isSafeInteger(value)) letNodeCheck(() => real(NO_DESCRIPTOR, value))
  return Math.max(0, value as number)
}

function ftruncateSync(real: Loose): Single {
  return {
    prepare(current, [number, length]) {
      const size = sizeArgument(length, real)
      return files.ftruncate(current.disk.volume, descriptorArgument(current, number, 'ftruncateSync', real), size)
    },
  }
}

function fstatSync(real: Loose, stats: StatsMaker): Single {
  return {
    prepare(current: Host, [number, options]) {
      const fd = descriptorArgument(current, number, 'fstatSync', real)
      if (options === null) letNodeCheck(() => real(NO_DESCRIPTOR, options))
      return fstat(current.disk.volume, fd)
    },
    finish: (status, [, options]) => stats(status, options),
  }
}
