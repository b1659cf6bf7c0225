// Calls of `node:fs` on names and directories.

import type nodeFs from 'node:fs'
import { constants, Dirent } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ErrorCode, systemError } from '../disk/errors.js'
import type { FileOperation } from '../disk/file-operation.js'
import * as looks from '../disk/look-calls.js'
import * as names from '../disk/name-calls.js'
import type { Volume } from '../disk/volume.js'
import { type Host, OutsideWorldError } from '../host.js'
import type { Program, SingleCall } from './node-fs.js'
import { isPlain, letNodeCheck, modeArgument, NOWHERE, type Options, optionsArgument, pathArgument } from './node-fs-arguments.js'
import { createStatsMaker, type StatsMaker } from './node-fs-stats.js'
import { randomBelow } from './random.js'

type Fs = typeof nodeFs
type Loose = (...args: unknown[]) => unknown

const { UV_DIRENT_DIR, UV_DIRENT_FILE, X_OK, R_OK, W_OK } = constants as typeof constants & { UV_DIRENT_DIR: number; UV_DIRENT_FILE: number }
const DIRECTORY_MODE = 0o777
const SUFFIX_CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const SUFFIX_LENGTH = 6

export function createNameCalls(real: Fs) {
  const stats = createStatsMaker(real)
  return {
    renameSync: renameSync(real),
    unlinkSync: unlinkSync(real),
    mkdirSync: mkdirSync(real),
    mkdtempSync: mkdtempSync(real),
    rmdirSync: rmdirSync(real),
    rmSync: rmSync(real),
    readdirSync: readdirSync(real),
    statSync: statSync('stat', real.statSync as Loose, stats),
    lstatSync: statSync('lstat', real.lstatSync as Loose, stats),
    existsSync: existsSync(real),
    accessSync: accessSync(real),
  }
}

function unlinkSync(real: Fs): SingleCall {
  return { prepare: (current, [path]) => names.unlink(current.disk.volume, pathArgument(current, path, real.accessSync)) }
}

function renameSync(real: Fs): SingleCall {
  return {
    prepare(current, [from, to]) {
      const path = pathArgument(current, from, (value) => real.renameSync(value, NOWHERE))
      const dest = pathArgument(current, to, (value) => real.renameSync(NOWHERE, value))
      return names.rename(current.disk.volume, path, dest)
    },
  }
}

function mkdirSync(real: Fs): Program {
  return function* (current, [value, options]) {
    const path = pathArgument(current, value, real.accessSync)
    if (options !== undefined && !isPlain(options)) letNodeCheck(() => real.mkdirSync(NOWHERE, options as object))
    const isMode = typeof options === 'number' || typeof options === 'string'
    const { recursive, mode } = (isMode ? { mode: options } : (options ?? {})) as Options
    const bits = modeArgument(mode, DIRECTORY_MODE, (given) => real.mkdirSync(NOWHERE, given))
    if (recursive === true) return yield* makeAll(current.disk.volume, path, bits)
    yield names.mkdir(current.disk.volume, path, bits)
    return undefined
  }
}

/** Makes the directory and those above it that are not there, as Node does; gives the first that it made. */
function* makeAll(volume: Volume, path: string, mode: number): Generator<FileOperation, string | undefined, unknown> {
  const left = [path]
  let first: string | undefined
  while (left.length > 0) {
    const next = left.pop() as string
    let code = yield* codeOf(names.mkdir(volume, next, mode))
    if (code === undefined) {
      first ??= next
      continue
    }
    const fail = (instead: string) => systemError(instead as 'EEXIST', { syscall: 'mkdir', path })
    if (code === 'ENOENT') {
      const parent = next.slice(0, next.includes('/') ? next.lastIndexOf('/') : undefined)
      if (parent !== next) {
        left.push(next, parent)
        continue
      }
      if (left.length > 0) continue
      code = 'EEXIST'
    }
    if (code === 'ENOSPC' || code === 'ENOTDIR') throw fail(code)
    let status: looks.Status
    try {
      status = (yield looks.stat(volume, next, 'stat')) as looks.Status
    } catch (error) {
      throw fail((error as NodeJS.ErrnoException).code as string)
    }
    if (!status.isDirectory) throw fail(code === 'EEXIST' && left.length > 0 ? 'ENOTDIR' : 'EEXIST')
  }
  return first
}

