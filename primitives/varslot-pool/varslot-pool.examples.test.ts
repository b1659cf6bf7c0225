// The examples are executed: the one in the doc comment, and the program in examples/.

import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import test from 'ava'
import { VarSlotPool } from './public.js'

test('varslot: the example in the doc comment runs', (t) => {
  const source = readFileSync(new URL('../../../primitives/varslot-pool/varslot-pool.ts', import.meta.url), 'utf8')
  const example = /\* ```ts\n([^`]*)\* ```/.exec(source)?.[1]?.replaceAll(/^ *\* ?/gm, '')
  const assert = (condition: boolean) => t.true(condition)
  t.notThrows(() => new Function('VarSlotPool', 'assert', example as string)(VarSlotPool, assert))
})

test('varslot: the example with worker threads prints what it promises', async (t) => {
  t.timeout(20_000)
  const worker = new Worker(new URL('../examples/varslot-pool.example.js', import.meta.url), { stdout: true })
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
      'slot 0 of class 0, generation 1: one',
      'slot 0 of class 0, generation 2: two',
      'slot 0 of class 1, generation 1: xxxxxxxxxxxxxxxxxxxx… (100 characters)',
      'slot 0 of class 0, generation 3: keep this',
      'the sender died: all of its slots came back, 2 in number',
      'still there: keep this',
      'free slots: 4 of 4, 2 of 2',
      '',
    ].join('\n'),
  )
})
