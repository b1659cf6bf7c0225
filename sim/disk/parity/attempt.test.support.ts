// What a body of the parity tests sees of one call, in a form that is the same for the real file system and for the virtual disk.

import type nodeFs from 'node:fs'

export type Fs = typeof nodeFs
/** Writes down what a call gave or threw. */
export type Attempt = (label: string, call: () => unknown) => unknown
export type Body = (fs: Fs, folder: string, attempt: Attempt) => void

/** Permissions that the mask of this process or that of the virtual disk takes away. */
const MASKED = BigInt(process.umask() | 0o022)

/** The mode without the permissions that depend on the mask. */
export function showMode(mode: number | bigint): string {
  return (BigInt(mode) & ~MASKED).toString(8)
}

/** Runs the body in its folder, then looks at all that is there. The last two parameters are those of programs of instrument/parity. */
export function observe(fs: Fs, body: Body, folder: string, _memory: unknown, log: (line: string) => unknown): void {
  fs.mkdirSync(folder, { recursive: true })
  body(fs, folder, (label, call) => {
    try {
      const result = call()
      log(`${label}: ${show(result)}`)
      return result
    } catch (error) {
      log(`${label}: ${showError(error)}`)
      return undefined
    }
  })
  dump(fs, folder, '', log)
}

/** Every file with its bytes and mode, every directory. */
function dump(fs: Fs, folder: string, name: string, log: (line: string) => unknown): void {
  const path = `${folder}${name}`
  for (const entry of fs.readdirSync(path, { withFileTypes: true })) {
    const { mode } = fs.statSync(`${path}/${entry.name}`)
    const permissions = showMode(mode & 0o777)
    if (entry.isDirectory()) {
      log(`${name}/${entry.name}/ ${permissions}`)
      dump(fs, folder, `${name}/${entry.name}`, log)
    } else log(`${name}/${entry.name} ${permissions} ${showBytes(fs.readFileSync(`${path}/${entry.name}`))}`)
  }
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.constructor.name} ${showBytes(value)}`
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'object' && value !== null) return 'isFile' in value ? showEntry(value as nodeFs.Stats) : JSON.stringify(value)
  return JSON.stringify(value) ?? 'undefined'
}

function showEntry(entry: nodeFs.Stats | nodeFs.Dirent): string {
  const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other'
  const type = Object.getPrototypeOf(entry).constructor.name
  if ('parentPath' in entry) return `${type} ${kind} ${show(entry.name)} in ${show(entry.parentPath)}`
  const { mode, size, nlink } = entry as nodeFs.Stats
  // What directories take and how they are counted differs between file systems.
  const numbers = kind === 'file' ? `${show(size)} bytes, ${show(nlink)} links` : typeof size
  return `${type} ${kind} ${showMode(mode)} ${numbers} ${Object.keys(entry).join()}`
}

function showBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1')
  // Runs of one byte are long in files with holes.
  return `${bytes.length} ${JSON.stringify(text.replace(/(.)\1{9,}/gs, (run, character: string) => `<${run.length} ${character.charCodeAt(0)}>`))}`
}

function showError(error: unknown): string {
  const { name, message, code, errno, syscall, path, dest, info } = error as Record<string, unknown>
  return `throws ${JSON.stringify({ name, message, code, errno, syscall, path, dest, info })}`
}
