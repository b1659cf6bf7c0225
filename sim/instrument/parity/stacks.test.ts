// Stack traces of stepped code are those of the user's own: every frame, in order, by name, file, line and column.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import test from 'ava'
import { mapStack } from '../positions.js'
import { counter } from './counting-atomics.test.support.js'
import { importNative } from './native.test.support.js'
import { FIXTURES, loadHarness, loadInstrumented, MODES, nativeFolder, type Program, runPlainly, runStepped } from './runner.test.support.js'

// A twin takes two frames where the original takes one, and the engine some more.
Error.stackTraceLimit = 60

const programOf = (exports: Record<string, unknown>): Program => (exports.run ?? (exports.default as { run: Program }).run) as Program

/** Frames as `name file:line code`, the code being what stands there. */
function framesOf(error: unknown): string[] {
  return mapStack(error as Error).frames.map(({ name, file, line, column }) => {
    const text =
      readFileSync(file, 'utf8')
        .split('\n')
        [line - 1]?.slice(column - 1) ?? ''
    return `${name} ${relative(join(FIXTURES, 'stacks'), file)}:${line} ${/^(?:new )?[\w.#]*./.exec(text)?.[0]}`
  })
}

test.serial('stacks: an error deep in TypeScript, across modules', async (t) => {
  await loadHarness()
  const file = join(FIXTURES, 'stacks/deep-in-typescript.ts')
  const expected = [
    '#next deep-in-typescript.ts:27 new RangeError(',
    'Arena.fill deep-in-typescript.ts:20 #next(',
    ' deep-in-typescript.ts:39 fill(',
    'Arena.with deep-in-typescript.ts:15 body(',
    'Object.visit deep-in-typescript.ts:37 with<',
    'walk deep/walker.ts:7 visit(',
    'walk deep/walker.ts:6 walk(',
    'walk deep/walker.ts:6 walk(',
    'run deep-in-typescript.ts:47 walk<',
  ]
  const plain = await loadInstrumented(file, 'stacks')
  t.deepEqual(framesOf((await runPlainly(programOf(plain.exports))).error), expected)
  for (const mode of MODES) {
    const { error } = await runStepped(programOf((await loadInstrumented(file, mode)).exports), mode, { detailed: true })
    t.deepEqual(framesOf(error).slice(0, expected.length), expected, mode)
    t.regex(
      mapStack(error as Error).text,
      /^RangeError: word 3 is 4\n {4}at #next \(sim\/instrument\/parity\/fixtures\/stacks\/deep-in-typescript\.ts:27:13\)\n/,
    )
  }
})

/** Positions in the files of one native folder, as `file:line:column`. */
function nativeFrames(stack: string, folder: string): string[] {
  return [...stack.matchAll(/(?:\(|at )(?:file:\/\/)?(\/[^():]*):(\d+):(\d+)\)?$/gm)].flatMap(([, file = '', line, column]) =>
    file.startsWith(folder) ? [`${file.slice(folder.length)}:${line}:${column}`] : [],
  )
}

function mappedFrames(stack: string, folder: string): string[] {
  const frames = mapStack(stack).frames.map(({ file, line, column }) => `${relative('.', file)}:${line}:${column}`)
  const prefix = relative('.', folder)
  return frames.flatMap((frame) => (frame.startsWith(prefix) ? [frame.slice(prefix.length)] : []))
}

test.serial('stacks: errors in JavaScript have the frames that Node gives them', async (t) => {
  await loadHarness()
  const name = 'in-javascript.js'
  const thrown: unknown[] = []
  const collecting =
    (program: Program): Program =>
    (memory, log) => {
      const errors = program(memory, log)
      thrown.push(...(errors as Error[]))
      return errors
    }
  await runPlainly(collecting(programOf(await importNative(join(nativeFolder('stacks'), name)))))
  const expected = thrown.splice(0).map((error) => nativeFrames((error as Error).stack ?? '', nativeFolder('stacks')))
  t.true(expected.length >= 10)
  t.true(expected.every((frames) => frames.length > 0))
  for (const mode of MODES) {
    const { exports } = await loadInstrumented(join(FIXTURES, 'stacks', name), mode)
    const errors: unknown[] = []
    const program = programOf(exports)
    await runStepped(program, mode, { detailed: true, onResult: (result) => errors.push(...(result as Error[])) })
    const seen = errors.map((error) => mappedFrames((error as Error).stack ?? '', join(FIXTURES, 'stacks')))
    // Known gap: what an operation itself throws while its peer is suspended is thrown by the engine, and its stack knows no user.
    const isKnown = (frames: readonly string[], index: number) => frames.length === 0 && mode !== 'ahead' && /:37:17$/.test(expected[index]?.[0] ?? '')
    t.deepEqual(
      seen.map((frames, index) => (isKnown(frames, index) ? expected[index] : frames)),
      expected,
      mode,
    )
  }
})

// TypeScript's printer moves lines, so only programs that are JavaScript already can be compared with native stacks.
const plainPrograms = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: group }) =>
    readdirSync(join(FIXTURES, group), { withFileTypes: true }).flatMap((entry) =>
      entry.isFile() && /\.c?js$/.test(entry.name) ? [[group, entry.name] as const] : [],
    ),
  )
  .filter(([group, name]) => {
    const source = readFileSync(join(FIXTURES, group, name), 'utf8')
    return !/inside one step|\basync |Promise/.test(source)
  })

/** What the engine keeps of the stack of a step. */
const STEP_FRAMES_MAX = 40

test.serial('stacks: each step has the stack of its operation', async (t) => {
  await loadHarness()
  t.true(plainPrograms.length >= 15)
  let compared = 0
  for (const [group, name] of plainPrograms) {
    const native = programOf(await importNative(join(nativeFolder(group), name)))
    const stacks: string[] = []
    counter.onOperation = () => stacks.push(new Error().stack ?? '')
    await runPlainly(native)
    counter.onOperation = undefined
    const { exports } = await loadInstrumented(join(FIXTURES, group, name), 'stacks')
    const { steps } = await runStepped(programOf(exports), 'suspended')
    t.is(steps.length, stacks.length, `${group}/${name}`)
    for (const [index, step] of steps.entries()) {
      const expected = nativeFrames(stacks[index] ?? '', nativeFolder(group))
      const seen = mappedFrames(step.stack ?? '', join(FIXTURES, group))
      const isCut = (step.stack ?? '').split('\n').length > STEP_FRAMES_MAX
      t.deepEqual(seen, isCut ? expected.slice(0, seen.length) : expected, `${group}/${name}, step ${index}`)
      compared += seen.length
    }
  }
  t.log(`${compared} frames of ${plainPrograms.length} programs`)
})
