// The examples are executed: the one in the doc comment, and the program in examples/.

import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import test from 'ava'
import { SharedManager } from './public.js'

test('qsbr: the example in the doc comment runs', (t) => {
  const source = readFileSync(new URL('../../../primitives/qsbr/shared-manager.ts', import.meta.url), 'utf8')
  const example = /\* ```ts\n([^`]*)\* ```/.exec(source)?.[1]?.replaceAll(/^ *\* ?/gm, '')
  const assert = (condition: boolean) => t.true(condition)
  t.notThrows(() => new Function('SharedManager', 'assert', example as string)(SharedManager, assert))
})

test('qsbr: the example with worker threads prints what it promises', async (t) => {
  t.timeout(20_000)
  const worker = new Worker(new URL('../examples/qsbr.example.js', import.meta.url), { stdout: true })
  let printed = ''
  worker.stdout.on('data', (chunk) => {
    printed += chunk
  })
  await new Promise((resolve, reject) => {
    worker.stdout.on('end', resolve)
    worker.on('error', reject)
  })
  t.is(
    printed,
    [
      'worker 2 died: until it is evicted, 3 executors are waited for',
      'worker 1 saw many versions, each in one piece',
      '40 versions went through 4 slots; 3 are free again, and one is current',
      '',
    ].join('\n'),
  )
})
