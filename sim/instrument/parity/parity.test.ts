// Every fixture is run side by side: as Node runs it, instrumented but outside of any execution, and as a peer of the engine in each mode.
// Result, error, what it logged in order, and the memory must agree; each atomic operation must be a step, or must run inside one
// where the fixture says so:
//
//     // inside one step: 3                          three operations in all
//     get size() { // unsteppable: getter Pool.size: getter
//
// A fixture that must fail for now says why: `// known gap: …`.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { siteOf } from '../../sites.js'
import { authorFile } from '../load.js'
import { mapStack } from '../positions.js'
import { importNative } from './native.test.support.js'
import { FIXTURES, loadHarness, loadInstrumented, MODES, nativeFolder, type Program, runPlainly, runStepped, type SteppedRun } from './runner.test.support.js'
import { shapeOf } from './show.test.support.js'

/** Fixtures lie in folders by what they exercise; deeper folders hold modules that they import. */
function fixturesIn(group: string): string[] {
  return readdirSync(join(FIXTURES, group), { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
    .map((entry) => entry.name)
}

const groups = readdirSync(FIXTURES, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
const only = process.env.PARITY_ONLY

for (const group of groups) {
  for (const name of fixturesIn(group)) {
    if (only !== undefined && !`${group}/${name}`.includes(only)) continue
    const gap = /^\/\/ known gap: (.*)/m.exec(readFileSync(join(FIXTURES, group, name), 'utf8'))?.[1]
    const declare = gap === undefined ? test.serial : test.serial.failing
    declare(`parity: ${group}/${name}${gap === undefined ? '' : `, known gap: ${gap}`}`, (t) => checkFixture(t, group, name))
  }
}

test('parity: there are enough fixtures', (t) => {
  t.true(groups.flatMap(fixturesIn).length >= 90)
})

async function checkFixture(t: ExecutionContext, group: string, name: string): Promise<void> {
  await loadHarness()
  const file = join(FIXTURES, group, name)
  const expected = expectationsOf(readFileSync(file, 'utf8'))

  const native = await importNative(join(nativeFolder(group), name))
  const nativeShape = shapeOf(native)
  const { observed, operations } = await runPlainly(programOf(native))

  const plain = await loadInstrumented(file, 'plain')
  t.deepEqual(shapeOf(plain.exports), nativeShape, 'reflection')
  const original = await runPlainly(programOf(plain.exports))
  t.deepEqual(original.observed, observed, 'instrumented original')
  t.is(original.operations, operations, 'operations of the instrumented original')
  t.deepEqual(
    plain.unsteppable.filter((one) => one.file === file).map(({ line, name: what, reason }) => `${line}: ${what}: ${reason}`),
    expected.unsteppable,
    'reported as unsteppable',
  )
  for (const { line, column } of plain.unsteppable.filter((one) => one.file === file))
    t.true(startsCode(file, line, column), `unsteppable at ${line}:${column}`)

  for (const mode of MODES) {
    const { exports } = await loadInstrumented(file, mode)
    const seen = await runStepped(programOf(exports), mode)
    t.deepEqual(seen.observed, observed, mode)
    t.is(seen.inside, expected.inside, `operations inside one step, ${mode}`)
    t.is(seen.stepped + seen.inside, operations, `operations, ${mode}`)
    if (mode === 'suspended') checkSites(t, seen)
  }
  if (!expected.isUnsteppable) t.true(operations - expected.inside >= STEPS_MIN, `only ${operations - expected.inside} steps`)
}

/** Fewer operations would not show much. */
const STEPS_MIN = 3

interface Expectations {
  readonly unsteppable: readonly string[]
  readonly inside: number
  /** The fixture is about code that cannot be stepped. */
  readonly isUnsteppable: boolean
}

function expectationsOf(source: string): Expectations {
  const unsteppable = source
    .split('\n')
    .flatMap((text, index) => [...text.matchAll(/(?:unsteppable:|and:) (\S[^;]*: [^;]*?)(?=;|$| \*\/)/g)].map((match) => `${index + 1}: ${match[1]}`))
  const inside = Number(/\/\/ inside one step: (\d+)/.exec(source)?.[1] ?? 0)
  return { unsteppable, inside, isUnsteppable: inside > 0 }
}

function programOf(exports: Record<string, unknown>): Program {
  const found = exports.run ?? (exports.default as Record<string, unknown> | undefined)?.run ?? exports.default
  if (typeof found !== 'function') throw new Error('expected the fixture to export a function `run`')
  return found as Program
}

const texts = new Map<string, readonly string[]>()

/** The user's source from a 1-based position on, to the end of the line. */
function textAt(file: string, line: number, column: number): string {
  let lines = texts.get(file)
  if (lines === undefined) {
    lines = readFileSync(file, 'utf8').split('\n')
    texts.set(file, lines)
  }
  return lines[line - 1]?.slice(column - 1) ?? ''
}

/** Whether something begins there, rather than in the middle of a word or of space. */
function startsCode(file: string, line: number, column: number): boolean {
  return /^\S/.test(textAt(file, line, column)) && (column === 1 || !/\w\w/.test(textAt(file, line, column - 1).slice(0, 2)))
}

/** The site of a step is where the user wrote `Atomics.…`, and the innermost frame of its stack is the call there. */
function checkSites(t: ExecutionContext, { steps }: SteppedRun): void {
  for (const { site, stack, operation } of steps) {
    const placed = siteOf(site)
    if (placed === undefined || placed.file === '') continue
    const file = authorFile(placed.file)
    const where = `${relative(FIXTURES, file)}:${placed.line}:${placed.column}`
    t.regex(textAt(file, placed.line, placed.column), /^(?:A|\\u0041)tomics\b/, `site of ${operation} at ${where}`)
    const [frame] = mapStack(stack ?? '').frames
    t.is(frame && relative('.', frame.file), relative('.', file), `stack of ${operation} at ${where}`)
    if (frame !== undefined)
      t.true(textAt(file, frame.line, frame.column).startsWith(placed.operation), `innermost frame of ${operation} at ${where}: ${frame.line}:${frame.column}`)
  }
}
