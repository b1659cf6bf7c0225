// Runs one body on the real file system and on the virtual disk: at once, as code that is not stepped does, and in steps, as a peer of the
// real engine.

import nodeFs, { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import type { Twin } from '../../instrument/contract.js'
import { loadHarness, loadInstrumented, type Mode, runStepped } from '../../instrument/parity/runner.test.support.js'
import { bind, twin } from '../../instrument/twins.js'
import { createFakeHost, createFakeOperations, during } from '../../stand-ins/fake-host.test.support.js'
import { createStandIns } from '../../stand-ins/stand-ins.js'
import { type Body, type Fs, observe } from './attempt.test.support.js'

/** Declares a comparison with the real file system. The numbers of errors and the order of checks are Linux's, so it is left out elsewhere. */
export const compare = process.platform === 'linux' ? test : test.skip

// Truncation by descriptor is deprecated.
process.noDeprecation = true

const SOURCES = fileURLToPath(new URL('../../../../sim/disk/parity/', import.meta.url))

/** The stand-in, apart from the engine. */
export const virtualFs = createStandIns(createFakeOperations()).builtin('node:fs') as Fs

/** What the body sees on the real file system, in a new folder. */
export function runReally(body: Body): { readonly folder: string; readonly lines: string[] } {
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-disk-')))
  const folder = join(temporary, 'parent', 'body')
  const lines: string[] = []
  try {
    observe(nodeFs, body, folder, undefined, (line) => lines.push(line))
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
  return { folder, lines }
}

/** What it sees on the virtual disk, in the folder of the same name. */
export function runAtOnce(body: Body, folder: string): string[] {
  const lines: string[] = []
  during(createFakeHost('peer'), () => observe(virtualFs, body, folder, undefined, (line) => lines.push(line)))
  return lines
}

/** The same through the twins of the stand-ins, with a scheduler that does each operation when it is asked to. */
export function runThroughTwins(body: Body, folder: string): string[] {
  const lines: string[] = []
  const host = createFakeHost('peer')
  let pending: Parameters<typeof host.fileStep>[0] | undefined
  host.fileStep = (operation) => {
    pending = operation
    return Symbol('pending')
  }
  const stepping = new Proxy(virtualFs, {
    get(target, key) {
      const f = Reflect.get(target, key) as unknown
      const stepped = typeof f === 'function' && !/^[A-Z]/.test(String(key)) ? (twin(f, String(key)) as Twin | undefined) : undefined
      if (stepped === undefined) return f
      return (...args: never[]) => {
        const steps = stepped.call(undefined, ...args)
        let next = steps.next()
        while (next.done !== true) {
          try {
            next = steps.next(pending?.perform(undefined))
          } catch (error) {
            if (!(error instanceof Error && 'syscall' in error)) throw error
            next = steps.throw(error)
          }
        }
        return next.value
      }
    },
  })
  during(host, () => observe(stepping, body, folder, undefined, (line) => lines.push(line)))
  return lines
}

interface Instrumented {
  readonly bodies: Readonly<Record<string, Body>>
  readonly observe: typeof observe
  readonly fs: Fs
}
let instrumented: Instrumented | undefined

/** To be awaited before {@link runInEngine}. */
export async function loadBodies(): Promise<void> {
  await loadHarness()
  const load = async (name: string) => (await loadInstrumented(join(SOURCES, name), 'disk')).exports as unknown as Instrumented
  const { observe } = await load('attempt.test.support.ts')
  const { bodies } = await load('bodies.test.support.ts')
  const { builtin } = (globalThis as unknown as Record<symbol, { builtin(name: string): unknown }>)[Symbol.for('heddle.runtime')] as ReturnType<
    typeof createStandIns
  >
  instrumented = { bodies, observe, fs: builtin('node:fs') as Fs }
}

/** What an instrumented body sees as a peer. */
export async function runInEngine(
  name: string,
  folder: string,
  mode: Mode,
): Promise<{ readonly lines: readonly string[]; readonly error: string | undefined }> {
  const { bodies, observe, fs } = instrumented as Instrumented
  const program = bind(observe, [undefined, fs, bodies[name], folder])
  const { observed } = await runStepped(program as Parameters<typeof runStepped>[0], mode)
  return { lines: observed.log, error: observed.error }
}
