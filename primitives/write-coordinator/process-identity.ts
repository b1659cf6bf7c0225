// Who holds a lock: a process, told apart from a later one that got the same id.

import { closeSync, openSync, readSync } from 'node:fs'

/** When a process began, as far as that can be found out. */
const UNKNOWN = 'unknown'
const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id'
const BOOT_ID_LENGTH = 36
/** Index of the start time among the fields behind the command's name (proc(5), `/proc/pid/stat`). */
const START_FIELD = 19
const TEXT_BYTES = 4096

/** A process as part of a file name: `4711-<boot id>.<clock ticks from boot to its start>`, or `4711-unknown`. */
export function identityOf(pid: number): string {
  const start = startOf(pid)
  return `${pid}-${start}`
}

/**
 * Whether the process may still run. In doubt it does: where starts cannot be found out (systems without `/proc`), a process that got the
 * id of a dead one counts as that one.
 */
export function mayRun(identity: string): boolean {
  const [, digits, start] = /^([1-9]\d*)-(.+)$/.exec(identity) ?? []
  if (digits === undefined || start === undefined) return true
  const pid = Number(digits)
  if (pid !== process.pid) {
    const exists = processExists(pid)
    if (!exists) return false
  }
  const found = startOf(pid)
  return start === UNKNOWN || found === UNKNOWN || start === found
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function startOf(pid: number): string {
  if (process.platform !== 'linux') return UNKNOWN
  const stat = textOf(`/proc/${pid}/stat`)
  const boot = textOf(BOOT_ID_FILE)
  // The command's name stands in parentheses, and may hold anything.
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[START_FIELD]
  if (ticks === undefined || boot === undefined) return UNKNOWN
  return `${boot.slice(0, BOOT_ID_LENGTH)}.${ticks}`
}

/** The begin of a file; undefined if it cannot be read. */
function textOf(path: string): string | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    const bytes = new Uint8Array(TEXT_BYTES)
    const count = readSync(fd, bytes, 0, TEXT_BYTES, 0)
    return new TextDecoder().decode(bytes.subarray(0, count))
  } catch {
    return undefined
  } finally {
    closeSync(fd)
  }
}