/** Does the operation; gives the code of its error, if it throws one. */
function* codeOf(operation: FileOperation): Generator<FileOperation, string | undefined, unknown> {
  try {
    yield operation
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    return code
  }
}

function mkdtempSync(real: Fs): SingleCall {
  return {
    prepare(current, [value, options]) {
      const prefix = pathArgument(current, value, real.mkdtempSync)
      optionsArgument(options, (given) => real.mkdtempSync(NOWHERE, given))
      return names.mkdtemp(current.disk.volume, prefix, () => drawSuffix(current))
    },
    finish: (path, [, options]) => encoded(path as string, typeof options === 'string' ? options : (options as Options | undefined)?.encoding),
  }
}

function drawSuffix(current: Host): string {
  return Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX_CHARACTERS[randomBelow(current, SUFFIX_CHARACTERS.length)]).join('')
}

function rmdirSync(real: Fs): SingleCall {
  return {
    prepare(current, [value, options]) {
      const path = pathArgument(current, value, real.accessSync)
      if ((options as Options | undefined)?.recursive) current.refuse('fs.rmdirSync with recursive')
      if (options !== undefined) letNodeCheck(() => real.rmdirSync(NOWHERE, options as object))
      return names.rmdir(current.disk.volume, path)
    },
  }
}

interface RemoveOptions {
  readonly recursive?: boolean
  readonly force?: boolean
  readonly maxRetries?: number
}

function rmSync(real: Fs): Program {
  const gone = absentOf(real.rmSync as Loose, { recursive: true, force: true })
  return function* (current, [value, options]) {
    const { volume } = current.disk
    const path = pathArgument(current, value, real.accessSync)
    if (options !== undefined && !isPlain(options)) letNodeCheck(() => real.rmSync(NOWHERE, options as object))
    const { recursive = false, force = false, maxRetries = 0 } = (options ?? {}) as RemoveOptions
    // It would block the thread between them.
    if (maxRetries > 0) current.refuse('fs.rmSync with maxRetries')
    if (!force || !recursive) {
      const status = (yield looks.stat(volume, path, 'lstat', force ? ['ENOENT'] : [])) as looks.Status | undefined
      if (status?.isDirectory && !recursive) throw isDirectoryError(path)
    }
    yield* remove(volume, path, gone)
  }
}

/**
 * Like Node's rimraf: whatever is gone meanwhile was removed by somebody else.
 * @param gone the errors of a look that say so
 */
