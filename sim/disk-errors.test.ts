// Errors of the disk, as the environment brings them.

import test from 'ava'
import { execution } from './execution.js'
import { DISK_ERROR } from './operation.js'
import { parseRecording, recordingFile } from './recording.js'
import { replay } from './replay.js'
import { campaignOf, executeMany, outcomeOf, STRATEGIES, subjectFrom } from './subjects.test.support.js'

/** One peer appends three times and syncs; it reports what it was told. */
const appending = (faults: string, invariants = '') => `
  import { fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
  const told = (me, name, run) => { try { me.event(name, run()) } catch (error) { me.event(name, error.code) } }
  export default scenario('appends', {
    peers: 1,
    setup: () => new Int32Array(new SharedArrayBuffer(4)),
    peer(words, me) {
      Atomics.add(words, 0, 1)
      let file
      told(me, 'open', () => { file = openSync('/tmp/log', 'a'); return 'done' })
      if (file === undefined) return
      for (let i = 0; i < 3; i++) told(me, 'write', () => writeSync(file, 'abcdefgh'))
      told(me, 'fsync', () => fsyncSync(file))
      told(me, 'read', () => readFileSync('/tmp/log', 'utf8'))
    },
    faults: ${faults},
    invariants: [${invariants}],
  })`

for (const [name, make] of Object.entries(STRATEGIES)) {
  test.serial(`disk errors, ${name}: befall each operation that can fail, with each error that it can have`, async (t) => {
    const subject = await subjectFrom(appending('{ diskErrors: 1 }'))
    const seen = new Set<string>()
    await executeMany(
      subject,
      make(),
      2000,
      () => {
        t.is(execution.failure, undefined)
        const errors = execution.history.filter((event) => event.kind === 'disk error')
        t.true(errors.length <= 1)
        for (const { name: error, data } of errors) seen.add(`${(data as { operation: string }).operation} ${error}`)
      },
      { lengthEstimate: 9 },
    )
    for (const error of ['open EIO', 'open ENOSPC', 'write EIO', 'write ENOSPC', 'write short', 'fsync EIO', 'read EIO', 'read short'])
      t.true(seen.has(error), error)
    t.false(seen.has('fsync short'))
  })
}

test.serial('disk errors: the code is told of them, and nobody else', async (t) => {
  const judge = `{
    name: 'told',
    onEvent({ kind, name, data }, history) {
      const last = history.filter((event) => event.kind === 'disk error').at(-1)
      if (kind !== 'event') return
      const operation = last?.data.operation
      const befell = last !== undefined && history[history.length - 2] === last
      // A disk that fills up in the middle of a write says so at the next one.
      const filled = history.some((event) => event.name === 'write' && event.data > 0 && event.data < 8)
      if (typeof data === 'string' && data.startsWith('E') && !befell && !(filled && data === 'ENOSPC')) return name + ' failed without an error of the disk'
      if (!befell || operation !== name) return
      const isPart = name === 'write' && data > 0 && data < 8
      if (last.name === 'EIO' ? data !== 'EIO' : last.name === 'ENOSPC' ? data !== 'ENOSPC' && !isPart : name === 'write' && !isPart) return name + ' was told ' + data + ' for ' + last.name
    },
  }`
  const result = await campaignOf(await subjectFrom(appending('{ diskErrors: 1 }', judge)), { runs: 3000 })
  t.is(result.status, 'passed', result.failure?.failure?.message)
})

test.serial('disk errors: only those that the scenario names', async (t) => {
  const subject = await subjectFrom(appending(`{ diskErrors: 2, diskErrorKinds: ['short'] }`))
  const seen = new Set<string>()
  await executeMany(subject, STRATEGIES.random?.() as never, 500, () => {
    for (const event of execution.history) if (event.kind === 'disk error') seen.add(event.name)
  })
  t.deepEqual([...seen], ['short'])
})

test.serial('disk errors: are recorded and replayed', async (t) => {
  const subject = await subjectFrom(appending('{ diskErrors: 2, powerFailures: 1 }'))
  let errors = 0
  for (let seed = 1; seed <= 20; seed++) {
    const outcome = await outcomeOf(subject, seed, undefined, { lengthEstimate: 9 })
    errors += outcome.trace.filter((step) => step.actor === 'disk').length
    const again = await replay(parseRecording(recordingFile(outcome.recording)), subject)
    t.is(again.traceHash, outcome.traceHash)
    t.deepEqual(again.history, outcome.history)
  }
  t.true(errors > 10)
})

test.serial('disk errors: one is over with the machine on which it was due', async (t) => {
  const subject = await subjectFrom(appending('{ diskErrors: 1, powerFailures: 1 }'))
  let dueAtFailure = 0
  await executeMany(
    subject,
    STRATEGIES.random?.() as never,
    3000,
    () => {
      const errs = Array.from({ length: execution.trace.steps }, (_, step) => execution.trace.kindAt(step)).indexOf(DISK_ERROR)
      const failure = execution.history.find((event) => event.kind === 'power failure')
      const error = execution.history.find((event) => event.kind === 'disk error')
      if (errs < 0 || failure === undefined || errs >= failure.step) return
      if (error === undefined) dueAtFailure++
      else t.true(error.step <= failure.step)
    },
    { lengthEstimate: 9 },
  )
  t.true(dueAtFailure > 0)
})

test.serial('disk: an operation that fails is a step like one that succeeds', async (t) => {
  const subject = await subjectFrom(`
    import { existsSync, openSync } from 'node:fs'
    export default scenario('nothing there', {
      peers: 1,
      setup: () => new Int32Array(new SharedArrayBuffer(4)),
      peer(words, me) {
        Atomics.add(words, 0, 1)
        try { openSync('/tmp/log') } catch (error) { me.event('told', error.code) }
        existsSync('/tmp/log')
      },
    })`)
  const { trace } = await outcomeOf(subject)
  t.deepEqual(
    trace.map(({ operation, location, result }) => [operation, location, result]),
    [
      ['add', 'words[0]', '0'],
      ['open', '/tmp/log', 'ENOENT'],
      ['access', '/tmp/log', 'false'],
    ],
  )
  t.is(trace[1]?.events[0]?.data, 'ENOENT')
  t.is(execution.trace.steps, 3)
})
