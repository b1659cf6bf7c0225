// From a path to what stands there, as Linux walks it. There are no symbolic links.

import { resolve } from 'node:path'
import { type Call, type ErrorCode, systemError } from './errors.js'
import { type AnyNode, Directory } from './node.js'

/** Bytes of a name and of a path with its final zero. */
const NAME_BYTES_MAX = 255
const PATH_BYTES_MAX = 4096

/** Where a path ends. */
export interface End {
  readonly directory: Directory
  /** The last name; `.`, `..` or the empty string, for the root, where the path ends in none. */
  readonly name: string
  /** Whether it is a name, not `.`, `..` or the root. */
  readonly isName: boolean
  /** Whether slashes follow: it must be a directory. */
  readonly isSlashed: boolean
  readonly node: AnyNode | undefined
}

// What was made of paths is remembered: executions name the same few again and again.

const REMEMBERED_MAX = 10_000
const namesByPath = new Map<string, readonly string[]>()
const absoluteByPath = new Map<string, string>()

/** The names in a path, without empty ones. */
export function namesIn(path: string): readonly string[] {
  let names = namesByPath.get(path)
  if (names === undefined) {
    names = path.split('/').filter((name) => name !== '')
    if (namesByPath.size >= REMEMBERED_MAX) namesByPath.clear()
    namesByPath.set(path, names)
  }
  return names
}

/** The path from the root, without `.` and `..`. */
export function absolute(path: string): string {
  // Where a relative one leads may change.
  if (!path.startsWith('/')) return resolve(path)
  let resolved = absoluteByPath.get(path)
  if (resolved === undefined) {
    resolved = resolve(path)
    if (absoluteByPath.size >= REMEMBERED_MAX) absoluteByPath.clear()
    absoluteByPath.set(path, resolved)
  }
  return resolved
}

/**
 * @param start undefined where the working directory is gone
 * @param path the path that is walked: one of the two that `call` may have
 */
export function walk(root: Directory, start: Directory | undefined, path: string, call: Call): End {
  const fail = (code: ErrorCode): never => {
    throw systemError(code, call)
  }
  if (path === '') fail('ENOENT')
  if (path.length * 3 >= PATH_BYTES_MAX && Buffer.byteLength(path) >= PATH_BYTES_MAX) fail('ENAMETOOLONG')
  const names = namesIn(path)
  let at: AnyNode | undefined = path.startsWith('/') ? root : start
  if (at === undefined) fail('ENOENT')
  const last = names.at(-1)
  if (last === undefined) return { directory: root, name: '', isName: false, isSlashed: true, node: root }
  for (let index = 0; index < names.length - 1; index++) {
    at = step(at as AnyNode, names[index] as string, fail)
    if (at === undefined) fail('ENOENT')
  }
  const node = step(at as AnyNode, last, fail)
  return { directory: at as Directory, name: last, isName: last !== '.' && last !== '..', isSlashed: path.endsWith('/'), node }
}

function step(at: AnyNode, name: string, fail: (code: ErrorCode) => never): AnyNode | undefined {
  if (!(at instanceof Directory)) return fail('ENOTDIR')
  if (name === '.') return at
  if (name === '..') return at.place?.directory ?? at
  if (name.length * 3 > NAME_BYTES_MAX && Buffer.byteLength(name) > NAME_BYTES_MAX) fail('ENAMETOOLONG')
  return at.entries.get(name)
}
