// From files to scenarios, and what is wrong with them. And check(), the way in from a test runner.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import { check } from './check.js'
import { discover } from './discover.js'
import { scenarioFile, temporaryFolder } from './subjects.test.support.js'
import { UsageError } from './usage-error.js'

const FINE = `{ peers: 2, setup: () => new Int32Array(new SharedArrayBuffer(4)), peer(words) { Atomics.add(words, 0, 1) } }`

/** Files that are not right, and what is said of them. */
const WRONG: readonly (readonly [string, string, RegExp])[] = [
  ['no exports', 'const x = 1', /expected .*subject\.scenario\.ts to export a scenario made by scenario\(\), or an array of them; got no exports/],
  ['other exports', 'export const a = 1\nexport default { peers: 2 }', /got the exports a, default/],
  ['no syntax', 'export default scenario(', /subject\.scenario\.ts:\d+/],
  ['throws while loading', 'throw new RangeError("broken")', /subject\.scenario\.ts.*RangeError: broken|RangeError: broken/s],
  ['imports what is not there', "import './nowhere.js'\nexport default 1", /nowhere\.js/],
  ['zero peers', `export default scenario('x', { peers: 0, setup() {}, peer() {} })`, /scenario "x": expected peers to be an integer from 1 to 16, got 0/],
  ['seventeen peers', `export default scenario('x', { peers: 17, setup() {}, peer() {} })`, /expected peers to be an integer from 1 to 16, got 17/],
  ['half a peer', `export default scenario('x', { peers: 1.5, setup() {}, peer() {} })`, /expected peers to be an integer from 1 to 16, got 1\.5/],
  ['no peers', `export default scenario('x', { setup() {}, peer() {} })`, /expected peers to be a number or a number for each kind, got undefined/],
  ['no kinds', `export default scenario('x', { peers: {}, setup() {}, peer: {} })`, /expected at least one peer, got none/],
  ['too many kinds', `export default scenario('x', { peers: { a: 9, b: 9 }, setup() {}, peer: { a() {}, b() {} } })`, /expected at most 16 peers, got 18/],
  [
    'a kind without code',
    `export default scenario('x', { peers: { a: 1, b: 1 }, setup() {}, peer: { a() {} } })`,
    /expected peer\.b to be a function, got undefined/,
  ],
  ['no setup', `export default scenario('x', { peers: 1, peer() {} })`, /expected setup\(\) to be a function, got undefined/],
  ['no name', `export default scenario('', ${FINE})`, /expected a name for the scenario, got ""/],
  ['no definition', `export default scenario('x')`, /expected a definition object, got undefined/],
  [
    'an unknown victim',
    `export default scenario('x', { ...${FINE}, faults: { crashes: 1, victims: ['worker'] } })`,
    /expected faults\.victims to name kinds of peers \(peer\), got "worker"/,
  ],
  [
    'a negative budget',
    `export default scenario('x', { ...${FINE}, faults: { crashes: -1 } })`,
    /expected faults\.crashes to be an integer of at least 0, got -1/,
  ],
  [
    'an unknown fault',
    `export default scenario('x', { ...${FINE}, faults: { crash: 1 } })`,
    /expected faults to have crashes, restarts, falseDeaths, powerFailures, diskErrors, diskErrorKinds or victims, got crash/,
  ],
  [
    'an unknown error of the disk',
    `export default scenario('x', { ...${FINE}, faults: { diskErrors: 1, diskErrorKinds: ['EPERM'] } })`,
    /expected faults\.diskErrorKinds to name errors \(EIO, ENOSPC, short\), got "EPERM"/,
  ],
  [
    'an invariant that is a function',
    `export default scenario('x', { ...${FINE}, invariants: [function exclusion() {}] })`,
    /expected invariants\[0\] to be an object with a name, got a function/,
  ],
  ['invariants that are none', `export default scenario('x', { ...${FINE}, invariants: { name: 'y' } })`, /expected invariants to be an array, got/],
  [
    'an invariant without a name',
    `export default scenario('x', { ...${FINE}, invariants: [{ everyStep() {} }] })`,
    /expected invariants\[0\] to be an object with a name/,
  ],
  ['sometimes that is no list', `export default scenario('x', { ...${FINE}, sometimes: 'raced' })`, /expected sometimes to be an array/],
  ['a step limit of zero', `export default scenario('x', { ...${FINE}, stepsMax: 0 })`, /expected stepsMax to be an integer of at least 1, got 0/],
  ['a recovery that is none', `export default scenario('x', { ...${FINE}, recover: true })`, /expected recover to be a function, got true/],
  ['known-bad of nothing', `export default scenario('x', { ...${FINE}, knownBad: {} })`, /expected knownBad\.breaks to be an array of names/],
  ['a field that does not exist', `export default scenario('x', { ...${FINE}, invariant: [] })`, /expected fields of a scenario \(.*\), got "invariant"/],
  [
    'two of one name',
    `export default [scenario('x', ${FINE}), scenario('x', ${FINE})]`,
    /expected every scenario to have a name of its own, got two named "x"/,
  ],
]

