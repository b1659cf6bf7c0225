import test from 'ava'
import { disposables, disposalError, dispose, disposeError, use, useAsync } from './disposables.js'

interface Stack {
  readonly awaited: unknown
}

/** What the block awaits, in order, and what it ends with. */
async function cleanUp(stack: object, log: unknown[]): Promise<void> {
  try {
    while (dispose(stack)) {
      try {
        log.push('await', await (stack as Stack).awaited)
      } catch (error) {
        disposalError(stack, error)
      }
    }
  } catch (error) {
    log.push((error as Error).message)
  }
}

test('disposables: a block awaits once for what has no disposer, and not where it awaits something else', async (t) => {
  const log: unknown[] = []
  const quick = { [Symbol.dispose]: () => log.push('quick') }
  const slow = { [Symbol.asyncDispose]: async () => 'slow' }
  const blocks: [string[], unknown[]][] = [
    [
      ['null', 'null'],
      ['await', undefined],
    ],
    [
      ['null', 'slow'],
      ['await', 'slow'],
    ],
    [
      ['slow', 'null'],
      ['await', 'slow'],
    ],
    // A disposer of `using` comes after the await that the one below it in the block asked for.
    [
      ['quick', 'null'],
      ['await', undefined, 'quick'],
    ],
    [
      ['null', 'quick', 'null'],
      ['await', undefined, 'quick', 'await', undefined],
    ],
    [
      ['quick', 'slow', 'null'],
      ['await', 'slow', 'quick'],
    ],
    [['fallback'], ['quick', 'await', undefined]],
    [['quick'], ['quick']],
    [[], []],
  ]
  for (const [kinds, expected] of blocks) {
    log.length = 0
    const stack = disposables()
    for (const kind of kinds) {
      if (kind === 'quick') use(stack, quick)
      else useAsync(stack, kind === 'slow' ? slow : kind === 'null' ? null : { [Symbol.asyncDispose]: null, ...quick })
    }
    await cleanUp(stack, log)
    t.deepEqual(log, expected, kinds.join(', '))
  }
})

test('disposables: the error of a disposer hides that of the block, and what cannot be disposed is refused', async (t) => {
  const log: unknown[] = []
  const stack = disposables()
  useAsync(stack, { [Symbol.asyncDispose]: () => Promise.reject(new Error('late')) })
  disposeError(stack, new Error('body'))
  t.true(dispose(stack))
  await t.throwsAsync((stack as Stack).awaited as Promise<void>, { message: 'late' })
  disposalError(stack, new Error('late'))
  t.like(
    t.throws(() => dispose(stack)),
    { name: 'SuppressedError', error: { message: 'late' }, suppressed: { message: 'body' } },
  )
  t.throws(() => use(stack, 5), { instanceOf: TypeError, message: '5 is not an object, null or undefined' })
  t.throws(() => useAsync(stack, {}), { instanceOf: TypeError })
  await cleanUp(disposables(), log)
  t.deepEqual(log, [])
})
