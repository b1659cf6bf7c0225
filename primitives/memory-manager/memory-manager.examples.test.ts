// The examples are executed: the one in the doc comment, and the program in examples/.

import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import test from 'ava'
import { ConcurrentMemoryManager } from './public.js'

test('memory-manager: the example in the doc comment runs', (t) => {
  const source = readFileSync(new URL('../../../primitives/memory-manager/memory-manager.ts', import.meta.url), 'utf8')
  const example = /\* ```ts\n([^`]*)\* ```/.exec(source)?.[1]?.replaceAll(/^ *\* ?/gm, '')
  const assert = (condition: boolean) => t.true(condition)
  t.notThrows(() => new Function('ConcurrentMemoryManager', 'assert', example as string)(ConcurrentMemoryManager, assert))
})

test('memory-manager: the example with worker threads prints what it promises', async (t) => {
  t.timeout(20_000)
  const worker = new Worker(new URL('../examples/memory-manager.example.js', import.meta.url), { stdout: true })
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
      'frame 1: brightness 10, then 110',
      'frame 2: brightness 20, then 120',
      'frame 3: brightness 30, then 130',
      'the camera died: 1 message freed, 1 poisoned, 1 lock released',
      'the shared settings are poisoned: MM_POISONED',
      'frame 3 is still there: brightness 130',
      'free slots: 4 of 4',
      '',
    ].join('\n'),
  )
})
