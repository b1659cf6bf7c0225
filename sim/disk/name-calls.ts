// System calls that change names: rename, unlink, mkdir, rmdir, mkdtemp. The order of the checks is Linux's (fs/namei.c).

import { FILE_NAME } from '../operation.js'
import { type Call, type ErrorCode, systemError } from './errors.js'
import { UMASK } from './file-calls.js'
import type { DiskFault, FileOperation } from './file-operation.js'
import { type AnyNode, Directory } from './node.js'
import type { End } from './paths.js'
import { SystemCall } from './system-call.js'
import type { Volume } from './volume.js'

const ERRORS: readonly DiskFault[] = ['EIO']
const GROWING: readonly DiskFault[] = ['EIO', 'ENOSPC']
const RENAME = { kind: FILE_NAME, name: 'rename', faults: GROWING }
const UNLINK = { kind: FILE_NAME, name: 'unlink', faults: ERRORS }
const MKDIR = { kind: FILE_NAME, name: 'mkdir', faults: GROWING }
const RMDIR = { kind: FILE_NAME, name: 'rmdir', faults: ERRORS }
const MKDTEMP = { kind: FILE_NAME, name: 'mkdtemp', faults: GROWING }

export function rename(volume: Volume, path: string, dest: string): FileOperation {
  const call = { syscall: 'rename', path, dest }
  const perform = (fault: DiskFault | undefined) => {
    befall(fault, call)
    const from = volume.walk(path, call)
    const to = volume.walk(dest, call)
    const refusal = refusalToRename(from, to)
    if (refusal !== undefined) throw systemError(refusal, call)
    if (from.node !== to.node) volume.rename(from.node as AnyNode, to)
  }
  return new SystemCall(RENAME, { path, pathNumber: volume.numberOf(path), operands: () => `→ ${dest}`, perform })
}

function refusalToRename(from: End, to: End): ErrorCode | undefined {
  const { node } = from
  if (!from.isName || !to.isName) return 'EBUSY'
  if (node === undefined) return 'ENOENT'
  const isDirectory = node instanceof Directory
  if (!isDirectory && (from.isSlashed || to.isSlashed)) return 'ENOTDIR'
  if (isWithin(to.directory, node)) return 'EINVAL'
  if (to.node === undefined || to.node === node) return undefined
  if (isWithin(from.directory, to.node)) return 'ENOTEMPTY'
  if (!(to.node instanceof Directory)) return isDirectory ? 'ENOTDIR' : undefined
  if (!isDirectory) return 'EISDIR'
  return to.node.entries.size > 0 ? 'ENOTEMPTY' : undefined
}

/** Whether `directory` is `node` or stands in it, however deep. */
function isWithin(directory: Directory, node: AnyNode): boolean {
  for (let at: Directory | undefined = directory; at !== undefined; at = at.place?.directory) if (at === node) return true
  return false
}

export function unlink(volume: Volume, path: string): FileOperation {
  const call = { syscall: 'unlink', path }
  const perform = (fault: DiskFault | undefined) => {
    befall(fault, call)
    const { isName, isSlashed, node } = volume.walk(path, call)
    if (!isName) throw systemError('EISDIR', call)
    if (node === undefined) throw systemError('ENOENT', call)
    if (node instanceof Directory) throw systemError('EISDIR', call)
    if (isSlashed) throw systemError('ENOTDIR', call)
    volume.remove(node)
  }
  return new SystemCall(UNLINK, { path, pathNumber: volume.numberOf(path), perform })
}

export function mkdir(volume: Volume, path: string, mode: number): FileOperation {
  const call = { syscall: 'mkdir', path }
  const perform = (fault: DiskFault | undefined) => {
    befall(fault, call)
    make(volume, path, mode & ~UMASK, call)
  }
  return new SystemCall(MKDIR, { path, pathNumber: volume.numberOf(path), perform })
}

/**
 * Makes a directory of its own and gives its path.
 * @param drawSuffix gives six random characters
 */
export function mkdtemp(volume: Volume, prefix: string, drawSuffix: () => string): FileOperation {
  const call = { syscall: 'mkdtemp', path: `${prefix}XXXXXX` }
  const perform = (fault: DiskFault | undefined): string => {
    befall(fault, call)
    let path: string
    do path = prefix + drawSuffix()
    while (volume.walk(path, call).node !== undefined)
    make(volume, path, 0o700, call)
    return path
  }
  return new SystemCall(MKDTEMP, { path: prefix, pathNumber: volume.numberOf(prefix), perform })
}

function make(volume: Volume, path: string, mode: number, call: Call): void {
  const { directory, name, isName, node } = volume.walk(path, call)
  if (!isName || node !== undefined) throw systemError('EEXIST', call)
  volume.add(volume.newDirectory(mode & 0o1777), { directory, name })
}

export function rmdir(volume: Volume, path: string): FileOperation {
  const call = { syscall: 'rmdir', path }
  const perform = (fault: DiskFault | undefined) => {
    befall(fault, call)
    const { name, isName, node } = volume.walk(path, call)
    if (!isName) throw systemError(name === '.' ? 'EINVAL' : name === '..' ? 'ENOTEMPTY' : 'EBUSY', call)
    if (node === undefined) throw systemError('ENOENT', call)
    if (!(node instanceof Directory)) throw systemError('ENOTDIR', call)
    if (node.entries.size > 0) throw systemError('ENOTEMPTY', call)
    volume.remove(node)
  }
  return new SystemCall(RMDIR, { path, pathNumber: volume.numberOf(path), perform })
}

function befall(fault: DiskFault | undefined, call: Call): void {
  if (fault === 'EIO' || fault === 'ENOSPC') throw systemError(fault, call)
}
