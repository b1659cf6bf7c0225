// State of modules that survives from one execution to the next: it is named, and where executions differ it is named first.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { discover } from './discover.js'
import { campaignOf, scenarioFile, subjectFrom, temporaryFolder } from './subjects.test.support.js'

test.serial('module state: is named with its place, also in a module that is imported, and a pass is a pass', async (t) => {
  const folder = temporaryFolder()
  writeFileSync(
    join(folder, 'squares.ts'),
    'interface A { a: 1 }\n\n/** Pure. */\nconst known = new Map<number, number>()\nexport function square(n: number): number {\n  let found = known.get(n)\n  if (found === undefined) known.set(n, (found = n * n))\n  return found\n}\n',
  )
  const source = `import { square } from './squares.js'
    export default scenario('squares', { peers: 2, setup: () => new Int32Array(new SharedArrayBuffer(4)), peer(words, me) { Atomics.add(words, 0, square(me.id)) } })`
  const [subject] = await discover([scenarioFile(source, folder)])
  const result = await campaignOf(subject as never)
  t.is(result.status, 'passed')
  t.deepEqual(result.stateful, [{ name: 'known', position: { file: join(folder, 'squares.ts'), line: 4, column: 7 } }])
})

test.serial('module state: where executions differ, it is what the fault names', async (t) => {
  const subject = await subjectFrom(`
    let executions = 0
    const log = []
    export default scenario('counts', {
      peers: 2,
      setup: () => { executions++; return new Int32Array(new SharedArrayBuffer(4)) },
      peer(words) { log.push(1); Atomics.add(words, 0, executions) },
    })`)
  const result = await campaignOf(subject)
  t.is(result.status, 'fault')
  t.regex(result.remarks.join(), /is not deterministic.*; module-level state that survives: executions at .*subject\.scenario\.ts:3, log at .*:4/)
})

test.serial('module state: where there is none, nothing is said', async (t) => {
  const result = await campaignOf(
    await subjectFrom(`
      const SIZE = 4
      export default scenario('none', { peers: 2, setup: () => new Int32Array(new SharedArrayBuffer(SIZE)), peer(words) { Atomics.add(words, 0, 1) } })`),
  )
  t.deepEqual(result.stateful, [])
})

/** A module that a scenario imports, and how. Each has one variable `x`, changed by a function that can run. */
const REACHED: Readonly<Record<string, readonly [scenario: string, library: string]>> = {
  'a function that is imported': ["import { f } from './library.js'; const use = f", 'let x = 0; export function f() { x++ }'],
  'a function that such a function calls': ["import { f } from './library.js'; const use = f", 'let x = 0; const g = () => x++; export const f = () => g()'],
  'a method of a class': ["import { A } from './library.js'; const use = () => new A().m()", 'let x = 0; export class A { m() { x++ } }'],
  'a method of a base class': ["import { A } from './library.js'; const use = A", 'let x = 0; class B { m() { x++ } } export class A extends B {}'],
  'a default export': ["import f from './library.js'; const use = f", 'let x = 0; export default () => x++'],
  'a default export with a name': ["import { default as f } from './library.js'; const use = f", 'let x = 0; export default function g() { x++ }'],
  'another name': ["import { g } from './library.js'; const use = g", 'let x = 0; function f() { x++ } export { f as g }'],
  'another module': ["import { f } from './barrel.js'; const use = f", 'let x = 0; export function f() { x++ }'],
  'a namespace': ["import * as all from './library.js'; const use = (name) => all[name]()", 'let x = 0; export function f() { x++ }'],
  'an object of functions': [
    "import { table } from './library.js'; const use = () => table.f()",
    'let x = 0; const f = () => x++; export const table = { f, g: [1] }',
  ],
  'a callback that is passed on while the module is loaded': [
    "import { all } from './library.js'; const use = () => all[0]()",
    'let x = 0; export const all = []; all.push(() => x++); export const other = 1',
  ],
  'a value that is made while the module is loaded': [
    "import './library.js'; const use = () => globalThis.made()",
    'let x = 0; const f = () => { globalThis.made = () => x++ }; f(); export {}',
  ],
  'a static block': ["import './library.js'; const use = () => globalThis.made()", 'let x = 0; class A { static { globalThis.made = () => x++ } } export {}'],
  'a CommonJS module': ["import { f } from './library.js'; const use = f", 'let x = 0; const g = () => x++; exports.f = () => g()'],
  'import()': ["const use = async () => (await import('./library.js')).f()", 'let x = 0; export function f() { x++ }'],
  'a name that only running it tells': [
    "import './library.js'; const use = async (name) => (await import(name)).f()",
    'let x = 0; export function f() { x++ }',
  ],
}

/** The same, where nothing that can run changes it. */
const NOT_REACHED: Readonly<Record<string, readonly [scenario: string, library: string]>> = {
  'an export that nobody imports': ["import { f } from './library.js'; const use = f", 'let x = 0; export function f() {} export function g() { x++ }'],
  'a function that only such an export calls': [
    "import { f } from './library.js'; const use = f",
    'let x = 0; const h = () => x++; export function f() {} export const g = () => h()',
  ],
  'a class that nobody uses': [
    "import { f } from './library.js'; const use = f",
    'let x = 0; export const f = 1; export class A { x = 1; static n = [2]; m() { x++ } [Symbol.dispose]() { x++ } }',
  ],
  'a table that nobody uses': [
    "import { f } from './library.js'; const use = f",
    'let x = 0; export const f = 1; export const table = { a: () => x++, b: [() => x--] }',
  ],
  'a default export that nobody imports': [
    "import { f } from './barrel.js'; const use = f",
    'let x = 0; export const f = 1; export default function () { x++ }',
  ],
  'a function of a CommonJS module that nothing mentions': [
    "import { f } from './library.js'; const use = f",
    'let x = 0; const g = () => x++; exports.f = () => 1',
  ],
  'a function of the scenario file that nothing mentions': [
    "import { f } from './library.js'; let x = 0; const use = f; function g() { x++ }",
    'export const f = 1',
  ],
}

for (const [cases, isNamed] of [
  [REACHED, true],
  [NOT_REACHED, false],
] as const) {
  for (const [what, [scenario, library]] of Object.entries(cases)) {
    test.serial(`module state: ${isNamed ? 'named' : 'not named'} where it is changed by ${what}`, async (t) => {
      const folder = temporaryFolder()
      writeFileSync(join(folder, 'library.js'), library)
      writeFileSync(join(folder, 'barrel.js'), "export * from './library.js'; export const own = 1")
      const [subject] = await discover([scenarioFile(`${scenario}\nexport default scenario('reaches', { peers: 1, setup: () => use, peer() {} })`, folder)])
      t.deepEqual(
        subject?.stateful.map(({ name }) => name),
        isNamed ? ['x'] : [],
      )
    })
  }
}
