// System calls that only look: stat, lstat, fstat, access, readdir.

import { constants } from 'node:fs'
import { FILE_LOOK } from '../operation.js'
import { type Call, type ErrorCode, systemError } from './errors.js'
import { descriptorOf, onDescriptor } from './file-calls.js'
import type { FileOperation } from './file-operation.js'
import { type AnyNode, Directory } from './node.js'
import { hashBytes, SystemCall } from './system-call.js'
import type { Volume } from './volume.js'

/** What `stat` gives. Times in ms since the Unix epoch. */
export interface Status {
  readonly isDirectory: boolean
  /** Kind and permissions. */
  readonly mode: number
  readonly inode: number
  readonly links: number
  readonly size: number
  readonly bornMs: number
  readonly modifiedMs: number
  readonly changedMs: number
}

/** One line of a directory. */
export interface Entry {
  readonly name: string
  readonly isDirectory: boolean
}

const NO_FAULTS = [] as const
const FSTAT = { kind: FILE_LOOK, name: 'fstat', faults: NO_FAULTS }
const ACCESS = { kind: FILE_LOOK, name: 'access', faults: NO_FAULTS }
const SCANDIR = { kind: FILE_LOOK, name: 'scandir', faults: NO_FAULTS }

/** The size of a small directory in most file systems. */
const DIRECTORY_BYTES = 4096

/** @param absent the errors instead of which to give undefined */
export function stat(volume: Volume, path: string, name: 'stat' | 'lstat', absent: readonly ErrorCode[] = []): FileOperation {
  const call = { syscall: name, path }
  const perform = (): Status | undefined => {
    try {
      return statusOf(found(volume, path, call))
    } catch (error) {
      if (absent.includes((error as NodeJS.ErrnoException).code as ErrorCode)) return undefined
      throw error
    }
  }
  return new SystemCall({ kind: FILE_LOOK, name, faults: NO_FAULTS }, { path, pathNumber: volume.numberOf(path), perform, digest: digestOfStatus })
}

export function fstat(volume: Volume, fd: number): FileOperation {
  const perform = () => statusOf(descriptorOf(volume, fd, { syscall: 'fstat' }).node)
  return onDescriptor(volume, FSTAT, fd, { perform, digest: digestOfStatus })
}

/** Gives whether it is there. */
export function exists(volume: Volume, path: string): FileOperation {
  const call = { syscall: 'access', path }
  const perform = (): boolean => {
    try {
      return found(volume, path, call) !== undefined
    } catch {
      return false
    }
  }
  return new SystemCall(ACCESS, { path, pathNumber: volume.numberOf(path), perform })
}

export function access(volume: Volume, path: string, mode: number): FileOperation {
  const call = { syscall: 'access', path }
  const perform = () => {
    const node = found(volume, path, call)
    // The superuser may do everything but execute what nobody may.
    const isExecutable = node instanceof Directory || (node.mode & 0o111) !== 0
    if ((mode & constants.X_OK) !== 0 && !isExecutable) throw systemError('EACCES', call)
  }
  return new SystemCall(ACCESS, { path, pathNumber: volume.numberOf(path), perform })
}

/** Gives the entries in the order of their names' bytes. */
export function readdir(volume: Volume, path: string): FileOperation {
  const call = { syscall: 'scandir', path }
  const perform = (): Entry[] => {
    const node = found(volume, path, call)
    if (!(node instanceof Directory)) throw systemError('ENOTDIR', call)
    const entries = [...node.entries].map(([name, child]) => ({ name, isDirectory: child instanceof Directory }))
    return entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  }
  const digest = (entries: unknown) => hashBytes(Buffer.from((entries as Entry[]).map(({ name, isDirectory }) => `${name}/${isDirectory}`).join('//')))
  return new SystemCall(SCANDIR, { path, pathNumber: volume.numberOf(path), perform, digest })
}

function found(volume: Volume, path: string, call: Call): AnyNode {
  const { node, isSlashed } = volume.walk(path, call)
  if (node === undefined) throw systemError('ENOENT', call)
  if (isSlashed && !(node instanceof Directory)) throw systemError('ENOTDIR', call)
  return node
}

function statusOf(node: AnyNode): Status {
  const isDirectory = node instanceof Directory
  const { inode, bornMs, modifiedMs, changedMs } = node
  const mode = node.mode | (isDirectory ? constants.S_IFDIR : constants.S_IFREG)
  // A directory has its own name, `.` in itself, and `..` in each directory in it.
  const links = isDirectory ? 2 + countDirectories(node) : 1
  const named = node.isNamed ? links : 0
  return { isDirectory, mode, inode, links: named, size: isDirectory ? DIRECTORY_BYTES : node.contents.size, bornMs, modifiedMs, changedMs }
}

function countDirectories(directory: Directory): number {
  let count = 0
  for (const node of directory.entries.values()) if (node instanceof Directory) count++
  return count
}

function digestOfStatus(status: unknown): number {
  if (status === undefined) return -1
  const { mode, inode, size, modifiedMs } = status as Status
  return (Math.imul(mode ^ Math.imul(inode, 0x9e3779b1), 0x85ebca77) ^ Math.imul(size, 0xc2b2ae35) ^ (modifiedMs | 0)) | 0
}
