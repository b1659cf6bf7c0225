// Every example of README.md runs, and the failure that it shows is the one that its command prints.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { loadModule } from '../../sim/instrument/load.js'
import { installRuntime } from '../../sim/runtime.js'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const MAIN = join(ROOT, 'dist', 'cli', 'main.js')
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'heddle-readme-'))

test.before(() => {
  for (const [, file, text] of readme.matchAll(/```ts file=(\S+)\n([\s\S]*?)```/g)) writeFileSync(join(folder, file as string), text as string)
})

test.after.always(() => rmSync(folder, { recursive: true, force: true }))

for (const [, command = '', shown = ''] of readme.matchAll(/<!-- shown by: npx heddle (.*?) -->\n```text\n([\s\S]*?)```/g)) {
  test(`README: the command beside a failure prints that failure: ${command}`, (t) => {
    const { stdout, status } = spawnSync(process.execPath, [MAIN, ...command.split(' ')], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    })
    t.is(status, 1)
    const printed = stdout
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')
    t.true(printed.includes(shown.trimEnd()), printed)
  })
}

/** What a file of the README prints. */
async function saidBy(file: string): Promise<unknown[][]> {
  const said: unknown[][] = []
  const { log } = console
  console.log = (...values) => said.push(values)
  try {
    installRuntime()
    await loadModule(join(folder, file))
  } finally {
    console.log = log
  }
  return said
}

test.serial('README: the check from a test runner finds the failure', async (t) => {
  t.deepEqual(await saidBy('spin-lock.check.ts'), [[false, 'mutual-exclusion']])
})

test.serial('README: the sweep crashes the schedules everywhere', async (t) => {
  t.deepEqual(await saidBy('sweep.ts'), [[true, 'stuck']])
})

test.serial('README: what a check found is made smaller', async (t) => {
  t.deepEqual(await saidBy('smaller.ts'), [[3, 2, true]])
})

test.serial('README: the sweep loses power everywhere', async (t) => {
  t.deepEqual(await saidBy('power.ts'), [[true, true, 'peer threw']])
})

test.serial('README: the slot pool example runs', async (t) => {
  installRuntime()
  await t.notThrowsAsync(loadModule(join(folder, 'pool.ts')))
})

test('README: links lead to files that exist', (t) => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link]) => link as string)
  t.true(links.length > 0)
  t.deepEqual(
    links.filter((link) => !existsSync(join(ROOT, link))),
    [],
  )
})

test('README: says the commands that the package has', (t) => {
  t.true(readme.includes('npm ci && npm start'))
  t.true(readme.includes('npm ci && npm test'))
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  for (const [, script] of readme.matchAll(/`npm run ([\w:-]+)`/g)) t.truthy(scripts[script as string], script)
})
