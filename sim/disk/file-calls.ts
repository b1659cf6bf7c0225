// System calls on open files: open, close, read, write, fsync, ftruncate, fstat.
//
// A fault befalls a call before it does anything, with three exceptions. `short` lets a read or write move some of its bytes. A write that
// meets `ENOSPC` may find room for a part: then it moves that part, as POSIX has it, and the next write finds none. An fsync that
// fails leaves a chosen part durable (contents.ts).

import { constants } from 'node:fs'
import { FILE_OPEN, FILE_READ, FILE_SIZE, FILE_SYNC, FILE_WRITE } from '../operation.js'
import type { Descriptor } from './descriptors.js'
import { type Call, type ErrorCode, systemError } from './errors.js'
import type { DiskFault, FileOperation } from './file-operation.js'
import { Directory, RegularFile } from './node.js'
import { type CallKind, type CallShape, hashBytes, SystemCall } from './system-call.js'
import type { Volume } from './volume.js'

const {
  O_ACCMODE = 3,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_DSYNC,
  O_EXCL,
  O_RDONLY,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
} = constants as typeof constants & {
  O_ACCMODE?: number
}

/** Most that a file may hold; every byte of it is in memory, holes too. */
export const FILE_BYTES_MAX = 2 ** 28

/** The mask of the virtual process; permissions are those asked for without these bits. */
export const UMASK = 0o022

/** A position that stands for that of the descriptor. */
export const CURRENT = -1

const NONE: readonly DiskFault[] = []
const ERRORS: readonly DiskFault[] = ['EIO']
const OPEN = { kind: FILE_OPEN, name: 'open', faults: ERRORS }
const CREATE = { kind: FILE_OPEN, name: 'open', faults: ['EIO', 'ENOSPC'] as const }
const CLOSE = { kind: FILE_OPEN, name: 'close', faults: NONE }
const READ = { kind: FILE_READ, name: 'read', faults: ['EIO', 'short'] as const }
const WRITE = { kind: FILE_WRITE, name: 'write', faults: ['EIO', 'ENOSPC', 'short'] as const }
const FSYNC = { kind: FILE_SYNC, name: 'fsync', faults: ERRORS }
const FDATASYNC = { kind: FILE_SYNC, name: 'fdatasync', faults: ERRORS }
const FTRUNCATE = { kind: FILE_SIZE, name: 'ftruncate', faults: ERRORS }

/** Gives the number of the descriptor. */
export function open(volume: Volume, path: string, flags: number, mode: number, call: Call = { syscall: 'open', path }): FileOperation {
  const perform = (fault: DiskFault | undefined): number => {
    if (fault === 'EIO') throw systemError('EIO', call)
    const node = find(volume, path, flags, mode, fault, call)
    const access = flags & O_ACCMODE
    if ((flags & O_TRUNC) !== 0 && node instanceof RegularFile) volume.resize(node, 0)
    return volume.descriptors.open({
      node,
      isReadable: access !== O_WRONLY,
      isWritable: access !== O_RDONLY,
      isAppending: (flags & O_APPEND) !== 0,
      isSynced: (flags & (O_SYNC | O_DSYNC)) !== 0,
      path,
      position: 0,
    })
  }
  return new SystemCall((flags & O_CREAT) === 0 ? OPEN : CREATE, { path, pathNumber: volume.numberOf(path), operands: () => describeFlags(flags), perform })
}

function describeFlags(flags: number): string {
  const access = (flags & O_ACCMODE) === O_RDONLY ? 'read' : (flags & O_ACCMODE) === O_WRONLY ? 'write' : 'read, write'
  const others = Object.entries({ append: O_APPEND, create: O_CREAT, exclusive: O_EXCL, truncate: O_TRUNC, synced: O_SYNC })
  return [access, ...others.filter(([, bits]) => (flags & bits) === bits).map(([name]) => name)].join(', ')
}

function find(volume: Volume, path: string, flags: number, mode: number, fault: DiskFault | undefined, call: Call): RegularFile | Directory {
  const fail = (code: ErrorCode): never => {
    throw systemError(code, call)
  }
  const { directory, name, isName, isSlashed, node } = volume.walk(path, call)
  const creates = (flags & O_CREAT) !== 0
  if (creates && isSlashed && isName) return fail('EISDIR')
  if (node === undefined) {
    if (!creates) return fail('ENOENT')
    if (fault === 'ENOSPC') return fail('ENOSPC')
    const file = volume.newFile(mode & 0o7777 & ~UMASK)
    volume.add(file, { directory, name })
    return file
  }
  if (creates && (flags & O_EXCL) !== 0) return fail('EEXIST')
  if (node instanceof RegularFile) return isSlashed || (flags & O_DIRECTORY) !== 0 ? fail('ENOTDIR') : node
  return creates || (flags & O_ACCMODE) !== O_RDONLY || (flags & O_TRUNC) !== 0 ? fail('EISDIR') : node
}

export function close(volume: Volume, fd: number): FileOperation {
  const perform = () => {
    if (!volume.descriptors.close(fd)) throw systemError('EBADF', { syscall: 'close' })
  }
  return onDescriptor(volume, CLOSE, fd, { perform })
}

