import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { type FakeEngineParts, fakeEngine, heddle, type Said, type World } from '../engine.test.helper.js'
import { brokenLock, long, shrunkFrom } from '../report/outcome.test.helper.js'

const LARGE = { steps: 61, switches: 24, preemptions: 20 }
/** The hash of the trace of every hand-made outcome: one that comes of such a recording is as it was given. */
const UNCHANGED = { traceHash: '0123456789abcdef' }
const NAME = 'spin-lock-without-compare-and-swap-d98b.json'
const CONTENT = '{ "scenario": "spin lock without compare-and-swap" }\n'

const small = () => shrunkFrom(brokenLock(), LARGE, { necessary: [2] })

/** A project with a recording in a folder of its own. */
class Project {
  readonly cwd = mkdtempSync(join(tmpdir(), 'heddle-'))
  readonly parsed: string[] = []

  constructor(t: { teardown(fn: () => void): void }) {
    t.teardown(() => rmSync(this.cwd, { recursive: true }))
    writeFileSync(join(this.cwd, 'lock.scenario.ts'), '')
    mkdirSync(join(this.cwd, 'kept'))
    writeFileSync(join(this.cwd, 'kept', 'lock.json'), 'of the file')
  }

  shrink(argv: readonly string[], parts: FakeEngineParts = {}, world: World = {}): Promise<Said> {
    const recording = { file: 'lock.scenario.ts', ...parts.recording }
    const engine = fakeEngine({ shrink: small, ...parts, recording } as FakeEngineParts)
    const { parseRecording } = engine
    engine.parseRecording = (text) => {
      this.parsed.push(text)
      return parseRecording(text)
    }
    return heddle(['shrink', ...argv], { engine, cwd: this.cwd, ...world })
  }

