// Calls of `node:fs` that open a file, do something with all of it, and close it: the system calls are those that Node makes.

import type nodeFs from 'node:fs'
import { constants } from 'node:fs'
import { type Call, systemError } from '../disk/errors.js'
import * as files from '../disk/file-calls.js'
import type { FileOperation } from '../disk/file-operation.js'
import * as looks from '../disk/look-calls.js'
import { unlink } from '../disk/name-calls.js'
import type { Volume } from '../disk/volume.js'
import type { Host } from '../host.js'
import type { Program } from './node-fs.js'
import {
  bytesIn,
  descriptorArgument,
  flagsArgument,
  letNodeCheck,
  modeArgument,
  NO_DESCRIPTOR,
  NOWHERE,
  type Options,
  optionsArgument,
  pathArgument,
} from './node-fs-arguments.js'
import { sizeArgument } from './node-fs-files.js'

type Fs = typeof nodeFs
type Loose = (...args: unknown[]) => unknown
type Steps<T> = Generator<FileOperation, T, unknown>

const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_WRONLY } = constants
const FILE_MODE = 0o666
/** Bytes that Node asks for where it does not know the size. */
const CHUNK_BYTES = 8192

export function createWholeFileCalls(real: Fs) {
  return {
    readFileSync: readFileSync(real),
    writeFileSync: writeFileSync(real),
    appendFileSync: appendFileSync(real),
    truncateSync: truncateSync(real),
    copyFileSync: copyFileSync(real),
  }
}

function readFileSync(real: Fs): Program {
  return function* (current, [file, value]) {
    const { volume } = current.disk
    const options = optionsArgument(value, (given) => real.readFileSync(NOWHERE, given))
    const isText = options.encoding === 'utf8' || options.encoding === 'utf-8'
    const flag = options.flag ?? 'r'
    // Text is read in chunks; for bytes Node asks for the size first, and reads no more.
    const fill = function* (fd: number): Steps<Buffer> {
      const status = isText ? undefined : ((yield looks.fstat(volume, fd)) as looks.Status)
      const size = status === undefined || status.isDirectory ? 0 : status.size
      return yield* size === 0 ? readChunks(volume, fd) : readSize(volume, fd, size)
    }
    const bytes = yield* withFile(current, isText ? unsigned(file) : file, 'readFileSync', real, () => openFile(current, file, flag, FILE_MODE, real), fill)
    return options.encoding ? bytes.toString(options.encoding as BufferEncoding) : bytes
  }
}

function* readChunks(volume: Volume, fd: number): Steps<Buffer> {
  const chunks: Buffer[] = []
  while (true) {
    const chunk = Buffer.alloc(CHUNK_BYTES)
    const count = (yield files.read(volume, fd, [chunk], files.CURRENT)) as number
    if (count === 0) return Buffer.concat(chunks)
    chunks.push(chunk.subarray(0, count))
  }
}

function* readSize(volume: Volume, fd: number, size: number): Steps<Buffer> {
  const bytes = Buffer.alloc(size)
  let length = 0
  while (length < size) {
    const count = (yield files.read(volume, fd, [bytes.subarray(length)], files.CURRENT)) as number
    if (count === 0) break
    length += count
  }
  return bytes.subarray(0, length)
}

function writeFileSync(real: Fs): Program {
  const flushesText = doesFlushText(real)
  return function* (current, [file, data, value]) {
    const options = optionsArgument(value, (given) => real.writeFileSync(NOWHERE, '', given))
    yield* writeFile(real, current, file, data, options, options.flag || 'w', flushesText)
  }
}

function appendFileSync(real: Fs): Program {
  const flushesText = doesFlushText(real)
  return function* (current, [file, data, value]) {
    const options = optionsArgument(value, (given) => real.appendFileSync(NOWHERE, '', given))
    yield* writeFile(real, current, file, data, options, options.flag || 'a', flushesText)
  }
}

