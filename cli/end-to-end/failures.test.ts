// A failure from run to replay, with the real engine and the commands that the reports themselves say.

import test from 'ava'
import { BROKEN_LOCK, HALF_COMMIT, LOCK, labelled, Project, scenarioFile, table } from './project.test.helper.js'

const unmarked = (lines: string) => lines.replaceAll('▸', ' ')

const files = { 'broken.scenario.ts': BROKEN_LOCK, 'lock.ts': LOCK, 'half.scenario.ts': HALF_COMMIT }

for (const [file, strategy, name] of [
  ['broken.scenario.ts', 'random', 'mutual-exclusion'],
  ['broken.scenario.ts', 'pct', 'mutual-exclusion'],
  ['half.scenario.ts', 'random', 'all or nothing'],
  ['half.scenario.ts', 'pct', 'all or nothing'],
] as const) {
  test.serial(`end to end: ${file} under ${strategy}: run, replay by file, by token, by pipe and by seed`, async (t) => {
    const project = new Project(t, files)
    const run = await project.heddle(['run', file, '--strategy', strategy, '--seed', 'C0FFEE'])
    t.is(run.code, 1, run.err)
    t.true(run.out.includes(`✗ ${name}`))
    const recordings = project.recordings()
    t.is(Object.keys(recordings).length, 1)

    const byFile = await project.shell(labelled(run.out, 'replay'))
    const byToken = await project.heddle(['replay', labelled(run.out, 'token')])
    const bySeed = await project.shell(labelled(run.out, 'seed'))
    project.write('token.txt', `${labelled(run.out, 'token')}\n`)
    const byPipe = await project.shell('npx heddle replay - < token.txt')
    t.not(table(run.out), '')
    for (const again of [byFile, bySeed, byToken, byPipe]) t.is(again.code, 1, again.err)
    for (const again of [byFile, bySeed]) t.is(table(again.out), table(run.out))
    // A token holds what happens, and not what was tried in order to make it small.
    for (const again of [byToken, byPipe]) t.is(unmarked(table(again.out)), unmarked(table(run.out)))
    // The same failure again is the same recording; it is not overwritten and not written twice.
    const added = Object.keys(project.recordings()).filter((recording) => !(recording in recordings))
    t.deepEqual(added, [], 'the execution of a seed is the one that was recorded')
    for (const [recording, content] of Object.entries(recordings)) t.is(project.recordings()[recording], content)
  })
}

test.serial('end to end: other failures of a scenario have files of their own', async (t) => {
  const project = new Project(t, files)
  await project.heddle(['run', 'broken.scenario.ts', '--seed', '1'])
  const before = project.recordings()
  await project.heddle(['run', 'broken.scenario.ts', '--seed', '2'])
  const after = project.recordings()
  t.true(Object.keys(after).length > Object.keys(before).length)
  for (const [name, content] of Object.entries(before)) t.is(after[name], content)
})

