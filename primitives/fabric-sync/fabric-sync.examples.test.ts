// The examples are executed: those in the doc comments, and the programs in examples/.

import assert from 'node:assert'
import test from 'ava'
import { docExampleOf, printedBy } from '../examples/examples.test.kit.js'
import * as fabricSync from './public.js'

for (const file of ['mem-builder.ts', 'fabric-mutex.ts', 'fabric-barrier.ts', 'fabric-once.ts', 'watch.ts', 'codec.ts']) {
  test(`fabric: the example in the doc comment of ${file} runs`, (t) => {
    // Imports and type arguments are what a plain function cannot have.
    const body = docExampleOf(`fabric-sync/${file}`)
      .replaceAll(/^import .*$/gm, '')
      .replaceAll(/struct<[^>]*>/g, 'struct')
    const exported = Object.entries(fabricSync)
    const names = exported.map(([name]) => name)
    t.notThrows(() => new Function('assert', ...names, body)(assert, ...exported.map(([, value]) => value)))
  })
}

test('fabric: the example of the mutex with worker threads prints what it promises', async (t) => {
  t.timeout(20_000)
  const expected = [
    'the depositor died: the lock is held by nobody alive',
    'taken over with fence 2002: 2000 deposits, and not the one that was never published',
    '',
  ]
  t.is(await printedBy('fabric-mutex'), expected.join('\n'))
})

test('fabric: the example of barrier, once and watch with worker threads prints what it promises', async (t) => {
  t.timeout(20_000)
  const expected = ['one died: its replacement starts', 'all 3 have done 4 rounds; the factor was initialised 1 time', '']
  t.is(await printedBy('fabric-meeting'), expected.join('\n'))
})
