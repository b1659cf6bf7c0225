// A project of a user's in a temporary folder, and the real command in it.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const MAIN = resolve('dist/cli/main.js')

export class Project {
  readonly folder: string

  constructor(t: { teardown(fn: () => void): void }, files: Readonly<Record<string, string>>) {
    this.folder = mkdtempSync(join(tmpdir(), 'heddle-project-'))
    t.teardown(() => rmSync(this.folder, { recursive: true, force: true }))
    for (const [name, content] of Object.entries(files)) this.write(name, content)
  }

  write(name: string, content: string): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true })
    writeFileSync(join(this.folder, name), content)
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }

  /** Recordings by name, with their content. */
  recordings(): Record<string, string> {
    const folder = '.heddle/failures'
    if (!existsSync(join(this.folder, folder))) return {}
    return Object.fromEntries(
      readdirSync(join(this.folder, folder))
        .sort()
        .map((name) => [name, this.read(`${folder}/${name}`)]),
    )
  }

  /** `heddle` with these arguments. */
  heddle(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return ended(this.start([process.execPath, MAIN, ...args], env))
  }

  /** A line of a report as a shell runs it, `npx heddle` being this heddle. */
  shell(line: string): Promise<Ended> {
    return ended(this.start(['bash', '-c', `npx() { shift; "${process.execPath}" "${MAIN}" "$@"; }\n${line}`], {}))
  }

  start([command = '', ...args]: readonly string[], env: Readonly<Record<string, string>>): ChildProcessByStdio<null, Readable, Readable> {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(FORCE_COLOR|NO_COLOR|HEDDLE_)/.test(name)))
    return spawn(command, args, { cwd: this.folder, env: { ...clean, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  }

  startHeddle(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcessByStdio<null, Readable, Readable> {
    return this.start([process.execPath, MAIN, ...args], env)
  }
}

export function ended(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Ended> {
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk
  })
  return new Promise((settle, reject) => child.on('error', reject).on('close', (code) => settle({ code, out, err })))
}

/** Resolves when it has written this line to stdout; to be asked before it can have. */
export function said(child: ChildProcessByStdio<null, Readable, Readable>, line: string): Promise<void> {
  let out = ''
  return new Promise((settle, reject) => {
    child.stdout.on('data', (chunk: string | Buffer) => {
      out += chunk
      if (out.split('\n').slice(0, -1).includes(line)) settle()
    })
    child.on('close', () => reject(new Error(`expected the line ${JSON.stringify(line)}, got:\n${out}`)))
  })
}

/** What stands after a label at the end of a report: `replay`, `seed` or `token`. */
export function labelled(report: string, label: string): string {
  const found = new RegExp(`^  ${label} +(.+)$`, 'm').exec(report)?.[1]
  if (found === undefined) throw new Error(`expected a line "${label}" in:\n${report}`)
  return found
}

/** The lane table of the first failure in a report. */
export function table(report: string): string {
  return /^ +step .*\n(?:.+\n)+/m.exec(report)?.[0] ?? ''
}

/** A scenario file that says only what matters. */
export function scenarioFile(name: string, definition: string, before = ''): string {
  return `import { scenario } from 'heddle'
${before}
export default scenario(${JSON.stringify(name)}, {
  peers: 2,
  setup: () => ({ words: new Int32Array(new SharedArrayBuffer(16)) }),
  peer({ words }) { Atomics.add(words, 0, 1) },
  ${definition}
})
`
}

export const BROKEN_LOCK = `import { scenario } from 'heddle'
import { mutualExclusion } from 'heddle/invariants'
import { Lock } from './lock.js'

export default scenario('broken "lock"', {
  peers: 3,
  setup: () => ({ lock: new Lock(new Int32Array(new SharedArrayBuffer(4))) }),
  peer({ lock }, me) {
    lock.acquire()
    me.enter('section')
    me.leave('section')
    lock.release()
  },
  invariants: [mutualExclusion('section')],
})
`

export const LOCK = `export class Lock {
  readonly #words: Int32Array
  constructor(words: Int32Array) {
    this.#words = words
  }
  acquire(): void {
    while (Atomics.load(this.#words, 0) !== 0);
    Atomics.store(this.#words, 0, 1)
  }
  release(): void {
    Atomics.store(this.#words, 0, 0)
  }
}
`

export const HALF_COMMIT = `import { scenario } from 'heddle'
export const scenarios = [
  scenario('half commit', {
    peers: { writer: 2 },
    setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)) }),
    peer: {
      writer({ words }) {
        Atomics.add(words, 0, 1)
        Atomics.add(words, 1, 1)
      },
    },
    faults: { crashes: 1 },
    invariants: [{ name: 'all or nothing', atEnd: ({ words }) => (words[0] === words[1] ? undefined : \`\${words[0]} began and \${words[1]} ended\`) }],
  }),
]
`
