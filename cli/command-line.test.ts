import test from 'ava'
import { fakeEngine, heddle } from './engine.test.helper.js'

const usage: readonly (readonly [argv: readonly string[], sentence: string])[] = [
  [['rnu'], 'expected a command (list, run, replay or shrink), got rnu; did you mean heddle run?'],
  [['frobnicate'], 'expected a command (list, run, replay or shrink), got frobnicate'],
  [['src/lock.ts'], 'expected a command (list, run, replay or shrink), got src/lock.ts; did you mean heddle run src/lock.ts?'],
  [['--runs', '3'], 'expected a command (list, run, replay or shrink) and then its options, got --runs without a command'],
  [['run', '--rusn', '3'], 'expected an option of heddle run, got --rusn; did you mean --runs?'],
  [['run', '--keepgoing'], 'expected an option of heddle run, got --keepgoing; did you mean --keep-going?'],
  [['run', '--frobnicate'], 'expected an option of heddle run, got --frobnicate; heddle run --help shows them'],
  [['run', '--until', '3'], 'expected an option of heddle run, got --until; heddle replay has it'],
  [['run', '-runs', '3'], 'expected an option of heddle run, got -runs; did you mean --runs?'],
  [['run', '--no-json'], 'expected an option of heddle run, got --no-json; heddle run --help shows them'],
  [['list', '--runs', '3'], 'expected an option of heddle list, got --runs; heddle run and heddle shrink have it'],
  [['replay', 'token', '--no-shrink'], 'expected an option of heddle replay, got --no-shrink; heddle run has it'],
  [['run', '--shrink'], 'expected an option of heddle run, got --shrink; heddle run --help shows them'],
  [['run', '--no-shrink=3'], 'expected --no-shrink without a value, got --no-shrink=3'],
  [['run', '--runs'], 'expected a value after --runs, got nothing'],
  [['run', '--runs', '0'], 'expected --runs to be an integer of at least 1, got 0'],
  [['run', '--runs', '-5'], 'expected --runs to be an integer of at least 1, got -5'],
  [['run', '--runs', '1.5'], 'expected --runs to be an integer of at least 1, got 1.5'],
  [['run', '--runs', 'many times'], 'expected --runs to be an integer of at least 1, got "many times"'],
  [['run', '--runs='], 'expected --runs to be an integer of at least 1, got nothing'],
  [['run', '--runs', '99999999999999999999'], 'expected --runs to be an integer of at least 1, got 99999999999999999999'],
  [['run', '--runs', '1', '--runs', '2'], 'expected --runs once, got it 2 times: 1, 2'],
  [['run', '--time', '30'], 'expected --time to be a duration from 1ms to 24h, such as 500ms, 30s or 2m, got 30; did you mean 30s?'],
  [['run', '--time', '0s'], 'expected --time to be a duration from 1ms to 24h, such as 500ms, 30s or 2m, got 0s'],
  [['run', '--time', 'soon'], 'expected --time to be a duration from 1ms to 24h, such as 500ms, 30s or 2m, got soon'],
  [['run', '--time', '25h'], 'expected --time to be a duration from 1ms to 24h, such as 500ms, 30s or 2m, got 25h'],
  [['run', '--seed', 'xyz'], 'expected --seed to be 1 to 12 hex digits, such as 9f21c4, got xyz'],
  [['run', '--seed', '0x1f'], 'expected --seed to be 1 to 12 hex digits, such as 9f21c4, got 0x1f'],
  [['run', '--seed', '1234567890123'], 'expected --seed to be 1 to 12 hex digits, such as 9f21c4, got 1234567890123'],
  [['run', '--seed='], 'expected --seed to be 1 to 12 hex digits, such as 9f21c4, got nothing'],
  [['run', '--strategy', 'pos'], 'expected --strategy to be random, pct or both, got pos'],
  [['run', '--strategy', 'random', '--depth', '3'], 'expected --depth only with the strategy pct, got it with --strategy random'],
  [['run', '--depth', '0'], 'expected --depth to be an integer of at least 1, got 0'],
  [['run', '--crashes', 'one'], 'expected --crashes to be an integer of at least 0, got one'],
  [['run', '--steps', '0'], 'expected --steps to be an integer of at least 1, got 0'],
  [['run', '--json=3'], 'expected --json without a value, got --json=3'],
  [['run', 'scenaros'], 'expected a scenario file or a folder with some, got scenaros, which does not exist; did you mean scenarios?'],
  [['run', 'cli/comands/run.ts'], 'expected a scenario file or a folder with some, got cli/comands/run.ts, which does not exist'],
  [['run', 'cli/main.js'], 'expected a scenario file or a folder with some, got cli/main.js, which does not exist; did you mean cli/main.ts?'],
  [['run', '--', '--weird'], 'expected a scenario file or a folder with some, got --weird, which does not exist'],
  [['run', '--scenario', 'pol'], 'expected --scenario to be the name, or part of the name, of one of the 1 scenario found, got "pol"; did you mean "pool"?'],
  [
    ['run', '--scenario', 'queue'],
    'expected --scenario to be the name, or part of the name, of one of the 1 scenario found, got "queue"; heddle list shows them',
  ],
  [['replay'], 'expected the file of a recording or a token, got nothing; as in: heddle replay .heddle/failures/lock-7f3a.json'],
  [['replay', ''], 'expected the file of a recording or a token, got an empty word'],
  [['replay', 'a', 'b'], 'expected one recording, got also b'],
  [['replay', 'pakage.json'], 'expected the file of a recording or a token, got pakage.json, which does not exist; did you mean package.json?'],
  [['replay', 'cli'], 'expected the file of one recording, got the folder cli'],
  [['replay', 'token', '--until', '0'], 'expected --until to be an integer of at least 1, got 0'],
  [['replay', 'abc!'], 'expected a token of 40 characters, got 39; was the last one lost when it was copied?'],
  [['shrink'], 'expected the file of a recording or a token, got nothing; as in: heddle shrink .heddle/failures/lock-7f3a.json'],
  [['shrink', ''], 'expected the file of a recording or a token, got an empty word'],
  [['shrink', 'a', 'b'], 'expected one recording, got also b'],
  [['shrink', 'a', '--', '--b'], 'expected one recording, got also --b'],
  [['shrink', 'pakage.json'], 'expected the file of a recording or a token, got pakage.json, which does not exist; did you mean package.json?'],
  [['shrink', 'cli'], 'expected the file of one recording, got the folder cli'],
  [['shrink', 'abc!'], 'expected a token of 40 characters, got 39; was the last one lost when it was copied?'],
  [['shrink', 'token', '--runs', '0'], 'expected --runs to be an integer of at least 1, got 0'],
  [['shrink', 'token', '--runs', '1', '--runs', '2'], 'expected --runs once, got it 2 times: 1, 2'],
  [['shrink', 'token', '--runs'], 'expected a value after --runs, got nothing'],
  [['shrink', 'token', '--out'], 'expected a value after --out, got nothing'],
  [['shrink', 'token', '--out', 'a', '--out', 'b'], 'expected --out once, got it 2 times: a, b'],
  [['shrink', 'token', '--full=3'], 'expected --full without a value, got --full=3'],
  [['shrink', 'token', '--until', '3'], 'expected an option of heddle shrink, got --until; heddle replay has it'],
  [['shrink', 'token', '--rusn', '3'], 'expected an option of heddle shrink, got --rusn; did you mean --runs?'],
  [['shrink', 'token', '--frobnicate'], 'expected an option of heddle shrink, got --frobnicate; heddle shrink --help shows them'],
  [['shrink', 'token', '--file', 'no.ts'], 'expected --file to be the file of the scenario, got no.ts, which does not exist'],
  [['shrnk', 'token'], 'expected a command (list, run, replay or shrink), got shrnk; did you mean heddle shrink?'],
  [['replay', 'token', '--file', 'no.ts'], 'expected --file to be the file of the scenario, got no.ts, which does not exist'],
]

