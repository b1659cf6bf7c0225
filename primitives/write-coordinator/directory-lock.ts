// Keeps a directory for one process at a time. The lock is the directory `lock` inside it, which holds one empty file, named for the process that
// owns it. It is free if it is empty or missing.
//
// Who wants it makes a directory of its own with that file inside, and renames it to `lock`: the system does that in one step, and only onto a
// directory that is empty or missing. So a lock never exists without its owner's name, whenever whoever takes it dies, and of several that
// try one succeeds.
//
// A lock of a dead process is taken over by removing the file with its name, and trying again. Two may do that at the same time: a name belongs to
// one process for ever, so the slower one finds that name gone, and can never remove that of the faster one.
//
// Whoever is killed before the renaming leaves the directory of its own behind, `lock-…`, which says nothing to anybody.
//
// What is not guaranteed: processes that do not see each other (other machines on a network file system, containers with process ids of their own)
// take each other for dead. Where the start of a process cannot be found out, one that got a dead owner's id keeps the directory locked. The death
// of a worker thread that held the lock does not free it as long as its process runs.

import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { StorageError } from './errors.js'
import { identityOf, mayRun } from './process-identity.js'

/** Name of the lock inside the directory. */
export const LOCK = 'lock'
/** Each further attempt means that somebody took the lock, or let it go, in between. */
const ATTEMPTS_MAX = 1000

/** A lock that is held. */
export interface DirectoryLock {
  readonly directory: string
  /** Name of the file that says who holds it. */
  readonly owner: string
}

/** Takes the lock of an existing directory. Throws StorageError while another instance has it, in this process or another one. */
export function lockDirectory(directory: string): DirectoryLock {
  const owner = identityOf(process.pid)
  const own = join(directory, `${LOCK}-${owner}-${threadId}`)
  makeOwn(directory, own, owner)
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const isHeld = tryRename(directory, own)
      if (isHeld) return { directory, owner }
      removeDeadOwners(directory)
    }
    throw new StorageError(LOCK, 'lock', `expected to find out who holds ${join(directory, LOCK)}, got ${ATTEMPTS_MAX} changes of it`)
  } catch (error) {
    removeOwn(own, owner)
    throw error
  }
}

/** Lets the lock go. Throws what Node throws. */
export function unlockDirectory({ directory, owner }: DirectoryLock): void {
  unlinkSync(join(directory, LOCK, owner)) // from here on it is free
  // Stays if somebody else has it by now.
  removeDirectory(join(directory, LOCK))
}

/** The directory that becomes the lock. */
function makeOwn(directory: string, own: string, owner: string): void {
  try {
    mkdirSync(own)
  } catch (error) {
    // One of this name can only be of an attempt of this very thread that broke off.
    if (codeOf(error) !== 'EEXIST') throw new StorageError(LOCK, 'lock', `expected ${directory} to be a directory in which a lock can be made`, error)
  }
  try {
    const fd = openSync(join(own, owner), 'w')
    closeSync(fd)
  } catch (error) {
    removeOwn(own, owner)
    throw new StorageError(LOCK, 'lock', `expected ${directory} to be a directory in which a lock can be made`, error)
  }
}

/** Whether the own directory has become the lock. */
function tryRename(directory: string, own: string): boolean {
  try {
    renameSync(own, join(directory, LOCK))
    return true
  } catch (error) {
    const code = codeOf(error)
    // ENOTEMPTY and EEXIST on POSIX systems; EPERM and EACCES on Windows, also where it is empty.
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM' || code === 'EACCES') return false
    throw new StorageError(LOCK, 'lock', `expected ${join(directory, LOCK)} to be a lock, or nothing`, error)
  }
}

/** Removes the names of the dead from the lock. Throws StorageError if anybody may be alive. */
function removeDeadOwners(directory: string): void {
  const lock = join(directory, LOCK)
  const names = namesIn(lock)
  for (const name of names) {
    const isInUse = mayRun(name)
    if (isInUse) throw new StorageError(LOCK, 'lock', `expected ${directory} to be in use by nobody, got it in use: ${join(lock, name)} says by which process`)
  }
  for (const name of names) removeFile(join(lock, name))
  // Where nothing can be renamed onto an empty directory; it fails if somebody has the lock by now.
  removeDirectory(lock)
}

function namesIn(lock: string): string[] {
  try {
    return readdirSync(lock)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw new StorageError(LOCK, 'lock', `expected ${lock} to be a lock`, error)
  }
}

function removeOwn(own: string, owner: string): void {
  removeFile(join(own, owner))
  removeDirectory(own)
}

/** Another one may have done it; if the system cannot, the next attempt to take the lock says so. */
function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // See above.
  }
}

/** Removes it if it is empty; as {@link removeFile}. */
function removeDirectory(path: string): void {
  try {
    rmdirSync(path)
  } catch {
    // See above.
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
