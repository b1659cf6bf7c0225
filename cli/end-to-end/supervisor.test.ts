// What only the thread of the terminal can do: end a process whose other thread is blocked.

import test from 'ava'
import { BROKEN_LOCK, ended, LOCK, Project, said, scenarioFile } from './project.test.helper.js'

const SPIN = 'function spin(): number { let turns = 0; for (;;) { turns++; if (turns < 0) return 1 } }'
const IMPATIENT = { HEDDLE_STALL_MS: '700' }

const endless: readonly (readonly [where: string, file: string, sentence: RegExp])[] = [
  [
    'in a peer',
    scenarioFile('endless', 'peer({ words }) { Atomics.add(words, 0, 1); spin() },', SPIN),
    /^heddle: scenario "endless" \(strategy random, seed \w+\): expected a step or an end of peer \d after step \d, got none for 700 ms, in spin \(a\.scenario\.ts:2\) called by peer \(a\.scenario\.ts:7\)$/m,
  ],
  [
    'in setup',
    scenarioFile('endless', 'setup() { spin() },', SPIN),
    /: expected an end of setup, got none for 700 ms, in spin \(a\.scenario\.ts:2\) called by setup/,
  ],
  [
    'in an invariant',
    scenarioFile('endless', 'invariants: [{ name: "x", everyStep() { spin(); return undefined } }],', SPIN),
    /: expected an answer of an invariant \(or of describe, locate or deadlines\).*, got none for 700 ms, in spin \(a\.scenario\.ts:2\) called by everyStep/,
  ],
  [
    'when it is loaded',
    `${scenarioFile('endless', '', SPIN)}spin()\n`,
    /^heddle: a\.scenario\.ts: expected an end of its top level while it was loaded, got none for 700 ms, in spin \(a\.scenario\.ts:2\)/m,
  ],
  [
    'in an await',
    `${scenarioFile('endless', '')}await new Promise(() => undefined)\n`,
    /a\.scenario\.ts: expected an end of its top level while it was loaded, got none for 700 ms; it waits for something that does not come$/m,
  ],
]

for (const [where, file, sentence] of endless) {
  test.serial(`supervisor: a scenario that never ends ${where} is named, with exit code 3`, async (t) => {
    const { code, err } = await new Project(t, { 'a.scenario.ts': file }).heddle(['run', '--seed', '1'], IMPATIENT)
    t.is(code, 3)
    t.regex(err, sentence)
    t.is(err.trimEnd().split('\n').length, 1)
  })
}

test.serial('supervisor: what was found before is kept, also in JSON', async (t) => {
  const project = new Project(t, {
    'a.scenario.ts': BROKEN_LOCK,
    'lock.ts': LOCK,
    'b.scenario.ts': scenarioFile('endless', 'peer({ words }) { if (Atomics.add(words, 0, 1) === 1) spin() },', SPIN),
  })
  const args = ['run', 'a.scenario.ts', 'b.scenario.ts', '--strategy', 'random', '--seed', '1']
  const text = await project.heddle(args, IMPATIENT)
  t.is(text.code, 3)
  t.regex(text.out, /✗ mutual-exclusion[\s\S]*broken "lock" +✗ violated[\s\S]*2 campaigns: 1 failed, 1 not run; /)
  t.regex(text.err, /heddle: scenario "endless"/)
  const { code, out } = await project.heddle([...args, '--json'], IMPATIENT)
  t.is(code, 3)
  const document = JSON.parse(out)
  t.is(document.exitCode, 3)
  t.is(document.error.kind, 'fault')
  t.regex(document.error.message, /^scenario "endless" \(strategy random, seed \w+\): expected a step or an end/)
  t.deepEqual(
    document.results.map((result: { scenario: string }) => result.scenario),
    ['broken "lock"'],
  )
  t.is(Object.keys(project.recordings()).length, 1)
})

test.serial('supervisor: a long execution is no stall', async (t) => {
  // What is not instrumented sleeps in real time: 400 of the 500 steps of the first execution take 10 ms or more, so it lasts twice the time
  // on any machine.
  const definition = 'peer({ words }) { for (let at = 0; at < 250; at++) Atomics.add(words, 0, 1) }, invariants: [{ name: "slow", everyStep: pause }],'
  const project = new Project(t, {
    'a.scenario.ts': scenarioFile('long', definition, 'import { pause } from "pause"'),
    'node_modules/pause/package.json': '{ "name": "pause", "type": "module", "exports": "./pause.js" }',
    'node_modules/pause/pause.js':
      'const word = new Int32Array(new SharedArrayBuffer(4))\nlet left = 400\nexport function pause() { if (left-- > 0) Atomics.wait(word, 0, 0, 10) }\n',
  })
  const startMs = performance.now()
  const { code, err } = await project.heddle(['run', '--runs', '1', '--strategy', 'random'], { HEDDLE_STALL_MS: '2000' })
  t.is(code, 0, err)
  t.true(performance.now() - startMs > 4000)
})