for (const [argv, sentence] of usage) {
  test(`usage: heddle ${argv.map((word) => word || '""').join(' ')}`, async (t) => {
    t.deepEqual(await heddle(argv), { code: 2, out: '', err: `heddle: ${sentence}\n` })
  })
}

test('usage: with --json the sentence is in the document too', async (t) => {
  const { code, out } = await heddle(['run', '--json', '--seed', 'xyz'])
  t.is(code, 2)
  t.deepEqual(JSON.parse(out), {
    heddle: '0.1.0',
    exitCode: 2,
    error: { kind: 'usage', message: 'expected --seed to be 1 to 12 hex digits, such as 9f21c4, got xyz' },
  })
})

test('usage: no command shows the help', async (t) => {
  const { code, out, err } = await heddle([])
  t.is(code, 2)
  t.is(out, '')
  t.regex(err, /heddle replay <recording>[\s\S]*heddle: expected a command \(list, run, replay or shrink\), got none\n$/)
})

test('help: with examples and exit codes, at most 100 columns', async (t) => {
  for (const argv of [['--help'], ['run', '--help'], ['list', '-h'], ['replay', '--help'], ['shrink', '--help']]) {
    const { code, out, err } = await heddle(argv)
    t.is(code, 0)
    t.is(err, '')
    t.regex(out, /^ {2}heddle|^heddle/m)
    for (const line of out.split('\n')) t.true(line.length <= 100, line)
  }
  const { out } = await heddle(['--help'])
  t.regex(out, /Examples:/)
  t.regex(out, /Exit codes: 0 passed, 1 violated, 2 usage, 3 harness fault/)
  for (const later of ['explore', 'fuzz', 'report', 'doctor']) t.false(out.includes(`heddle ${later}`))
  t.regex((await heddle(['run', '--help'])).out, /Examples:[\s\S]*--seed 9f21c4/)
  t.is((await heddle(['--version'])).out, '0.1.0\n')
})

