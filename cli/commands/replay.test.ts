import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { fakeEngine, heddle, subject } from '../engine.test.helper.js'
import { golden } from '../report/golden.test.helper.js'
import { deadlock, long, OutcomeBuilder } from '../report/outcome.test.helper.js'

class DivergenceError extends Error {
  override readonly name = 'DivergenceError'
  readonly step = 11
  readonly expected = 'guest 0: load this.words[0]'
  readonly got = 'guest 0: store this.words[0] ← 1'
  readonly place = 'cli/assert-never.ts:2'
}

const diverging = (recording = {}) =>
  fakeEngine({
    recording,
    replay: () => {
      throw new DivergenceError('diverged')
    },
  })

test('replay: the failure again, exit code 1', async (t) => {
  const { code, out, err } = await heddle(['replay', 'token'], { engine: fakeEngine({ replay: deadlock }) })
  t.is(code, 1)
  t.is(err, '')
  t.regex(out, /^✗ deadlock /)
})

test('replay: --full shows all steps', async (t) => {
  const replay = () => long(300)
  t.regex((await heddle(['replay', 'token'], { engine: fakeEngine({ replay }) })).out, /… {2}\d+ steps/)
  t.notRegex((await heddle(['replay', 'token', '--full'], { engine: fakeEngine({ replay }) })).out, /… {2}\d+ steps/)
})

test('replay: --until stops, which is no failure', async (t) => {
  const replay = ({ until }: { until?: number }) => {
    t.is(until, 2)
    return { ...new OutcomeBuilder(['a']).step('a', 1, 'load|x||1').step('a', 1, 'load|x||1').end('pool', undefined), verdict: 'unknown' as const }
  }
  const { code, out } = await heddle(['replay', 'token', '--until', '2'], { engine: fakeEngine({ replay }) })
  t.is(code, 0)
  t.regex(out, /^✓ no failure yet {2}stopped after step 2, as asked/)
})

test('replay: exit codes', async (t) => {
  const ends = (verdict: 'passed' | 'violated' | 'deadlock' | 'stuck' | 'diverged' | 'unknown') => () =>
    new OutcomeBuilder(['a']).step('a', 1, 'load|x||1').end('pool', verdict === 'passed' ? undefined : { verdict })
  for (const [verdict, code] of [
    ['passed', 0],
    ['violated', 1],
    ['deadlock', 1],
    ['stuck', 1],
    ['diverged', 3],
    ['unknown', 4],
  ] as const) {
    t.is((await heddle(['replay', 'token'], { engine: fakeEngine({ replay: ends(verdict) }) })).code, code, verdict)
  }
})

test('replay: a divergence says what was expected, what came and where', async (t) => {
  const { code, out, err } = await heddle(['replay', 'token'], { engine: diverging() })
  t.is(code, 3)
  t.is(err, '')
  golden(t, 'divergence', out.trimEnd().split('\n'))
  t.regex((await heddle(['replay', 'token'], { engine: diverging({ heddle: '0.0.9' }) })).out, /made with Heddle 0\.0\.9; this is 0\.1\.0/)
})

test('replay: a place whose line cannot be read is named without it', async (t) => {
  for (const place of ['gone.ts:3', 'cli/assert-never.ts:9999', 'somewhere']) {
    const replay = (): never => {
      throw Object.assign(new DivergenceError('diverged'), { place })
    }
    const { code, out } = await heddle(['replay', 'token'], { engine: fakeEngine({ replay }) })
    t.is(code, 3)
    const lines = out.split('\n')
    const at = lines.findIndex((line) => line.trim() === `at        ${place}`)
    t.true(at > 0, out)
    t.is(lines[at + 1], '')
  }
})

test('replay: a folder, and a path that is close to one that exists, are refused in one sentence', async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'heddle-'))
  t.teardown(() => rmSync(cwd, { recursive: true }))
  writeFileSync(join(cwd, 'lock-7f3a.json'), '{}')
  const refused = async (recording: string) => {
    const { code, err } = await heddle(['replay', recording], { cwd })
    t.is(code, 2)
    return err
  }
  t.is(await refused('.'), 'heddle: expected the file of one recording, got the folder .\n')
  t.regex(await refused('./lock-7f3b.json'), /got \.\/lock-7f3b\.json, which does not exist; did you mean \.\/lock-7f3a\.json\?\n$/)
  t.notRegex(await refused('gone/lock-7f3a.json'), /did you mean/)
})

test('replay: --json', async (t) => {
  const { out } = await heddle(['replay', 'token', '--json'], { engine: fakeEngine({ replay: deadlock }) })
  const document = JSON.parse(out)
  t.like(document, { heddle: '0.1.0', command: 'replay', exitCode: 1, outcome: { verdict: 'deadlock', failure: { name: 'deadlock' } } })
  t.is(document.outcome.trace.length, 6)
  const divergence = JSON.parse((await heddle(['replay', 'token', '--json'], { engine: diverging() })).out)
  t.like(divergence, { exitCode: 3, divergence: { step: 12, expected: 'guest 0: load this.words[0]' } })
})

test('replay: from a file, a token, standard input; nothing is written', async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'heddle-'))
  t.teardown(() => rmSync(cwd, { recursive: true }))
  writeFileSync(join(cwd, 'lock.json'), 'of the file')
  writeFileSync(join(cwd, 'lock.scenario.ts'), '')
  const seen: string[] = []
  const fake = fakeEngine({ replay: deadlock, recording: { file: 'lock.scenario.ts' } as object })
  const engine = {
    ...fake,
    parseRecording(text: string) {
      seen.push(text)
      return fake.parseRecording(text)
    },
  }
  await heddle(['replay', 'lock.json'], { engine, cwd })
  await heddle(['replay', 'AbC-token_1'], { engine, cwd })
  await heddle(['replay', '-'], { engine, cwd, standardInput: 'of a pipe' })
  t.deepEqual(seen, ['of the file', 'AbC-token_1', 'of a pipe'])
  t.deepEqual(readdirSync(cwd), ['lock.json', 'lock.scenario.ts'])
})

test('replay: the scenario must be where the recording or --file says', async (t) => {
  const gone = await heddle(['replay', 'token'], { engine: fakeEngine({ recording: { file: 'scenarios/gone.ts' } as object }) })
  t.deepEqual(gone, {
    code: 2,
    out: '',
    err: "heddle: expected the scenario's file scenarios/gone.ts below the working folder, where the recording was made, but it does not exist; say where it is with --file PATH\n",
  })
  const other = await heddle(['replay', 'token'], { engine: fakeEngine({ subjects: [subject('queue')] }) })
  t.is(other.err, 'heddle: expected package.json to export the scenario "pool" of the recording, got "queue"; say where it is with --file PATH\n')
  const engine = fakeEngine({ replay: deadlock, recording: { file: 'gone.ts', options: { packages: ['left-pad'] } } as object })
  t.is((await heddle(['replay', 'token', '--file', 'package.json'], { engine })).code, 1)
  t.deepEqual(engine.discovered[0]?.packages, ['left-pad'])
})