test.serial('supervisor: what code under test prints keeps its place, and stays out of JSON', async (t) => {
  const project = new Project(t, { 'a.scenario.ts': scenarioFile('chatty', '', 'console.log("hello")') })
  t.regex((await project.heddle(['list'])).out, /^hello\na\.scenario\.ts\n/)
  const json = await project.heddle(['list', '--json'])
  t.is(JSON.parse(json.out).scenarios.length, 1)
  t.is(json.err, 'hello\n')
})

test.serial('supervisor: an error outside of executions is said, and is not a pass', async (t) => {
  const { code, err } = await new Project(t, { 'a.scenario.ts': scenarioFile('late', '', 'Promise.reject(new Error("late"))') }).heddle(['run', '--time', '2s'])
  t.is(code, 3)
  t.regex(err, /heddle: expected nothing of the scenarios to run outside of executions, got an error there: Error: late/)
})

test.serial('supervisor: Ctrl-C ends a run with a summary of what was done', async (t) => {
  const definition = 'setup() { if (!told) console.log("running"); told = true; return { words: new Int32Array(new SharedArrayBuffer(16)) } },'
  const child = new Project(t, { 'a.scenario.ts': scenarioFile('good', definition, 'let told = false') }).startHeddle(['run', '--time', '60s', '--seed', '1'])
  const end = ended(child)
  await said(child, 'running')
  child.kill('SIGINT')
  const { code, out } = await end
  t.is(code, 130)
  t.regex(out, /good +– stopped +[\d,]+ [\s\S]*2 campaigns: 1 stopped, 1 not run; [\d,]+ executions? in /)
})

test.serial('supervisor: Ctrl-C ends a command that waits for its files', async (t) => {
  const child = new Project(t, { 'a.scenario.ts': `${scenarioFile('late', '', 'console.log("loading")')}await new Promise(() => undefined)\n` }).startHeddle([
    'list',
  ])
  const end = ended(child)
  await said(child, 'loading')
  child.kill('SIGINT')
  const { code, out, err } = await end
  t.is(code, 130)
  t.is(out, 'loading\n')
  // A thread that did not hear of it would be named.
  t.is(err, '')
})

test.serial('supervisor: a thread that is blocked inside of Node is ended, and JSON says so', async (t) => {
  // Blocks for as long as the process lives, and no longer.
  const blocks = 'import { spawnSync } from "node:child_process"\nspawnSync("sh", ["-c", "while kill -0 $PPID; do sleep 0.2; done"])'
  const project = new Project(t, { 'a.scenario.ts': scenarioFile('blocked', '', blocks) })
  const { code, out, err } = await project.heddle(['run', '--json', '--seed', '1'], IMPATIENT)
  // Nothing but a signal ends a thread that waits for another process.
  t.is(code, null)
  const message = 'a.scenario.ts: expected an end of its top level while it was loaded, got none for 700 ms'
  t.like(JSON.parse(out), { command: 'run', exitCode: 3, error: { kind: 'fault', message } })
  t.is(err, `heddle: ${message}\n`)
})

test.serial('supervisor: Ctrl-C ends a blocked run too, and a second one at once', async (t) => {
  const definition = 'peer({ words }) { Atomics.add(words, 0, 1); console.log("spinning"); spin() },'
  const project = new Project(t, { 'a.scenario.ts': scenarioFile('endless', definition, SPIN) })
  for (const twice of [false, true]) {
    const child = project.startHeddle(['run', '--seed', '1'], { HEDDLE_STALL_MS: '0' })
    const end = ended(child)
    await said(child, 'spinning')
    child.kill('SIGINT')
    // Two signals that come before the first is heard are one.
    const again = twice ? setInterval(() => child.kill('SIGINT'), 100) : undefined
    const { code, err } = await end
    clearInterval(again)
    t.is(code, 130)
    // Whoever asks twice does not wait until it is known where the thread is.
    if (twice) t.is(err, '')
    else t.regex(err, /heddle: stopped in the middle: scenario "endless" did not come to a point at which it could be stopped, in spin \(a\.scenario\.ts:2\)/)
  }
})