test('environment: HEDDLE_SEED is --seed, and the command line wins', async (t) => {
  const engine = fakeEngine()
  const env = { HEDDLE_SEED: 'ABC', HEDDLE_RUNS: '7', HEDDLE_KEEP_GOING: '1', HEDDLE_PACKAGE: 'a,b', HEDDLE_STRATEGY: 'pct' }
  t.is((await heddle(['run', '--runs', '9'], { engine, env })).code, 0)
  t.is(engine.campaigns.length, 1)
  const { seed, runs, keepGoing, strategy } = engine.campaigns[0]?.options ?? {}
  t.deepEqual({ seed, runs, keepGoing, strategy }, { seed: 'abc', runs: 9, keepGoing: true, strategy: 'pct' })
  t.deepEqual(engine.discovered[0]?.packages, ['a', 'b'])
})

test('environment: a variable of another command does not disturb; a misspelt one is mentioned; a bad one is refused', async (t) => {
  t.is((await heddle(['list'], { env: { HEDDLE_RUNS: '7' } })).code, 0)
  t.is((await heddle(['list'], { env: { HEDDLE_SED: '7' } })).err, 'heddle: HEDDLE_SED is set but means nothing; did you mean HEDDLE_SEED?\n')
  t.is((await heddle(['list'], { env: { HEDDLE_HOME: '/' } })).err, '')
  t.deepEqual(await heddle(['run'], { env: { HEDDLE_KEEP_GOING: 'maybe' } }), {
    code: 2,
    out: '',
    err: 'heddle: expected HEDDLE_KEEP_GOING to be 1 or 0, got maybe\n',
  })
})

test('internal errors: a stack and exit code 3', async (t) => {
  const engine = { ...fakeEngine(), discover: () => Promise.reject(new RangeError('lost count')) }
  const { code, out, err } = await heddle(['list'], { engine })
  t.is(code, 3)
  t.is(out, '')
  t.regex(err, /^heddle internal: lost count\n {4}at /)
  const thrown = { ...fakeEngine(), discover: () => Promise.reject(new Error('heddle internal: two clocks')) }
  t.regex((await heddle(['list'], { engine: thrown })).err, /^heddle internal: two clocks\n/)
  const odd = { ...fakeEngine(), discover: () => Promise.reject('just text') }
  t.is((await heddle(['list', '--json'], { engine: odd })).code, 3)
})

test('user errors of the engine: the message, no stack, exit code 2', async (t) => {
  for (const name of ['UsageError', 'LoadError', 'ScenarioError', 'RecordingError']) {
    const error = Object.assign(new Error('expected a scenario, got a function'), { name })
    const engine = { ...fakeEngine(), discover: () => Promise.reject(error) }
    t.deepEqual(await heddle(['list'], { engine }), { code: 2, out: '', err: 'heddle: expected a scenario, got a function\n' })
  }
})

test('a source that does not parse: the sentence and the lines around it', async (t) => {
  const error = Object.assign(new Error('lock.ts:3:7: expected a semicolon'), { name: 'LoadError', codeFrame: '> 3 | let lock lock' })
  const engine = { ...fakeEngine(), discover: () => Promise.reject(error) }
  t.is((await heddle(['list'], { engine })).err, 'heddle: lock.ts:3:7: expected a semicolon\n\n> 3 | let lock lock\n')
})

test('a fault of the harness outside a campaign: the message, no stack, exit code 3', async (t) => {
  const fault = Object.assign(new Error('scenario "pool": setup threw Error: no'), { name: 'HarnessFault' })
  const engine = { ...fakeEngine(), replay: () => Promise.reject(fault) }
  t.deepEqual(await heddle(['replay', 'token'], { engine }), { code: 3, out: '', err: 'heddle: scenario "pool": setup threw Error: no\n' })
})
