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
