// Programs that nobody wrote, run side by side: as Node runs them, instrumented but outside of any execution, and as a peer of the
// engine in each mode. They must agree as the fixtures do; and where a program asks (`where()`), its stack, frame by frame, line and
// column, is that of the native run.
//
// PARITY_PROGRAMS: how many programs, 300 unless told. PARITY_SEED: an integer; fixed unless told, `random` for a new one.

import vm from 'node:vm'
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { transform } from '../transform.js'
import { printProgram } from './program-printer.test.support.js'
import type { Profile } from './program-scope.test.support.js'
import { programTree } from './program-trees.test.support.js'
import { loadHarness, type MODES, type Observed, type Program, runPlainly, runStepped } from './runner.test.support.js'
import { show } from './show.test.support.js'

const FILE = 'program.cjs'
const programs = Number(process.env.PARITY_PROGRAMS ?? 300)
const seed = process.env.PARITY_SEED === 'random' ? undefined : Number(process.env.PARITY_SEED ?? 20261121)

test.serial('generated programs: everything in them can be stepped', check, 'steppable', false, 0.5)
test.serial('generated programs: with constructors, accessors, generators and native callbacks', check, 'all', false, 0.4)
test.serial('generated programs: async functions', check, 'steppable', true, 0.1)

async function check(t: ExecutionContext, profile: Profile, isAsync: boolean, share: number): Promise<void> {
  await loadHarness()
  const figures = { programs: 0, operations: 0, withSteps: 0, errors: 0, frames: 0 }
  await fc.assert(
    fc.asyncProperty(
      programTree.map((tree) => printProgram(tree, profile, isAsync)),
      (text) => sideBySide(text, profile, isAsync, figures),
    ),
    { seed, numRuns: Math.ceil(programs * share), reporter: report, unbiased: true },
  )
  t.log(JSON.stringify(figures))
  // The programs must be worth running.
  t.true(figures.withSteps > figures.programs / 2)
  t.true(figures.errors < figures.programs * 0.7)
}

async function report(details: fc.RunDetails<[string]>): Promise<void> {
  if (!details.failed) return
  const text = details.counterexample?.[0] ?? '(no program)'
  throw new Error(`seed ${details.seed}, path ${details.counterexamplePath}\n${text}\n${String(details.errorInstance)}`)
}

interface Figures {
  programs: number
  operations: number
  withSteps: number
  errors: number
  frames: number
}

async function sideBySide(text: string, profile: Profile, isAsync: boolean, figures: Figures): Promise<void> {
  // After an await, stacks are made of other frames.
  const nativePlace: Place = isAsync ? nowhere : (line, column) => `${line}:${column}`
  const native = compile(text, nativePlace)
  fc.pre(native !== undefined)
  const expected = await runPlainly(native as Program)
  const withoutPlaces = await runPlainly(compile(text, nowhere) as Program)
  figures.programs++
  figures.operations += expected.operations
  if (expected.operations > 0) figures.withSteps++
  if (expected.observed.error !== undefined) figures.errors++
  for (const line of expected.observed.log) figures.frames += line.startsWith('"at') ? line.split('<').length : 0

  const { code, map, unsteppable } = transform(text, {
    file: `/generated/${FILE}`,
    format: 'commonjs',
    positionOf: (line, column) => ({ line, column: column + 1 }),
    resolve: (specifier) => specifier,
  })
  const trace = new TraceMap(map.toString())
  const mappedPlace: Place = isAsync ? nowhere : (line, column) => mapped(trace, line, column)
  const instrumented = (place: Place) => compile(code, place) as Program

  // What one run attaches must not help the next, so the twin runs first in two instances and the original in the third.
  const [placed, original, placeless] = [instrumented(mappedPlace), instrumented(mappedPlace), instrumented(nowhere)]
  const stepped = async (mode: (typeof MODES)[number], program: Program, detailed: boolean) => {
    const { observed, stepped, inside } = await runStepped(program, mode, { detailed })
    const what = `${mode}${detailed ? ', detailed' : ''}`
    mustAgree(observed, (detailed ? expected : withoutPlaces).observed, what)
    mustBe(stepped + inside, expected.operations, `operations, ${what}`)
    if (profile === 'steppable' && unsteppable.length === 0) mustBe(inside, 0, `operations inside one step, ${what}`)
  }
  await stepped('alternating', placeless, false)
  await stepped('alternating', placed, true)
  const plain = await runPlainly(original)
  mustAgree(plain.observed, expected.observed, 'instrumented original')
  mustBe(plain.operations, expected.operations, 'operations of the instrumented original')
  await stepped('suspended', original, true)
  for (const mode of ['ahead', 'alternating', 'mixed'] as const) await stepped(mode, placeless, false)
}

type Place = (line: number, column: number) => string

/** Where stacks are not compared: at full speed they lack the callers of a call that was suspended. */
const nowhere: Place = () => ''

function mapped(trace: TraceMap, line: number, column: number): string {
  const found = originalPositionFor(trace, { line, column: column - 1 })
  return `${found.line}:${(found.column ?? -2) + 1}`
}

/** Undefined where the text does not parse. */
function compile(text: string, place: Place): Program | undefined {
  const exports: { run?: Program } = {}
  const helpers: Record<string, unknown> = { ...HELPERS, where: () => framesOf(new Error('where'), place), exports }
  let module: (...args: unknown[]) => void
  try {
    module = vm.compileFunction(text, Object.keys(helpers), { filename: FILE }) as (...args: unknown[]) => void
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  module(...Object.values(helpers))
  return exports.run
}

const HELPERS = {
  num: (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value | 0 : 7),
  text: (value: unknown) => (typeof value === 'string' ? value.slice(0, 8) : typeof value),
  list: (value: unknown) => (Array.isArray(value) ? value.slice(0, 3) : [value]),
  fail: (value: unknown) => {
    throw new Error(`failed ${typeof value}`)
  },
  short: (error: unknown) => (error instanceof Error ? show(error) : typeof error),
}

function framesOf(error: Error, place: Place): string {
  const frames = [...String(error.stack).matchAll(/program\.cjs:(\d+):(\d+)\)?$/gm)].map(([, line, column]) => place(Number(line), Number(column)))
  return `at ${frames.join('') === '' ? '' : frames.join(' < ')}`
}

// A twin takes two frames where the original takes one.
Error.stackTraceLimit = 250

function mustAgree(seen: Observed, expected: Observed, what: string): void {
  const [a, b] = [normal(seen), normal(expected)]
  if (a === b) return
  const [left, right] = [a.split('\n'), b.split('\n')]
  const at = left.findIndex((line, index) => line !== right[index])
  throw new Error(`${what} differs:\n  is ${left[at]}\n  not ${right[at]}\nafter\n${right.slice(Math.max(0, at - 5), at).join('\n')}`)
}

function mustBe(seen: number, expected: number, what: string): void {
  if (seen !== expected) throw new Error(`${what}: ${seen}, not ${expected}`)
}

/** Messages that quote the source are left out: it reads differently in a twin, and V8 has several wordings for one error. */
function normal({ log, memory, result, error }: Observed): string {
  const text = [...log, `memory ${memory}`, `result ${result}`, `error ${error}`].join('\n')
  return text.replaceAll(/"(?:[^"\\]|\\.)*(?:is not iterable|Cannot destructure|not a function|was called on|\(intermediate value\))(?:[^"\\]|\\.)*"/g, '"…"')
}
