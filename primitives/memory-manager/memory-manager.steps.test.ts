// The operations step by step, as the specification lists them.

import test from 'ava'
import { hooked } from '../hooked-atomics.test.kit.js'
import { messageOf, newManager, type RawManager } from './manager.test.kit.js'
import { NotAllocatedError } from './public.js'

/** The steps that `fn` takes, as `load word[1]`; `before` runs before each. */
function stepsOf(raw: RawManager, fn: () => unknown, before: (step: number) => void = () => {}): string[] {
  const steps: string[] = []
  hooked((step, operation, array, index) => {
    steps.push(`${operation} ${raw.name(array.byteOffset + index * array.BYTES_PER_ELEMENT)}`)
    before(step)
  }, fn)
  return steps
}

const STATUS = 'load status[1]'
const READ_LOCK = ['load lock[0]', 'compareExchange lock[0]', 'load word[0]']

test.serial('steps: storeShared is S1 to S9', (t) => {
  const { manager, raw } = newManager(1)
  t.deepEqual(
    stepsOf(raw, () => manager.storeShared(messageOf(1), 1)),
    [
      STATUS,
      'load freeHead', // S1
      'store intent[1]', // S2
      'load next[0]', // S3
      'compareExchange freeHead', // S4
      'load word[0]', // S5
      'store word[0]', // S6
      'store intent[1]', // S7
      'store word[0]', // S9
    ],
  )
})

test.serial('steps: storeShared that loses its slot clears the intent that S2 stored', (t) => {
  const { manager, raw } = newManager(1)
  const steps = stepsOf(
    raw,
    () => t.throws(() => manager.storeShared(messageOf(1), 1)),
    (step) => {
      if (step === 4) manager.storeShared(messageOf(2), 0)
    },
  )
  t.deepEqual(steps.slice(4), ['compareExchange freeHead', 'load freeHead', 'store intent[1]'])
})

test.serial('steps: storeShared of an empty list is S1 alone', (t) => {
  const { manager, raw } = newManager(1)
  manager.storeShared(messageOf(1), 0)
  t.deepEqual(
    stepsOf(raw, () => t.throws(() => manager.storeShared(messageOf(1), 1))),
    [STATUS, 'load freeHead'],
  )
})

test.serial('steps: a read is L1 to L3, its release U1', (t) => {
  const { manager, raw } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  for (const open of [() => manager.readShared(token, 1), () => manager.peekHeader(token, 1)]) {
    let guard: { release(): void } | undefined
    t.deepEqual(
      stepsOf(raw, () => {
        guard = open()
      }),
      [STATUS, ...READ_LOCK],
    )
    t.deepEqual(
      stepsOf(raw, () => guard?.release()),
      ['and lock[0]'],
    )
  }
  t.deepEqual(
    stepsOf(raw, () => manager.copyMessage(token, 1, new Uint8Array(16))),
    [STATUS, ...READ_LOCK, 'and lock[0]'],
  )
})

test.serial('steps: the last to leave wakes the sleepers', (t) => {
  const { manager, words, raw } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  const first = manager.readShared(token, 1)
  const last = manager.readShared(token, 2)
  words[raw.lock(0)] = (words[raw.lock(0)] as number) | (1 << 28)
  t.deepEqual(
    stepsOf(raw, () => first.release()),
    ['and lock[0]'],
  )
  t.deepEqual(
    stepsOf(raw, () => last.release()),
    ['and lock[0]', 'and lock[0]', 'notify lock[0]'],
  )
  const writer = manager.readMutShared(token, 1)
  words[raw.lock(0)] = (words[raw.lock(0)] as number) | (1 << 28)
  t.deepEqual(
    stepsOf(raw, () => writer.release()),
    ['load lock[0]', 'compareExchange lock[0]', 'and lock[0]', 'notify lock[0]'],
  )
  t.is(words[raw.lock(0)], 0)
})

test.serial('steps: a write is W1, W2, X1, X2; its release one compare-and-swap', (t) => {
  const { manager, raw } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  t.deepEqual(
    stepsOf(raw, () => manager.withWrite(token, 1, () => {})),
    [STATUS, ...READ_LOCK, 'or lock[0]', 'load lock[0]', 'compareExchange lock[0]'],
  )
})

