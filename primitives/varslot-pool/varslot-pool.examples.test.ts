// The examples are executed: the one in the doc comment, and the program in examples/.

import test from 'ava'
import { docExampleOf, printedBy } from '../examples/examples.test.kit.js'
import { VarSlotPool } from './public.js'

test('varslot: the example in the doc comment runs', (t) => {
  const assert = (condition: boolean) => t.true(condition)
  t.notThrows(() => new Function('VarSlotPool', 'assert', docExampleOf('varslot-pool/varslot-pool.ts'))(VarSlotPool, assert))
})

test('varslot: the example with worker threads prints what it promises', async (t) => {
  t.timeout(20_000)
  t.is(
    await printedBy('varslot-pool'),
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