  /** Files below the folder, with what is in them. */
  get files(): Record<string, string> {
    const paths = readdirSync(this.cwd, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    return Object.fromEntries(paths.sort().map((path) => [path.slice(this.cwd.length + 1), readFileSync(path, 'utf8')]))
  }
}

const GIVEN = { 'kept/lock.json': 'of the file', 'lock.scenario.ts': '' }

test('shrink: the small one is shown and written beside the one that was given, exit code 0', async (t) => {
  const project = new Project(t)
  const { code, out, err } = await project.shrink(['kept/lock.json'])
  t.is(code, 0)
  t.is(err, '')
  t.regex(out, /^✗ mutual-exclusion /)
  t.regex(out, /\n {2}2 peers, 2 switches \(all preemptive\), 4 steps\n {2}shrunk from 24 switches \(20 preemptive\), 61 steps, in 415 executions\n/)
  t.regex(out, /\n {2}▸ without this switch or fault it does not fail so\n/)
  t.true(out.endsWith(`\n\n  replay   npx heddle replay kept/${NAME}\n  token    heddle2-34\n`), out)
  t.deepEqual(project.files, { ...GIVEN, [`kept/${NAME}`]: CONTENT })
})

test('shrink: --out says another folder, which need not be there', async (t) => {
  const project = new Project(t)
  const { code, out } = await project.shrink(['kept/lock.json', '--out', 'small/ones'])
  t.is(code, 0)
  t.true(out.includes(`npx heddle replay small/ones/${NAME}`))
  t.deepEqual(project.files, { ...GIVEN, [`small/ones/${NAME}`]: CONTENT })
})

test('shrink: of a token and of standard input, the small one is written where runs put failures', async (t) => {
  for (const argv of [['AbC-token_1'], ['-']]) {
    const project = new Project(t)
    const { code, out } = await project.shrink(argv, {}, { standardInput: 'of a pipe' })
    t.is(code, 0)
    t.true(out.includes(`npx heddle replay .heddle/failures/${NAME}`))
    t.deepEqual(project.files, { ...GIVEN, [`.heddle/failures/${NAME}`]: CONTENT })
    t.deepEqual(project.parsed, [argv[0] === '-' ? 'of a pipe' : 'AbC-token_1'])
  }
})

test('shrink: a recording is read from a file, and nothing is overwritten', async (t) => {
  const project = new Project(t)
  await project.shrink(['kept/lock.json'])
  await project.shrink(['kept/lock.json'])
  t.deepEqual(project.parsed, ['of the file', 'of the file'])
  t.is(Object.keys(project.files).length, 3)
  writeFileSync(join(project.cwd, 'kept', NAME), 'other')
  const { out } = await project.shrink(['kept/lock.json'])
  const [added = ''] = Object.keys(project.files).filter((name) => !(name in GIVEN) && name !== `kept/${NAME}`)
  t.true(out.includes(`npx heddle replay ${added}`))
  t.deepEqual(project.files, { ...GIVEN, [`kept/${NAME}`]: 'other', [added]: CONTENT })
})

test('shrink: where nothing smaller is found, it is said so, and nothing is written', async (t) => {
  const says = async (parts: FakeEngineParts) => {
    const project = new Project(t)
    const { code, out } = await project.shrink(['kept/lock.json'], parts)
    t.is(code, 0)
    t.deepEqual(project.files, GIVEN)
    t.notRegex(out, /shrunk from|replay {3}/)
    return /^ {2}as given {3}(.*)\n$/m.exec(out)?.[1]
  }
  const same = (complete: boolean, executions = 415) => shrunkFrom(brokenLock(), {}, { necessary: complete ? [2] : [], complete, executions })
  const before = { ...UNCHANGED, shrunk: { ...(small().shrunk as object), executions: 400 } } as NonNullable<FakeEngineParts['recording']>
  t.is(await says({ recording: UNCHANGED, shrink: () => same(true) }), 'nothing could be taken away')
  t.is(await says({ recording: before, shrink: () => same(true) }), 'nothing more could be taken away')
  t.is(await says({ recording: UNCHANGED, shrink: () => same(false, 1) }), 'nothing smaller in 1 execution; there was more to try')
  t.is(await says({ recording: before, shrink: () => same(false) }), 'nothing smaller in 15 executions; there was more to try')
})

test('shrink: a failure that cannot be saved is still shown, with its token', async (t) => {
  const project = new Project(t)
  const { code, out } = await project.shrink(['kept/lock.json', '--out', 'lock.scenario.ts'])
  t.is(code, 0)
  t.regex(out, /replay {3}not saved \(.*EEXIST.*\); replay the token\n {2}token {4}heddle2-34\n$/)
  t.deepEqual(project.files, GIVEN)
  const document = JSON.parse((await project.shrink(['kept/lock.json', '--json', '--out', 'lock.scenario.ts'])).out)
  t.is(document.recording, undefined)
  t.regex(document.trouble, /EEXIST/)
  t.is(document.token, 'heddle2-34')
})

test('shrink: --json is one document and nothing else', async (t) => {
  const project = new Project(t)
  const { code, out, err } = await project.shrink(['kept/lock.json', '--json'])
  t.is(code, 0)
  t.is(err, '')
  const document = JSON.parse(out)
  t.like(document, {
    heddle: '0.1.0',
    command: 'shrink',
    exitCode: 0,
    recording: `kept/${NAME}`,
    replay: `npx heddle replay kept/${NAME}`,
    token: 'heddle2-34',
    outcome: { verdict: 'violated', failure: { name: 'mutual-exclusion' }, statistics: { steps: 4 }, shrunk: { from: LARGE, necessary: [2], complete: true } },
  })
  t.is(document.outcome.trace.length, 4)
  t.is(document.outcome.recording, undefined)
  const same = JSON.parse((await project.shrink(['kept/lock.json', '--json'], { recording: UNCHANGED })).out)
  t.is(same.recording, undefined)
  t.is(same.outcome.trace.length, 4)
})

test('shrink: --runs is the most executions; without it the engine has its own', async (t) => {
  const asked: (number | undefined)[] = []
  const shrink: FakeEngineParts['shrink'] = ({ executionsMax }) => {
    asked.push(executionsMax)
    return small()
  }
  const project = new Project(t)
  await project.shrink(['kept/lock.json', '--runs', '100000'], { shrink })
  await project.shrink(['kept/lock.json'], { shrink })
  await project.shrink(['kept/lock.json'], { shrink }, { env: { HEDDLE_RUNS: '7' } })
  t.deepEqual(asked, [100_000, undefined, 7])
})

test('shrink: --full shows all steps', async (t) => {
  const project = new Project(t)
  const shrink = () => shrunkFrom(long(300), { steps: 301 })
  t.regex((await project.shrink(['kept/lock.json'], { shrink })).out, /… {2}\d+ steps/)
  t.notRegex((await project.shrink(['kept/lock.json', '--full'], { shrink })).out, /… {2}\d+ steps/)
})

test('shrink: Ctrl-C ends it with what was found so far, and exit code 130', async (t) => {
  let interrupt = () => {}
  const interruptible = (stop: () => void) => {
    interrupt = stop
  }
  const shrink: FakeEngineParts['shrink'] = ({ signal }) => {
    t.false(signal?.aborted)
    interrupt()
    t.true(signal?.aborted)
    return shrunkFrom(brokenLock(), LARGE, { complete: false })
  }
  const project = new Project(t)
  const { code, out } = await project.shrink(['kept/lock.json'], { shrink }, { interruptible })
  t.is(code, 130)
  t.regex(out, /, in 415 executions; there was more to try\n/)
  t.deepEqual(project.files, { ...GIVEN, [`kept/${NAME}`]: CONTENT })
  t.is(JSON.parse((await project.shrink(['kept/lock.json', '--json'], { shrink }, { interruptible })).out).exitCode, 130)
})

test('shrink: code that no longer does what was recorded is a divergence, exit code 3', async (t) => {
  const shrink = (): never => {
    throw Object.assign(new Error('diverged'), { name: 'DivergenceError', step: 11, expected: 'guest 0: load x', got: 'guest 0: store x', place: undefined })
  }
  const project = new Project(t)
  const { code, out, err } = await project.shrink(['kept/lock.json'], { shrink })
  t.is(code, 3)
  t.is(err, '')
  t.regex(out, /^✗ diverged at step 12 +pool\n[\s\S]*expected {2}guest 0: load x\n {2}got {7}guest 0: store x\n/)
  const document = JSON.parse((await project.shrink(['kept/lock.json', '--json'], { shrink })).out)
  t.like(document, { command: 'shrink', exitCode: 3, divergence: { step: 12, got: 'guest 0: store x' } })
  t.deepEqual(project.files, GIVEN)
})

test('shrink: what did not fail, and a scenario that is not there, are refused in one sentence', async (t) => {
  const project = new Project(t)
  const sentence = 'expected the recording of a failure, got one of an execution that passed; there is nothing to make smaller'
  const shrink = (): never => {
    throw Object.assign(new Error(sentence), { name: 'RecordingError' })
  }
  t.deepEqual(await project.shrink(['kept/lock.json'], { shrink }), { code: 2, out: '', err: `heddle: ${sentence}\n` })
  const gone = await project.shrink(['kept/lock.json'], { recording: { file: 'gone.ts' } as object })
  t.is(gone.code, 2)
  t.regex(gone.err, /^heddle: expected the scenario's file gone\.ts below the working folder, [^\n]*; say where it is with --file PATH\n$/)
  t.is((await project.shrink(['kept/lock.json', '--file', 'lock.scenario.ts'], { recording: { file: 'gone.ts' } as object })).code, 0)
})