test.serial('steps: a writer that waits is pending, sleeps, and comes in when the reader leaves', (t) => {
  const { manager, raw } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  const reader = manager.readShared(token, 2)
  let asleep: unknown
  const steps = stepsOf(
    raw,
    () => manager.readMutShared(token, 1).release(),
    (step) => {
      if (step !== 5) return
      asleep = manager.inspect().slots[0]?.lock
      reader.release()
    },
  )
  t.deepEqual(asleep, { readers: [2], writer: undefined, pending: 1, dirty: false, poisoned: false, sleepers: true })
  t.deepEqual(steps.slice(0, 6), [STATUS, 'load lock[0]', 'compareExchange lock[0]', 'load lock[0]', 'compareExchange lock[0]', 'wait lock[0]'])
  t.deepEqual(steps.slice(6, 9), READ_LOCK)
})

test.serial('steps: a writer that runs out of time takes itself out and wakes who waited for it', (t) => {
  const { manager, words, raw } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  manager.readShared(token, 2)
  words[raw.lock(0)] = (words[raw.lock(0)] as number) | (1 << 28)
  t.deepEqual(stepsOf(raw, () => t.throws(() => manager.readMutShared(token, 1, { waitMsMax: 0 }))).slice(1), [
    'load lock[0]',
    'compareExchange lock[0]',
    'load lock[0]',
    'load lock[0]',
    'compareExchange lock[0]',
    'and lock[0]',
    'notify lock[0]',
  ])
  t.is(words[raw.lock(0)], 1 << 2)
})

test.serial('steps: freeShared is F1 to F8 under the write lock', (t) => {
  const { manager, raw } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  t.deepEqual(
    stepsOf(raw, () => manager.freeShared(token, 1)),
    [
      STATUS,
      'load lock[0]', // W1
      'compareExchange lock[0]', // W2
      'load word[0]', // F1
      'store intent[1]', // F2
      'compareExchange word[0]', // F3
      'load lock[0]', // F4
      'compareExchange lock[0]', // F4
      'load freeHead', // F5
      'store next[0]', // F6
      'compareExchange freeHead', // F7
      'store intent[1]', // F8
    ],
  )
})

test.serial('steps: a free whose message is adopted in between looks again', (t) => {
  const { manager, raw } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  const steps = stepsOf(
    raw,
    () => manager.freeShared(token, 1),
    (step) => {
      if (step === 5) manager.adopt(token, 2)
    },
  )
  t.deepEqual(steps.slice(5, 9), ['compareExchange word[0]', 'load word[0]', 'store intent[1]', 'compareExchange word[0]'])
  t.is(manager.available(), 1)
})

test.serial('steps: a free that finds its message gone after all clears the intent that F2 stored', (t) => {
  const { manager, words, raw } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  const steps = stepsOf(
    raw,
    () => t.throws(() => manager.freeShared(token, 1), { instanceOf: NotAllocatedError }),
    (step) => {
      if (step === 5) words[raw.word(0)] = 1 << 7
    },
  )
  t.deepEqual(steps.slice(5, 8), ['compareExchange word[0]', 'load word[0]', 'store intent[1]'])
  t.is(words[raw.intent(1)], 0)
  t.is(words[raw.lock(0)], 0)
})

test.serial('steps: a free of a message that is gone unlocks and names nothing', (t) => {
  const { manager, raw } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  manager.freeShared(token, 0)
  t.deepEqual(
    stepsOf(raw, () => t.throws(() => manager.freeShared(token, 1), { instanceOf: NotAllocatedError })),
    [STATUS, 'load lock[0]', 'compareExchange lock[0]', 'load word[0]', 'load lock[0]', 'compareExchange lock[0]'],
  )
})

test.serial('steps: adopt is a load and a compare-and-swap; available is one load', (t) => {
  const { manager, raw } = newManager(1)
  const token = manager.storeShared(messageOf(1), 0)
  t.deepEqual(
    stepsOf(raw, () => manager.adopt(token, 1)),
    [STATUS, 'load word[0]', 'compareExchange word[0]'],
  )
  t.deepEqual(
    stepsOf(raw, () => manager.available()),
    ['load freeHead'],
  )
})
