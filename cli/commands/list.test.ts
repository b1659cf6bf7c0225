import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { fakeEngine, heddle, subject } from '../engine.test.helper.js'
import { golden } from '../report/golden.test.helper.js'

const subjects = () => [
  subject('spin lock', { about: 'three peers take a lock', faults: { crashes: 1, restarts: 2 } }, 'scenarios/lock.scenario.ts'),
  subject(
    'spin lock without compare-and-swap',
    { knownBad: { breaks: ['mutual-exclusion', 'deadlock'], because: 'reads before it writes' } },
    'scenarios/lock.scenario.ts',
  ),
  subject(
    'many invariants',
    {
      peers: { reader: 2, writer: 1 },
      peer: { reader: () => undefined, writer: () => undefined },
      invariants: ['no-double-free', 'no-leak', 'generation-never-goes-back', 'fifo'].map((name) => ({ name })),
    },
    'scenarios/pool.scenario.ts',
  ),
]

test('list: the scenarios by file', async (t) => {
  const { code, out } = await heddle(['list'], { engine: fakeEngine({ subjects: subjects() }) })
  t.is(code, 0)
  golden(t, 'list', out.trimEnd().split('\n'))
})

test('list: one scenario, and thousands', async (t) => {
  const closing = async (count: number) => {
    const subjects = Array.from({ length: count }, (_, index) => subject(`lock ${index}`))
    return (await heddle(['list'], { engine: fakeEngine({ subjects }) })).out.trimEnd().split('\n').at(-1)
  }
  t.is(await closing(1), '1 scenario: 1 to pass, 0 known bad.')
  t.is(await closing(1200), '1,200 scenarios: 1,200 to pass, 0 known bad.')
})

test('list: every fault is named, and how far clocks may be apart', async (t) => {
  const subjects = [
    subject('crashes', { faults: { crashes: 2, restarts: 1 } }),
    subject('false', { faults: { falseDeaths: 1 }, recover: () => undefined }),
    subject('skew', { clockSkewMsMax: 1500 }),
    subject('disk', { faults: { powerFailures: 1, diskErrors: 2 } }),
  ]
  const { out } = await heddle(['list'], { engine: fakeEngine({ subjects }), isTTY: true, columns: 160 })
  t.regex(out, / crashes +2 peers +2 crashes, 1 restart +mutual/)
  t.regex(out, / false +2 peers +1 false death +mutual/)
  t.regex(out, / skew +2 peers +clocks 1,500 ms apart +mutual/)
  t.regex(out, / disk +2 peers +1 power failure, 2 disk errors +mutual/)
  const { scenarios } = JSON.parse((await heddle(['list', '--json'], { engine: fakeEngine({ subjects }) })).out)
  t.deepEqual(scenarios[0].faults, { crashes: 2, restarts: 1, falseDeaths: 0, powerFailures: 0, diskErrors: 0 })
  t.is(scenarios[2].clockSkewMsMax, 1500)
})

test('list: --json', async (t) => {
  const { out } = await heddle(['list', '--json'], { engine: fakeEngine({ subjects: subjects() }) })
  const document = JSON.parse(out)
  t.is(document.scenarios.length, 3)
  t.deepEqual(document.scenarios[1], {
    name: 'spin lock without compare-and-swap',
    file: 'scenarios/lock.scenario.ts',
    peers: { peer: 2 },
    faults: { crashes: 0, restarts: 0, falseDeaths: 0, powerFailures: 0, diskErrors: 0 },
    clockSkewMsMax: 0,
    invariants: ['mutual-exclusion'],
    sometimes: [],
    knownBad: { breaks: ['mutual-exclusion', 'deadlock'], because: 'reads before it writes' },
  })
  t.deepEqual(document.scenarios[2].peers, { reader: 2, writer: 1 })
})

test('list: without a path it is the folder scenarios, else every scenario file, else a sentence', async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'heddle-'))
  t.teardown(() => rmSync(cwd, { recursive: true }))
  const looked = async () => {
    const engine = fakeEngine()
    const said = await heddle(['list'], { engine, cwd })
    return engine.discovered[0]?.paths.map((path) => path.slice(cwd.length + 1)) ?? said.err
  }
  t.regex(String(await looked()), /^heddle: expected a folder named scenarios or files named \*\.scenario\.ts below/)
  for (const path of ['src/deep', 'node_modules/x', 'dist', '.git']) mkdirSync(join(cwd, path), { recursive: true })
  for (const path of [
    'src/deep/b.scenario.mts',
    'src/a.scenario.ts',
    'src/a.ts',
    'node_modules/x/c.scenario.js',
    'dist/d.scenario.js',
    '.git/e.scenario.ts',
    'z.scenario.mjs',
  ])
    writeFileSync(join(cwd, path), '')
  t.deepEqual(await looked(), ['src/a.scenario.ts', 'src/deep/b.scenario.mts', 'z.scenario.mjs'])
  mkdirSync(join(cwd, 'scenarios'))
  t.deepEqual(await looked(), ['scenarios'])
})