/** Fills `targets` one after the other; gives the number of bytes. @param position {@link CURRENT} or a place in the file */
export function read(volume: Volume, fd: number, targets: readonly Uint8Array[], position: number): FileOperation {
  const call = { syscall: 'read' }
  const length = lengthOf(targets)
  const perform = (fault: DiskFault | undefined): number => {
    // libuv does not even ask the system.
    if (targets.length === 0) throw systemError('EINVAL', call)
    const descriptor = volume.descriptors.get(fd)
    if (!descriptor?.isReadable) throw systemError('EBADF', call)
    if (descriptor.node instanceof Directory) throw systemError('EISDIR', call)
    if (fault === 'EIO') throw systemError('EIO', call)
    const start = position === CURRENT ? descriptor.position : position
    const most = fault === 'short' ? shortened(volume, Math.min(length, descriptor.node.contents.size - start)) : length
    let count = 0
    for (const target of targets) {
      const part = most - count >= target.length ? target : target.subarray(0, Math.max(0, most - count))
      count += descriptor.node.contents.read(part, start + count)
    }
    if (position === CURRENT) descriptor.position += count
    return count
  }
  const operands = () => describeBytes(length, position)
  return onDescriptor(volume, READ, fd, { operands, perform, digest: (result) => digestOfRead(targets, result as number) })
}

/** Writes `sources` one after the other; gives the number of bytes. */
export function write(volume: Volume, fd: number, sources: readonly Uint8Array[], position: number): FileOperation {
  const call = { syscall: 'write' }
  const length = lengthOf(sources)
  const perform = (fault: DiskFault | undefined): number => {
    const descriptor = volume.descriptors.get(fd)
    if (!descriptor?.isWritable) throw systemError('EBADF', call)
    // A directory cannot be opened for writing.
    const file = descriptor.node as RegularFile
    if (fault === 'EIO') throw systemError('EIO', call)
    // Not even the position moves, as it otherwise would to the end of a file that is appended to.
    if (length === 0) return 0
    const most = roomFor(volume, length, fault, call)
    const isCurrent = position === CURRENT
    const start = descriptor.isAppending ? file.contents.size : isCurrent ? descriptor.position : position
    if (start + most > FILE_BYTES_MAX) throw systemError('EFBIG', call)
    let count = 0
    for (const source of sources) {
      const part = most - count >= source.length ? source : source.subarray(0, most - count)
      if (part.length > 0) volume.write(file, part, start + count)
      count += part.length
    }
    if (isCurrent) descriptor.position = start + count
    if (descriptor.isSynced) volume.sync(file)
    return count
  }
  return onDescriptor(volume, WRITE, fd, { operands: () => describeBytes(length, position), perform })
}

function describeBytes(length: number, position: number): string {
  const bytes = length === 1 ? '1 byte' : `${length} bytes`
  return position === CURRENT ? bytes : `${bytes} at ${position}`
}

/** The bytes that a write moves. */
function roomFor(volume: Volume, length: number, fault: DiskFault | undefined, call: Call): number {
  if (volume.isFull) {
    volume.isFull = false
    throw systemError('ENOSPC', call)
  }
  if (fault === 'short') return shortened(volume, length)
  if (fault !== 'ENOSPC') return length
  const part = length === 1 ? 0 : volume.surroundings.choose(length, 'bytes for which the disk has room')
  if (part === 0) throw systemError('ENOSPC', call)
  volume.isFull = true
  return part
}

/** At least one byte and not all. */
function shortened(volume: Volume, length: number): number {
  if (length < 2) return length
  return length === 2 ? 1 : 1 + volume.surroundings.choose(length - 1, 'bytes moved, less one')
}

export function fsync(volume: Volume, fd: number): FileOperation {
  return sync(volume, fd, FSYNC)
}

/** The size is as durable as with fsync: without it the data could not be read again. */
export function fdatasync(volume: Volume, fd: number): FileOperation {
  return sync(volume, fd, FDATASYNC)
}

function sync(volume: Volume, fd: number, kind: CallKind): FileOperation {
  const call = { syscall: kind.name }
  const perform = (fault: DiskFault | undefined) => {
    const { node } = descriptorOf(volume, fd, call)
    if (fault === 'EIO') {
      volume.failSync(node)
      throw systemError('EIO', call)
    }
    volume.sync(node)
  }
  return onDescriptor(volume, kind, fd, { perform })
}

export function ftruncate(volume: Volume, fd: number, size: number): FileOperation {
  const call = { syscall: 'ftruncate' }
  const perform = (fault: DiskFault | undefined) => {
    const { node, isWritable } = descriptorOf(volume, fd, call)
    if (!isWritable || node instanceof Directory) throw systemError('EINVAL', call)
    if (fault === 'EIO') throw systemError('EIO', call)
    if (size > FILE_BYTES_MAX) throw systemError('EFBIG', call)
    volume.resize(node, size)
  }
  return onDescriptor(volume, FTRUNCATE, fd, { operands: () => `to ${size}`, perform })
}

export function descriptorOf(volume: Volume, fd: number, call: Call): Descriptor {
  const descriptor = volume.descriptors.get(fd)
  if (descriptor === undefined) throw systemError('EBADF', call)
  return descriptor
}

export function onDescriptor(volume: Volume, kind: CallKind, fd: number, { operands, perform, digest }: Omit<CallShape, 'path' | 'pathNumber'>): FileOperation {
  const path = volume.descriptors.get(fd)?.path ?? `descriptor ${fd}`
  return new SystemCall(kind, { path, pathNumber: volume.numberOf(path), operands, perform, digest })
}

function lengthOf(parts: readonly Uint8Array[]): number {
  let length = 0
  for (const part of parts) length += part.length
  return length
}

function digestOfRead(targets: readonly Uint8Array[], count: number): number {
  let hash = count
  let left = count
  for (const target of targets) {
    if (left === 0) break
    const part = left >= target.length ? target : target.subarray(0, left)
    hash = hashBytes(part, hash)
    left -= part.length
  }
  return hash
}