test.serial('end to end: replay stops where the code is another than was recorded', async (t) => {
  const project = new Project(t, files)
  const run = await project.heddle(['run', 'broken.scenario.ts', '--strategy', 'pct', '--seed', '1'])
  const recordings = project.recordings()
  project.write(
    'lock.ts',
    LOCK.replace('Atomics.load(this.#words, 0) !== 0', 'Atomics.compareExchange(this.#words, 0, 0, 1) !== 0').replace(
      '    Atomics.store(this.#words, 0, 1)\n',
      '',
    ),
  )
  const text = await project.shell(labelled(run.out, 'replay'))
  t.is(text.code, 3)
  t.regex(text.out, /✗ diverged at step 1 +broken "lock"/)
  t.regex(text.out, /expected {2}.*load/)
  t.regex(text.out, /got {7}.*compareExchange/)
  t.regex(text.out, /at {8}lock\.ts:7\n +while \(Atomics\.compareExchange/)
  const json = await project.shell(`${labelled(run.out, 'replay')} --json`)
  t.is(json.code, 3)
  t.is(JSON.parse(json.out).divergence.step, 1)
  t.is((await project.heddle(['replay', labelled(run.out, 'token')])).code, 3)
  t.deepEqual(project.recordings(), recordings)
  // With the code as it was, everything is as it was.
  project.write('lock.ts', LOCK)
  t.is(table((await project.shell(labelled(run.out, 'replay'))).out), table(run.out))
})

test.serial('end to end: a recording that is not whole, and a token with a character missing, are refused in one sentence', async (t) => {
  const project = new Project(t, files)
  const run = await project.heddle(['run', 'broken.scenario.ts', '--strategy', 'random', '--seed', '1'])
  const content = Object.values(project.recordings())[0] as string
  const token = labelled(run.out, 'token')
  project.write('truncated.json', content.slice(0, content.length / 2))
  project.write(
    'edited.json',
    content.replace(/"value":(\d)/, (_, digit) => `"value":${Number(digit) + 1}`),
  )
  project.write('future.json', content.replace('"format": 2', '"format": 3'))
  const cases: [string, RegExp][] = [
    ['truncated.json', /^heddle: expected a whole recording, got JSON that breaks off[^\n]*\n$/],
    ['edited.json', /^heddle: expected the recording as Heddle wrote it, got one that was edited[^\n]*\n$/],
    ['future.json', /^heddle: expected a recording of format 2, got format 3[^\n]*\n$/],
    [token.slice(0, 30) + token.slice(31), /^heddle: expected a whole token, got one in which a character is missing[^\n]*\n$/],
    [token.slice(0, -1), /^heddle: expected a whole token[^\n]*\n$/],
    ['missing.json', /^heddle: expected the file of a recording or a token, got missing\.json, which does not exist[^\n]*\n$/],
    ['hello', /^heddle: expected a recording [^\n]*, got "hello"\n$/],
  ]
  for (const [recording, sentence] of cases) {
    const { code, out, err } = await project.heddle(['replay', recording])
    t.is(code, 2, recording)
    t.is(out, '')
    t.regex(err, sentence)
  }
})

test.serial('end to end: a peer that throws is shown with its stack in the user’s own positions', async (t) => {
  const project = new Project(t, {
    'throws.scenario.ts': scenarioFile(
      'throws',
      'peer({ words }) { if (Atomics.add(words, 0, 1) === 1) take(words) },',
      'interface Gone { gone: true }\nfunction take(words: Int32Array): void {\n  Atomics.load(words, 1)\n  throw new RangeError("nothing left")\n}',
    ),
  })
  const { code, out } = await project.heddle(['run', 'throws.scenario.ts', '--seed', '1'])
  t.is(code, 1)
  t.regex(out, /✗ peer threw {2}peer \d threw RangeError: nothing left/)
  t.regex(out, /RangeError: nothing left\n +at take \(throws\.scenario\.ts:5:\d+\)\n +at (?:Object\.)?peer \(throws\.scenario\.ts:11:\d+\)/)
})

test.serial('end to end: output for pipes has no control characters, JSON is one document, colours come where they are asked for', async (t) => {
  const project = new Project(t, files)
  const piped = await project.heddle(['run', 'broken.scenario.ts', '--seed', '1'])
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/
  t.notRegex(piped.out, control)
  t.notRegex(piped.err, control)
  t.notRegex((await project.heddle(['run', 'broken.scenario.ts', '--seed', '1'], { FORCE_COLOR: '1', NO_COLOR: '1' })).out, control)
  t.true((await project.heddle(['run', 'broken.scenario.ts', '--seed', '1'], { FORCE_COLOR: '1' })).out.includes('\u001b[31m'))
  const json = JSON.parse((await project.heddle(['run', '.', '--seed', '1', '--json'])).out)
  t.is(json.exitCode, 1)
  t.deepEqual([...new Set(json.results.map((result: { scenario: string }) => result.scenario))], ['broken "lock"', 'half commit'])
  t.deepEqual(
    JSON.parse((await project.heddle(['list', '.', '--json'])).out).scenarios.map((listed: { name: string }) => listed.name),
    ['broken "lock"', 'half commit'],
  )
})
