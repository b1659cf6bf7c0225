// Power failures: everybody ends, shared memory is gone, and the machine comes up again.

import test from 'ava'
import { execution } from './execution.js'
import { POWER_FAILURE } from './operation.js'
import { parseRecording, recordingFile, recordingToken } from './recording.js'
import { replay } from './replay.js'
import { campaignOf, executeMany, outcomeOf, STRATEGIES, subjectFrom } from './subjects.test.support.js'

const TWO_BOOTS = `
  const boots = []
  export default scenario('power fails', {
    peers: { worker: 2 },
    setup({ boot }) {
      boots.push(boot)
      return { boot, words: new Int32Array(new SharedArrayBuffer(64)), cleaned: 0, begun: 0 }
    },
    peer: {
      worker(world, me) {
        try {
          world.begun++
          me.event('begins', { boot: world.boot, incarnation: me.incarnation, word: Atomics.add(world.words, 0, 1) })
          for (let i = 0; i < 3; i++) Atomics.add(world.words, 1 + me.id, 1)
        } finally {
          world.cleaned++
        }
      },
    },
    faults: { powerFailures: 2 },
    sometimes: [],
    invariants: [{
      name: 'a new machine',
      begin() { boots.length = 1 },
      atEnd(world, history) {
        const failures = history.filter((event) => event.kind === 'power failure').length
        if (boots.join() !== Array.from({ length: failures + 1 }, (_, boot) => boot).join()) return 'set up at boots ' + boots
        if (world.boot !== failures) return 'the last world is of boot ' + world.boot
        if (world.begun !== 2 || world.cleaned !== 2) return 'begun ' + world.begun + ', cleaned ' + world.cleaned
        if (world.words.slice(0, 3).join() !== '2,3,3') return 'memory ' + world.words
      },
      onEvent({ kind, name, data }, history) {
        if (kind !== 'event') return
        const failures = history.filter((event) => event.kind === 'power failure').length
        if (data.boot !== failures || data.incarnation !== failures) return JSON.stringify(data) + ' after ' + failures + ' power failures'
        if (data.word > 1) return 'memory of the machine before is still there'
      },
    }],
  })`

for (const [name, make] of Object.entries(STRATEGIES)) {
  test.serial(`power failure, ${name}: strikes between any two steps and after the last; everybody begins anew in new memory`, async (t) => {
    const subject = await subjectFrom(TWO_BOOTS)
    const moments = new Set<number>()
    const secondLives = new Set<number>()
    await executeMany(
      subject,
      make(),
      2000,
      () => {
        t.is(execution.failure?.message, undefined)
        const steps = Array.from({ length: execution.trace.steps }, (_, step) => step).filter((step) => execution.trace.kindAt(step) === POWER_FAILURE)
        const [first, second] = steps
        if (first !== undefined) moments.add(first)
        if (first !== undefined && second !== undefined) secondLives.add(second - first - 1)
        t.true(steps.length <= 2)
      },
      { lengthEstimate: 8 },
    )
    // 8 steps of the two, so 9 places: each with a probability above 1/40, missed in 2,000 with a probability below 9 · (39/40)^2000 = 1e-21.
    t.deepEqual([...moments].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8])
    t.deepEqual([...secondLives].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8])
  })
}

test.serial('power failure: is recorded and replayed', async (t) => {
  const subject = await subjectFrom(TWO_BOOTS)
  let failures = 0
  for (let seed = 1; seed <= 20; seed++) {
    const outcome = await outcomeOf(subject, seed, undefined, { lengthEstimate: 8 })
    failures += outcome.statistics.powerFailures
    for (const text of [recordingFile(outcome.recording), recordingToken(outcome.recording)]) {
      const again = await replay(parseRecording(text), subject)
      t.is(again.traceHash, outcome.traceHash)
      t.deepEqual(again.history, outcome.history)
    }
  }
  t.true(failures > 10)
})

