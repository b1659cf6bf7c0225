// What FOUND.md says of a defect is shown by the command that stands below it.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const MAIN = join(ROOT, 'dist', 'cli', 'main.js')
const found = readFileSync(join(ROOT, 'FOUND.md'), 'utf8')

const commands = [...found.matchAll(/^ {4}npx heddle (.*)$/gm)].map(([, line = '']) => line)

test('FOUND.md: has commands', (t) => {
  t.true(commands.length > 0)
})

for (const line of commands) {
  const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
  const name = args[args.indexOf('--scenario') + 1]
  test(`FOUND.md: one execution shows the defect of ${name}`, (t) => {
    const { stdout } = spawnSync(process.execPath, [MAIN, ...args, '--json'], { cwd: ROOT, encoding: 'utf8' })
    const [campaign] = JSON.parse(stdout).results
    t.is(campaign.scenario, name)
    t.is(campaign.executions, 1)
    t.is(campaign.status, 'passed')
    t.is(campaign.firstFailureAt, 0)
  })
}
