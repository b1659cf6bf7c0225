// The examples are executed: the one in the doc comment, and the program in examples/.

import test from 'ava'
import { docExampleOf, printedBy } from '../examples/examples.test.kit.js'
import { SharedManager } from './public.js'

test('qsbr: the example in the doc comment runs', (t) => {
  const assert = (condition: boolean) => t.true(condition)
  t.notThrows(() => new Function('SharedManager', 'assert', docExampleOf('qsbr/shared-manager.ts'))(SharedManager, assert))
})

test('qsbr: the example with worker threads prints what it promises', async (t) => {
  t.timeout(20_000)
  t.is(
    await printedBy('qsbr'),
    [
      'worker 2 died: until it is evicted, 3 executors are waited for',
      'worker 1 saw many versions, each in one piece',
      '40 versions went through 4 slots; 3 are free again, and one is current',
      '',
    ].join('\n'),
  )
})
