// Instrumented modules on disk, so that a second start only reads and hashes.
//
// The folder holds two kinds of files:
//
// - `units/<name>-<hash>.json`: what one source file became, whatever its dependencies hold. Its first line is the hash of the
//   rest, so a damaged file is a miss.
// - `<name>-<hash>.mjs|.cjs` and its `.map`: the same code with the names of its dependencies filled in, which Node loads and a
//   person can read. They follow from units, so they are compared with what they should hold, not trusted.
//
// Several processes may write at once. Every file is written under a name of its own and renamed, and equal names have equal
// contents, so it does not matter who comes last.

import { createHash, randomBytes } from 'node:crypto'
import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HEDDLE_ROOT, packageScope } from './resolve.js'

const HASH_DIGITS = 12
const NAME_LENGTH_MAX = 60
const DAY_MS = 24 * 60 * 60 * 1000
const UNUSED_DAYS_MAX = 30
const PRIVATE_MODE = 0o700

let engine: string | undefined
let swept = false

export class Cache {
  /** Absolute path. */
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  /** The cache of the project that `scenario` belongs to, or one of the user's under the temporary folder if that cannot be written. */
  static of(scenario: string): Cache {
    const scope = packageScope(scenario)
    if (scope !== undefined) {
      // A scenario that came with a package is cached in the project that installed it.
      const project = scope.directory.split(`${sep}node_modules${sep}`)[0] as string
      const directory = join(project, 'node_modules', '.cache', 'heddle')
      if (makeWritable(directory)) return new Cache(directory)
    }
    return new Cache(temporaryDirectory())
  }

  /** The unit stored under `key`, or undefined if there is none or it is damaged. */
  readUnit(name: string, key: string): unknown {
    const file = this.#unitFile(name, key)
    const text = readText(file)
    if (text === undefined) return undefined
    const end = text.indexOf('\n')
    const body = text.slice(end + 1)
    if (hash(key, body) !== text.slice(0, end)) return undefined
    keepYoung(file)
    return JSON.parse(body)
  }

  writeUnit(name: string, key: string, unit: object): void {
    const body = JSON.stringify(unit)
    mkdirSync(join(this.directory, 'units'), { recursive: true })
    writeAtomically(this.#unitFile(name, key), `${hash(key, body)}\n${body}`)
    this.#sweep()
  }

  /** Makes sure that the file called `name` holds `code`, and the file beside it `map`, if there is one. Returns its absolute path. */
  ensureModule(name: string, code: string, map?: string): string {
    const file = join(this.directory, name)
    if (readText(file) !== code) writeAtomically(file, code)
    else keepYoung(file)
    if (map !== undefined && sizeOf(`${file}.map`) !== Buffer.byteLength(map)) writeAtomically(`${file}.map`, map)
    return file
  }

  #unitFile(name: string, key: string): string {
    return join(this.directory, 'units', `${name}-${shortHash(key)}.json`)
  }

  /** Removes, once for each process that adds something, what was not used for a month. */
  #sweep(): void {
    if (swept) return
    swept = true
    for (const directory of [this.directory, join(this.directory, 'units')]) {
      for (const name of readdirSync(directory)) {
        const file = join(directory, name)
        const modified = statSync(file, { throwIfNoEntry: false })
        // A map is as old as its module's writing, not as its last use: it goes with the module.
        const owner = statSync(file.replace(/\.map$/, ''), { throwIfNoEntry: false }) ?? modified
        if (modified?.isFile() && owner && Date.now() - owner.mtimeMs > UNUSED_DAYS_MAX * DAY_MS) rmSync(file, { force: true })
      }
    }
  }
}

/** Sha256 in hexadecimal of the parts, each with its length, so that moving a border changes the hash. */
export function hash(...parts: readonly string[]): string {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(`${part.length}:`).update(part)
  return sum.digest('hex')
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export function shortHash(fullHash: string): string {
  return fullHash.slice(0, HASH_DIGITS)
}

/** What a cached file is called before its hash: the user's name without its extension. */
export function readableName(file: string): string {
  const name = basename(file).replace(/\.[^.]+$/, '')
  return name.replace(/[^\w.-]/g, '_').slice(0, NAME_LENGTH_MAX) || 'module'
}

/** Stands for everything of Heddle that decides what a unit holds: its version, its pinned dependencies, the code of this folder. */
export function engineHash(): string {
  if (engine !== undefined) return engine
  const directory = dirname(fileURLToPath(import.meta.url))
  const own = readdirSync(directory).filter((name) => /\.[jt]s$/.test(name) && !/\.(test|bench)\.|\.d\.ts$/.test(name))
  const files = [join(HEDDLE_ROOT, 'package.json'), ...own.sort().map((name) => join(directory, name))]
  engine = hash(...files.map((file) => readText(file) ?? ''))
  return engine
}

function makeWritable(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true })
    accessSync(directory, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Everyone may write to the temporary folder, and what lies in a cache is executed: it must be a folder of this user's alone. */
function temporaryDirectory(): string {
  const user = process.getuid?.()
  const directory = join(tmpdir(), `heddle-cache-${user ?? 'user'}`)
  try {
    mkdirSync(directory, { recursive: true, mode: PRIVATE_MODE })
    const status = lstatSync(directory)
    const others = user === undefined ? 0 : status.mode & 0o022
    if (status.isDirectory() && (user === undefined || status.uid === user) && others === 0) return directory
  } catch {
    // Neither there nor to be made.
  }
  return mkdtempSync(join(tmpdir(), 'heddle-cache-'))
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function sizeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.size
}

function writeAtomically(file: string, text: string): void {
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`
  try {
    writeFileSync(temporary, text)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    // On Windows a file that another process has just opened cannot be replaced; what it opened holds the same.
    if (readText(file) !== text) throw error
  }
}

/** Marks a file as used, at most once a day. */
function keepYoung(file: string): void {
  const now = new Date()
  const status = statSync(file, { throwIfNoEntry: false })
  if (status !== undefined && now.getTime() - status.mtimeMs > DAY_MS) utimesSync(file, now, now)
}