for (const [name, source, message] of WRONG) {
  test.serial(`discover: ${name}`, async (t) => {
    const error = await t.throwsAsync(() => discover([scenarioFile(source)]))
    t.regex(String(error?.message), message)
  })
}

test.serial('discover: folders, files, arrays and names', async (t) => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'sub', 'node_modules'), { recursive: true })
  mkdirSync(join(folder, 'empty'))
  scenarioFile(`export default [scenario('b 1', ${FINE}), scenario('b 2', ${FINE})]`, folder, 'b.scenario.ts')
  scenarioFile(`const one = scenario('a 1', ${FINE})\nexport { one, one as two, one as default }\nexport const other = 5`, folder, 'a.scenario.mjs')
  scenarioFile(`export const c = scenario('c', ${FINE})`, join(folder, 'sub'), 'c.scenario.js')
  scenarioFile(`export const d = scenario('d', ${FINE})`, join(folder, 'sub', 'node_modules'), 'd.scenario.ts')
  scenarioFile(`export const e = scenario('e', ${FINE})`, folder, 'e.ts')
  const names = async (...paths: string[]) => (await discover(paths)).map(({ scenario }) => scenario.name)
  t.deepEqual(await names(folder), ['a 1', 'b 1', 'b 2', 'c'])
  t.deepEqual(await names(join(folder, 'e.ts'), join(folder, 'b.scenario.ts'), join(folder, 'b.scenario.ts')), ['e', 'b 1', 'b 2'])
  await t.throwsAsync(() => names(join(folder, 'empty')), { instanceOf: UsageError, message: /got none/ })
  await t.throwsAsync(() => names(join(folder, 'nowhere')), { instanceOf: UsageError, message: /does not exist/ })
  scenarioFile(`export default scenario('c', ${FINE})`, folder, 'z.scenario.ts')
  await t.throwsAsync(() => names(folder), { instanceOf: UsageError, message: /two named "c", in .*c\.scenario\.js and .*z\.scenario\.ts/ })
})

test.serial('check: a passed file, a failed one, and one of several scenarios', async (t) => {
  const folder = temporaryFolder()
  const lost = `{ ...${FINE}, peer(words) { const n = Atomics.load(words, 0); Atomics.store(words, 0, n + 1) }, invariants: [{ name: 'sum', atEnd: (words) => words[0] === 2 ? undefined : 'no' }] }`
  const file = scenarioFile(
    `export default [scenario('fine', ${FINE}), scenario('lost', ${lost}), scenario('known', { ...${lost}, knownBad: { breaks: ['sum'] } })]`,
    folder,
  )
  const all = await check(file, { runs: 100, seed: '5eed' })
  t.false(all.passed)
  t.is(all.failure?.scenario, 'lost')
  t.is(all.seed, '5eed')
  t.deepEqual(
    all.campaigns.map(({ scenario, strategy, status }) => `${scenario} ${strategy} ${status}`),
    ['fine random passed', 'fine pct passed', 'lost random failed', 'lost pct failed', 'known random passed', 'known pct passed'],
  )
  const one = await check(pathToFileURL(file), { runs: 100, scenario: 'fine', strategy: 'pct' })
  t.true(one.passed)
  t.is(one.failure, undefined)
  t.regex(one.seed, /^[0-9a-f]{12}$/)
  const again = await check(file, { runs: 1, scenario: 'lost', strategy: 'random', seed: all.failure?.seed as string })
  t.is(again.failure?.traceHash, all.failure?.traceHash)
  await t.throwsAsync(() => check(file, { scenario: 'nobody' }), {
    instanceOf: UsageError,
    message: /expected a scenario named "nobody", got "fine", "lost", "known"/,
  })
  await t.throwsAsync(() => check(join(folder, 'nowhere.ts')), { instanceOf: UsageError })
  writeFileSync(join(folder, 'x'), '')
})
