// What cannot be stepped runs the original, is reported with file, line and reason, and may not block.

import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import test from 'ava'
import { BlockingInsideStepError } from '../../host.js'
import { LoadError } from '../load-error.js'
import { mapStack } from '../positions.js'
import { FIXTURES, loadHarness, loadInstrumented, MODES, type Program, runStepped } from './runner.test.support.js'

const programOf = (exports: Record<string, unknown>): Program => (exports.run ?? (exports.default as { run: Program }).run) as Program

for (const name of readdirSync(join(FIXTURES, 'blocking/inside'))) {
  test.serial(`unsteppable: a blocking operation is a clear error, not a hang: ${name}`, async (t) => {
    await loadHarness()
    const file = join(FIXTURES, 'blocking/inside', name)
    const line =
      readFileSync(file, 'utf8')
        .split('\n')
        .findIndex((text) => text.includes('// blocks')) + 1
    for (const mode of MODES) {
      const { exports } = await loadInstrumented(file, mode)
      const error = await t.throwsAsync(runStepped(programOf(exports), mode), { instanceOf: BlockingInsideStepError }, mode)
      t.regex(error?.message ?? '', /^Atomics\.wait would block inside one step, where nothing could wake it; expected it in code that can be stepped/)
      const [frame] = mapStack(error as Error).frames
      t.deepEqual([frame && relative('.', frame.file), frame?.line], [relative('.', file), line], mode)
    }
  })
}

async function loadText(t: import('ava').ExecutionContext, name: string, text: string) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-parity-text-')))
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, name), text)
  return loadInstrumented(join(folder, name), 'texts')
}

test.serial('unsteppable: reported in the user’s own positions, types and all', async (t) => {
  const { unsteppable } = await loadText(
    t,
    'pool.ts',
    `interface Words {
  readonly words: Int32Array
}
export abstract class Pool<T extends Words> {
  readonly held: T
  constructor(held: T) {
    this.held = held; this.fill(1)
  }
  static made = (n: number): number => Atomics.load(new Int32Array(4), n)
  static { Pool.made(1) }
  protected fill(n: number): void { Atomics.store(this.held.words, 0, n) }
  public get size(): number { return Atomics.load(this.held.words, 0) }
  *walk<V>(this: Pool<T>): Generator<number> { yield this.size as number + Atomics.load(this.held.words, 1) }
  field: number = Atomics.load(new Int32Array(2), 0)
}
export const wrapped = { async *each(index: number = Atomics.load(new Int32Array(2), 0)): AsyncGenerator<number> { yield index } }
class Named extends Pool<Words> {
  constructor(held: Words) { super(held); this.fill(2) }
}
export function evaluate(text: string): unknown { return eval(text) }
`,
  )
  t.deepEqual(
    unsteppable.map(({ line, column, name, reason }) => `${line}:${column} ${name}: ${reason}`),
    [
      '10:3 static block of Pool: static block',
      '12:3 getter Pool.size: getter',
      '13:3 Pool.walk: generator function',
      '14:3 field field of Pool: field initialiser',
      '16:26 each: parameters of an async generator',
      '18:3 constructor of Named: constructor of a derived class',
      '20:8 evaluate: direct eval',
    ],
  )
})

test.serial('unsteppable: a namespace that the type stripper would miscompile is refused', async (t) => {
  const error = await t.throwsAsync(
    loadText(t, 'counter.ts', 'export namespace Counter {\n  export let count = 0\n  export const up = (): number => ++count\n}\n'),
    { instanceOf: LoadError },
  )
  t.regex(error?.message ?? '', /counter\.ts:2:\d+: Namespaces exporting non-const are not supported/)
})