test.serial('power failure: crashes, restarts and recoveries of the machine before are over', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('all faults', {
      peers: 3,
      setup: ({ boot }) => ({ boot, words: new Int32Array(new SharedArrayBuffer(64)) }),
      peer({ boot, words }, me) {
        Atomics.add(words, 0, 1)
        me.sleep(5)
        Atomics.wait(words, 1, 0, 20)
        me.event('ends', boot)
      },
      recover({ boot, words }, dead, me) { Atomics.add(words, 2, 1); me.sleep(3); me.event('recovered', boot) },
      faults: { crashes: 2, restarts: 1, falseDeaths: 1, powerFailures: 1 },
      invariants: [{
        name: 'nobody of the old machine',
        onEvent({ kind, data }, history) {
          if (kind === 'event' && data !== history.filter((event) => event.kind === 'power failure').length) return 'boot ' + data + ' still runs'
        },
      }],
    })`)
  for (const strategy of ['random', 'pct'] as const) {
    const result = await campaignOf(subject, { strategy, runs: 3000 })
    t.is(result.status, 'passed', result.remarks.join() || result.failure?.failure?.message)
  }
})

test.serial('power failure: a set-up that throws after it is a violation, before it a fault of the harness', async (t) => {
  const source = (boot: number) => `
    export default scenario('cannot start again', {
      peers: 1,
      setup({ boot }) { if (boot === ${boot}) throw new Error('no such store'); return new Int32Array(new SharedArrayBuffer(4)) },
      peer(words) { Atomics.add(words, 0, 1) },
      faults: { powerFailures: 1 },
    })`
  const later = await campaignOf(await subjectFrom(source(1)))
  t.is(later.status, 'failed')
  t.is(later.failure?.failure?.name, 'setup threw')
  t.regex(later.failure?.failure?.message ?? '', /no such store.* after a power failure/)
  t.is((await campaignOf(await subjectFrom(source(0)))).status, 'fault')
})

test.serial('power failure: invariants forget the memory that is gone, and only then', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('told', {
      peers: 2,
      setup: ({ boot }) => ({ boot, words: new Int32Array(new SharedArrayBuffer(4)) }),
      peer({ words }) { Atomics.add(words, 0, 1) },
      faults: { powerFailures: 2 },
      invariants: [(() => {
        let boots = []
        return {
          name: 'told of each boot',
          begin(world) { boots = [world.boot] },
          afterPowerFailure(world) { boots.push(world.boot) },
          everyStep: (world) => (boots.at(-1) === world.boot && boots.length === world.boot + 1 ? undefined : 'told of ' + boots),
        }
      })()],
    })`)
  const result = await campaignOf(subject, { runs: 1000 })
  t.is(result.status, 'passed', result.failure?.failure?.message)
})

test.serial('power failure: the process after it is another', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('processes', {
      peers: 1,
      setup: ({ boot }) => ({ boot, words: new Int32Array(new SharedArrayBuffer(4)) }),
      peer({ boot, words }, me) {
        Atomics.add(words, 0, 1)
        const lives = (pid) => { try { return process.kill(pid, 0) } catch (error) { return error.code } }
        me.event('pids', [process.pid - 1000, lives(process.pid), lives(process.pid - 1), lives(process.ppid)].join())
      },
      faults: { powerFailures: 1 },
      invariants: [{ name: 'pids', onEvent: ({ kind, data, incarnation }) => (kind !== 'event' || data === incarnation + ',true,ESRCH,true' ? undefined : data) }],
    })`)
  const result = await campaignOf(subject)
  t.is(result.status, 'passed', result.failure?.failure?.message)
})

test.serial('power failure: asked for and never there is vacuous', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('errors without files', {
      peers: 2,
      setup: () => new Int32Array(new SharedArrayBuffer(4)),
      peer(words) { Atomics.add(words, 0, 1) },
      faults: { diskErrors: 1 },
    })`)
  const result = await campaignOf(subject)
  t.is(result.status, 'fault')
  t.regex(result.remarks.join(), /an error of the disk was asked for and never befell/)
})

test.serial('power failure: strikes late too in executions that any fault cuts short', async (t) => {
  const subject = await subjectFrom(`
    import { writeFileSync } from 'node:fs'
    export default scenario('cut short', {
      peers: 1,
      setup: ({ boot }) => ({ boot, words: new Int32Array(new SharedArrayBuffer(4)) }),
      peer({ boot, words }) {
        if (boot > 0) return
        try {
          for (let i = 0; i < 10; i++) writeFileSync('/file', 'x')
        } catch {}
      },
      faults: { powerFailures: 1, diskErrors: 1 },
      sometimes: [],
      invariants: [{
        name: 'never late',
        onEvent: ({ kind, step }) => (kind === 'power failure' && step > 20 && step < 30 ? 'late' : undefined),
      }],
    })`)
  for (const strategy of ['random', 'pct'] as const) t.is((await campaignOf(subject, { strategy })).failure?.failure?.name, 'never late')
})
