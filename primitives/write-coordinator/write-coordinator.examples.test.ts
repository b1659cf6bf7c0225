// The example program is executed, and what README shows.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { printedBy } from '../examples/examples.test.kit.js'
import { CapsuleLog, NodeFileStorage, WriteCoordinator } from './public.js'

test('write coordinator: the example of README runs', (t) => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
  const example = /```ts file=commits\.ts\n([^`]*)```/.exec(readme)?.[1]?.replaceAll(/^import .*$/gm, '')
  const directory = mkdtempSync(join(tmpdir(), 'heddle-readme-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const said: unknown[][] = []
  const run = new Function('CapsuleLog', 'NodeFileStorage', 'WriteCoordinator', 'mkdtempSync', 'console', example as string)
  run(CapsuleLog, NodeFileStorage, WriteCoordinator, () => directory, { log: (...values: unknown[]) => said.push(values) })
  t.deepEqual(said, [[1, 'committed']])
})

test('write coordinator: the example that is killed prints what it promises', async (t) => {
  t.timeout(60_000)
  t.is(
    await printedBy('write-coordinator'),
    [
      'the first process was killed after at least 200 acknowledged commits: all of them are there',
      'groups shared their syncs: true',
      'the second process was killed after at least 200 acknowledged commits: all of them are there',
      'groups shared their syncs: true',
      '',
    ].join('\n'),
  )
})
