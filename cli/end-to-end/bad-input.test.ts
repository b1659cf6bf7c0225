// Whatever people hand in, the answer is a sentence and an exit code.

import test from 'ava'
import { Project, scenarioFile } from './project.test.helper.js'

const refused: readonly (readonly [about: string, file: string, sentence: RegExp])[] = [
  ['does not parse', 'const words: = 3\n', /^heddle: a\.scenario\.ts:1:\d+: .+\n/],
  ['exports nothing', 'export {}\n', /^heddle: expected a\.scenario\.ts to export a scenario made by scenario\(\), or an array of them; got no exports\n$/],
  ['exports something else', 'export default 3\n', /; got the exports default\n$/],
  ['throws when it is loaded', '\nthrow new Error("no luck")\n', /^heddle: a\.scenario\.ts:2:\d+: threw Error: no luck while it was loaded\n$/],
  ['imports what is not there', 'import "./gone.js"\n', /^heddle: a\.scenario\.ts:1:\d+: [^\n]*gone\.js[^\n]*\n/],
  [
    'has no peers',
    scenarioFile('zero', 'peers: 0,'),
    /^heddle: a\.scenario\.ts:\d+:\d+: scenario "zero": expected peers to be an integer from 1 to 16, got 0\n$/,
  ],
  [
    'has two scenarios of one name',
    `${scenarioFile('same', '')}export const other = scenario('same', { peers: 1, setup: () => ({}), peer() {} })\n`,
    /got two named "same", both in a\.scenario\.ts; rename one of them\n$/,
  ],
]

for (const [about, file, sentence] of refused) {
  test.serial(`bad input: a file that ${about}`, async (t) => {
    const { code, out, err } = await new Project(t, { 'a.scenario.ts': file }).heddle(['run', 'a.scenario.ts'])
    t.is(code, 2)
    t.is(out, '')
    t.regex(err, sentence)
  })
}

const faults: readonly (readonly [about: string, definition: string, sentence: RegExp, before?: string])[] = [
  ['throws in setup', 'setup() { throw new Error("no disk") },', /setup threw Error: no disk; at all\.scenario\.ts:\d+/],
  ['shares nothing', 'peer() {},', /vacuous: no peer took a step/],
  ['never touches the same location', 'peer({ words }, me) { Atomics.add(words, me.id, 1) },', /vacuous: no two peers ever touched the same location/],
  ['fetches', 'peer({ words }) { Atomics.add(words, 0, 1); fetch("http://localhost") },', /fetch reaches outside the simulation.*; at all\.scenario\.ts:\d+/],
  [
    'makes a symbolic link',
    'peer({ words }) { Atomics.add(words, 0, 1); symlinkSync("x", "y") },',
    /fs\.symlinkSync reaches outside the simulation.*; at all\.scenario\.ts:\d+/,
    "import { symlinkSync } from 'node:fs'",
  ],
  ['starts a timer in setup', 'setup() { setTimeout(() => {}, 1); return {} },', /started a timer in setup.*; at all\.scenario\.ts:\d+/],
  [
    'has an invariant that throws',
    'invariants: [{ name: "x", everyStep() { throw new Error("oops") } }],',
    /invariant "x" threw Error: oops; at all\.scenario\.ts:\d+/,
  ],
  [
    'is not the same twice',
    'peer({ words }) { counted++; Atomics.add(words, 0, counted) },',
    /is not deterministic: seed \w+ gave trace \w+ at first and \w+ the second time/,
    'let counted = 0',
  ],
]

test.serial('bad input: each scenario that cannot be judged is a fault of the harness, and costs the others nothing', async (t) => {
  const parts = faults.map(([about, definition, , before]) => scenarioFile(about, definition, before))
  const file = parts
    .map((part, at) => part.replace('export default', `export const scenario${at} =`).replace("import { scenario } from 'heddle'\n", at === 0 ? '$&' : ''))
    .join('\n')
  const project = new Project(t, {
    'all.scenario.ts': `${file}\n${scenarioFile('good', '')
      .replace(/import.*\n/, '')
      .replace('export default', 'export const good =')}`,
  })
  const { code, out } = await project.heddle(['run', '--runs', '300', '--seed', '1'])
  t.is(code, 3)
  const flat = out.replace(/\n {4}(?=\S)/g, ' ')
  for (const [about, , sentence] of faults) {
    t.regex(flat, new RegExp(`^  ${about} +! fault`, 'm'))
    t.regex(flat, new RegExp(`^  · ${about}(?: \\((?:random|pct)\\))?: .*${sentence.source}`, 'm'))
  }
  t.regex(out, / good +✓ passed +600 /)
  t.regex(out, /18 campaigns: 16 harness faults, 2 passed; /)
})

test.serial('bad input: what is wrong with arguments is said in one sentence; nothing is loaded or written', async (t) => {
  const project = new Project(t, { 'a.scenario.ts': 'for (;;) {}\n' })
  const cases: [string[], RegExp][] = [
    [['run', '--seed', 'xyz'], /^heddle: expected --seed to be 1 to 12 hex digits, such as 9f21c4, got xyz\n$/],
    [['run', '--seed', '1234567890abc'], /^heddle: expected --seed to be 1 to 12 hex digits, [^\n]*\n$/],
    [['run', '--runs', '0'], /^heddle: expected --runs to be an integer of at least 1, got 0\n$/],
    [
      ['run', 'b.scenario.ts'],
      /^heddle: expected a scenario file or a folder with some, got b\.scenario\.ts, which does not exist; did you mean a\.scenario\.ts\?\n$/,
    ],
    [['run', '--rusn', '3'], /^heddle: expected an option of heddle run, got --rusn; did you mean --runs\?\n$/],
    [['rnu'], /^heddle: expected a command [^\n]*; did you mean heddle run\?\n$/],
  ]
  for (const [args, sentence] of cases) {
    const { code, out, err } = await project.heddle(args)
    t.is(code, 2)
    t.is(out, '')
    t.regex(err, sentence)
  }
  t.deepEqual(project.recordings(), {})
})
