// The stack of a failure, as the execution that is run again in full shows it.

import test from 'ava'
import { campaignOf, subjectFrom } from './subjects.test.support.js'

test.serial('stack: a peer that throws is shown at the line of the user', async (t) => {
  const subject = await subjectFrom(`import { scenario } from 'heddle'

function check(value: number): void {
  if (value > 0) throw new Error('too many')
}

export default scenario('throws', {
  peers: 2,
  setup: () => new Int32Array(new SharedArrayBuffer(16)),
  peer(words) {
    const before = Atomics.add(words, 0, 1)
    check(before)
  },
})`)
  const { failure } = await campaignOf(subject)
  const lines = String(failure?.failure?.stack).split('\n')
  t.is(lines[0], 'Error: too many')
  t.regex(String(lines[1]), /check \(.*subject\.scenario\.ts:4:24\)/)
  t.regex(String(lines[2]), /peer.*subject\.scenario\.ts:12:5\)?/)
  t.notRegex(String(failure?.failure?.stack), /\$stepped/)
})

test.serial('stack: an operation that throws is shown at the line of the user, also where its peer was suspended', async (t) => {
  const subject = await subjectFrom(`import { scenario } from 'heddle'

function touch(words: Int32Array, index: number): number {
  return Atomics.load(words, index)
}

export default scenario('out of range', {
  peers: 2,
  setup: () => new Int32Array(new SharedArrayBuffer(16)),
  peer(words) {
    touch(words, 0)
    touch(words, 99)
  },
})`)
  const { failure } = await campaignOf(subject)
  const lines = String(failure?.failure?.stack).split('\n')
  t.is(lines[0], 'RangeError: Invalid atomic access index')
  t.regex(String(lines[1]), /touch \(.*subject\.scenario\.ts:4:18\)/)
  t.regex(String(lines[2]), /peer.*subject\.scenario\.ts:12:5\)?/)
})

test.serial('stack: a stack of many calls is shown to its end', async (t) => {
  const subject = await subjectFrom(`import { scenario } from 'heddle'

function down(words: Int32Array, depth: number): void {
  Atomics.add(words, 0, 1)
  if (depth === 0) throw new Error('at the bottom')
  down(words, depth - 1)
}

export default scenario('deep', {
  peers: 2,
  setup: () => new Int32Array(new SharedArrayBuffer(16)),
  peer: (words) => down(words, 20),
})`)
  const limit = Error.stackTraceLimit
  const { failure } = await campaignOf(subject)
  const frames = String(failure?.failure?.stack).match(/down \(.*subject\.scenario\.ts/g)
  t.is(frames?.length, 21)
  t.is(Error.stackTraceLimit, limit)
})

test.serial('results: of calls of the file system, what a reader wants to know', async (t) => {
  const subject = await subjectFrom(`
import { existsSync, fstatSync, openSync, statSync, writeSync } from 'node:fs'
export default scenario('looks', {
  peers: 1,
  setup: () => ({}),
  peer() {
    const fd = openSync('/log', 'w')
    writeSync(fd, 'four')
    if (!existsSync('/log') || fstatSync(fd).size !== 4) return
    try { statSync('/nothing') } catch { throw new Error('done') }
  },
  invariants: [],
})`)
  const { failure } = await campaignOf(subject)
  const shown = failure?.trace.map(({ operation, result }) => `${operation} ${result}`)
  t.deepEqual(shown, ['open 20', 'write 4', 'access true', 'fstat 4 bytes', 'stat ENOENT'])
})