function* remove(volume: Volume, path: string, gone: readonly ErrorCode[]): Generator<FileOperation, void, unknown> {
  let status: looks.Status | undefined
  try {
    status = (yield looks.stat(volume, path, 'lstat')) as looks.Status
  } catch (error) {
    if (gone.includes((error as NodeJS.ErrnoException).code as ErrorCode)) return
    // What cannot be looked at is removed like a file, and shows why it cannot.
  }
  try {
    if (status?.isDirectory) yield* removeDirectory(volume, path, gone)
    else yield names.unlink(volume, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return
    if (code !== 'EISDIR') throw error
    yield* removeDirectory(volume, path, gone)
  }
}

function* removeDirectory(volume: Volume, path: string, gone: readonly ErrorCode[]): Generator<FileOperation, void, unknown> {
  try {
    yield names.rmdir(volume, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return
    if (code !== 'ENOTEMPTY') throw error
    const entries = (yield looks.readdir(volume, path)) as looks.Entry[]
    for (const { name } of entries) yield* remove(volume, `${path}/${name}`, gone)
    const left = yield* failureOf(names.rmdir(volume, path))
    if (left !== undefined && left.code !== 'ENOENT') throw left
  }
}

function* failureOf(operation: FileOperation): Generator<FileOperation, NodeJS.ErrnoException | undefined, unknown> {
  try {
    yield operation
    return undefined
  } catch (error) {
    return error as NodeJS.ErrnoException
  }
}

/** What `rmSync` throws for a directory, of a class that Node does not export. */
function isDirectoryError(path: string): Error {
  const info = { code: 'EISDIR', message: 'is a directory', path, syscall: 'rm', errno: 21 }
  const error = new Error(`Path is a directory: rm returned EISDIR (is a directory) ${path}`)
  Object.defineProperty(error, 'name', { value: 'SystemError', configurable: true, writable: true })
  return Object.assign(error, { code: 'ERR_FS_EISDIR', info, errno: info.errno, syscall: info.syscall, path })
}

function readdirSync(real: Fs): SingleCall {
  return {
    prepare(current, [value, options]) {
      const { recursive } = optionsArgument(options, (given) => real.readdirSync(NOWHERE, given))
      if (recursive) current.refuse('fs.readdirSync with recursive')
      return looks.readdir(current.disk.volume, pathArgument(current, value, real.accessSync))
    },
    finish(result, [path, options]) {
      const { withFileTypes, encoding } = (typeof options === 'string' ? { encoding: options } : (options ?? {})) as Options
      const entries = result as looks.Entry[]
      if (!withFileTypes) return entries.map(({ name }) => encoded(name, encoding))
      const parent = path instanceof URL ? fileURLToPath(path) : path
      const make = Dirent as unknown as new (name: unknown, type: number, path: unknown) => Dirent
      return entries.map(({ name, isDirectory }) => new make(encoded(name, encoding), isDirectory ? UV_DIRENT_DIR : UV_DIRENT_FILE, parent))
    },
  }
}

function encoded(name: string, encoding: Options['encoding'] | string): string | Buffer {
  if (encoding === 'buffer') return Buffer.from(name)
  return encoding === undefined || encoding === null || encoding === 'utf8' ? name : Buffer.from(name).toString(encoding as BufferEncoding)
}

function statSync(name: 'stat' | 'lstat', real: Loose, stats: StatsMaker): SingleCall {
  const absent = absentOf(real, { throwIfNoEntry: false })
  return {
    prepare(current, [value, options]) {
      const path = pathArgument(current, value, real)
      if (options === null) letNodeCheck(() => real(NOWHERE, options))
      const isOptional = (options as { throwIfNoEntry?: unknown } | undefined)?.throwIfNoEntry === false
      return looks.stat(current.disk.volume, path, name, isOptional ? absent : [])
    },
    finish: (status, [, options]) => stats(status, options),
  }
}

/**
 * The errors that are none with these options, which allow that there is nothing. A way that leads through a file is one of them to
 * `statSync` from Node 22 on, and to `rmSync` from Node 24 on.
 */
function absentOf(real: Loose, options: object): readonly ErrorCode[] {
  try {
    real(NOWHERE, options)
    return ['ENOENT', 'ENOTDIR']
  } catch {
    return ['ENOENT']
  }
}

function existsSync(real: Fs): SingleCall {
  return {
    prepare(current, [value]) {
      let path: string
      try {
        path = pathArgument(current, value, real.accessSync)
      } catch (error) {
        if (error instanceof OutsideWorldError) throw error
        return false
      }
      return looks.exists(current.disk.volume, path)
    },
  }
}

function accessSync(real: Fs): SingleCall {
  return {
    prepare(current, [value, mode]) {
      const path = pathArgument(current, value, real.accessSync)
      const isPlain = mode === undefined || (Number.isInteger(mode) && ((mode as number) & ~(X_OK | R_OK | W_OK)) === 0)
      if (!isPlain) letNodeCheck(() => real.accessSync(NOWHERE, mode as number))
      return looks.access(current.disk.volume, path, (mode ?? 0) as number)
    },
  }
}