/** Some versions of Node forget `flush` where the data is text in UTF-8. */
function doesFlushText(real: Fs): boolean {
  return !/typeof data === 'string' && \(options\.encoding === 'utf8'/.test(real.writeFileSync.toString())
}

function* writeFile(real: Fs, current: Host, file: unknown, data: unknown, options: Options, flag: string | number, flushesText: boolean): Steps<void> {
  const { volume } = current.disk
  if (typeof data !== 'string' && !ArrayBuffer.isView(data)) letNodeCheck(() => real.writeFileSync(NOWHERE, data as never))
  const encoding = options.encoding === 'buffer' || !options.encoding ? 'utf8' : options.encoding
  const isText = typeof data === 'string' && (encoding === 'utf8' || encoding === 'utf-8')
  const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : bytesIn(data as ArrayBufferView)
  const flushes = options.flush === true && (!isText || flushesText)
  const fill = function* (fd: number): Steps<void> {
    let offset = 0
    while (offset < bytes.length) offset += (yield files.write(volume, fd, [bytes.subarray(offset)], files.CURRENT)) as number
    if (flushes) yield files.fsync(volume, fd)
  }
  yield* withFile(current, isText ? unsigned(file) : file, 'writeFileSync', real, () => openFile(current, file, flag, options.mode, real), fill)
}

/** Where the data is text Node does not look at the descriptor: a negative one is merely not open. */
function unsigned(file: unknown): unknown {
  return typeof file === 'number' && (file | 0) === file && file < 0 ? NO_DESCRIPTOR : file
}

/** Does something with an open file: with the descriptor that was given, or with one that is closed afterwards. */
function* withFile<T>(current: Host, file: unknown, name: string, real: Fs, open: () => FileOperation, use: (fd: number) => Steps<T>): Steps<T> {
  if (typeof file === 'number' && (file | 0) === file) return yield* use(descriptorArgument(current, file, name, real.fstatSync))
  const fd = (yield open()) as number
  let result: T
  try {
    result = yield* use(fd)
  } catch (error) {
    yield files.close(current.disk.volume, fd)
    throw error
  }
  yield files.close(current.disk.volume, fd)
  return result
}

function openFile(current: Host, file: unknown, flag: unknown, mode: unknown, real: Fs): FileOperation {
  const path = pathArgument(current, file, real.accessSync)
  const flags = flagsArgument(current, flag, (value) => real.openSync(NOWHERE, value))
  return files.open(
    current.disk.volume,
    path,
    flags,
    modeArgument(mode, FILE_MODE, (value) => real.openSync(NOWHERE, 'r', value)),
  )
}

function truncateSync(real: Fs): Program {
  const takesDescriptors = doesTruncateDescriptors(real)
  return function* (current, [file, length]) {
    const { volume } = current.disk
    if (!takesDescriptors) pathArgument(current, file, real.accessSync)
    const resize = function* (fd: number): Steps<void> {
      yield files.ftruncate(volume, fd, sizeArgument(length, real.ftruncateSync as Loose))
    }
    yield* withFile(current, file, 'truncateSync', real, () => files.open(volume, pathArgument(current, file, real.accessSync), O_RDWR, FILE_MODE), resize)
  }
}

/** Up to Node 23 a descriptor may stand for the path. To ask with one would bring a warning. */
function doesTruncateDescriptors(real: Fs): boolean {
  return /typeof path === 'number'/.test(real.truncateSync.toString())
}

function copyFileSync(real: Fs): Program {
  return function* (current, [from, to, mode]) {
    const path = pathArgument(current, from, (value) => real.copyFileSync(value, NOWHERE))
    const dest = pathArgument(current, to, (value) => real.copyFileSync(NOWHERE, value))
    if (mode !== undefined) letNodeCheck(() => real.copyFileSync(NOWHERE, NOWHERE, mode as number))
    const bits = (mode ?? 0) as number
    if ((bits & COPYFILE_FICLONE_FORCE) !== 0) current.refuse('fs.copyFileSync with COPYFILE_FICLONE_FORCE')
    const call = { syscall: 'copyfile', path, dest }
    yield* namedCopy(copy(current.disk.volume, call, (bits & COPYFILE_EXCL) === 0 ? 0 : O_EXCL), call)
  }
}

/** Errors name the copy, whichever of its system calls they come from. */
function* namedCopy(steps: Steps<void>, call: Call): Steps<void> {
  try {
    yield* steps
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    throw syscall === undefined ? error : systemError(code as 'EIO', call)
  }
}

/** As libuv does it: what was copied in part is removed. */
function* copy(volume: Volume, { path, dest }: Call, exclusive: number): Steps<void> {
  const source = (yield files.open(volume, path as string, O_RDONLY, 0)) as number
  try {
    const from = (yield looks.fstat(volume, source)) as looks.Status
    const target = (yield files.open(volume, dest as string, O_WRONLY | O_CREAT | exclusive, from.mode)) as number
    let isWhole = false
    try {
      const to = (yield looks.fstat(volume, target)) as looks.Status
      if (to.inode !== from.inode) {
        yield files.ftruncate(volume, target, 0)
        volume.setMode(target, from.mode)
        yield* copyBytes(volume, source, target, from.size)
      }
      isWhole = true
    } finally {
      yield files.close(volume, target)
      if (!isWhole) yield unlink(volume, dest as string)
    }
  } finally {
    yield files.close(volume, source)
  }
}

function* copyBytes(volume: Volume, source: number, target: number, size: number): Steps<void> {
  const bytes = yield* readSize(volume, source, size)
  let offset = 0
  while (offset < bytes.length) offset += (yield files.write(volume, target, [bytes.subarray(offset)], files.CURRENT)) as number
}
