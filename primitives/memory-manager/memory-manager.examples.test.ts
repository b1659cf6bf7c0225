// The examples are executed: the one in the doc comment, and the program in examples/.

import test from 'ava'
import { docExampleOf, printedBy } from '../examples/examples.test.kit.js'
import { ConcurrentMemoryManager } from './public.js'

test('memory-manager: the example in the doc comment runs', (t) => {
  const assert = (condition: boolean) => t.true(condition)
  t.notThrows(() => new Function('ConcurrentMemoryManager', 'assert', docExampleOf('memory-manager/memory-manager.ts'))(ConcurrentMemoryManager, assert))
})

test('memory-manager: the example with worker threads prints what it promises', async (t) => {
  t.timeout(20_000)
  t.is(
    await printedBy('memory-manager'),
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
