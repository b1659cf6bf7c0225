// Errors of system calls, as Node makes them on Linux.

/** Number and text by code; Linux's numbers on every machine, so that an execution is the same everywhere. */
const ERRORS = {
  EBADF: [-9, 'bad file descriptor'],
  EBUSY: [-16, 'resource busy or locked'],
  EEXIST: [-17, 'file already exists'],
  EFBIG: [-27, 'file too large'],
  EINVAL: [-22, 'invalid argument'],
  EIO: [-5, 'i/o error'],
  EISDIR: [-21, 'illegal operation on a directory'],
  EACCES: [-13, 'permission denied'],
  ENAMETOOLONG: [-36, 'name too long'],
  ENOENT: [-2, 'no such file or directory'],
  ENOSPC: [-28, 'no space left on device'],
  ENOTDIR: [-20, 'not a directory'],
  ENOTEMPTY: [-39, 'directory not empty'],
} as const

export type ErrorCode = keyof typeof ERRORS

/** A system call as errors name it. */
export interface Call {
  /** `open`, `write`, `fsync`, … */
  readonly syscall: string
  /** As the user gave it; absent where the call works on a descriptor. */
  readonly path?: string
  /** The second path of a call that has two. */
  readonly dest?: string
}

export function systemError(code: ErrorCode, { syscall, path, dest }: Call): NodeJS.ErrnoException {
  const [errno, text] = ERRORS[code]
  const paths = path === undefined ? '' : dest === undefined ? ` '${path}'` : ` '${path}' -> '${dest}'`
  const error = new Error(`${code}: ${text}, ${syscall}${paths}`) as NodeJS.ErrnoException & { dest?: string }
  error.errno = errno
  error.code = code
  error.syscall = syscall
  if (path !== undefined) error.path = path
  if (dest !== undefined) error.dest = dest
  return error
}
