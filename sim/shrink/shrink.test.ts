import test from 'ava'
import type { DiscoveredScenario } from '../discover.js'
import type { Outcome } from '../outcome.js'
import { parseRecording, recordingFile } from '../recording.js'
import { replay } from '../replay.js'
import { DivergenceError } from '../strategies/replay.js'
import { campaignOf, outcomeOf, STRATEGIES, subjectFrom } from '../subjects.test.support.js'
import { type ShrinkOptions, shrink } from './shrink.js'

/** The first failures that a strategy finds, one for each seed. */
async function failuresOf(subject: DiscoveredScenario, count: number, strategy: 'random' | 'pct' = 'random'): Promise<Outcome[]> {
  const failures: Outcome[] = []
  for (let seed = 1; failures.length < count; seed++) {
    const { failure } = await campaignOf(subject, { seed: seed.toString(16), strategy, runs: 2000, shrink: false })
    if (failure === undefined) throw new Error(`seed ${seed} finds nothing in ${subject.scenario.name}`)
    failures.push(failure)
  }
  return failures
}

/** Makes it smaller, and sees that the recording of that replays strictly and fails as before. */
async function shrunk(found: Outcome, subject: DiscoveredScenario, options?: ShrinkOptions): Promise<Outcome> {
  const outcome = await shrink(found.recording, subject, options)
  const again = await replay(parseRecording(recordingFile(outcome.recording)), subject)
  if (again.traceHash !== outcome.traceHash) throw new Error('replayed otherwise')
  if (again.failure?.name !== found.failure?.name || again.verdict !== found.verdict) throw new Error(`fails in ${again.failure?.name}`)
  return { ...again, recording: outcome.recording }
}

const peersOf = (outcome: Outcome) => outcome.trace.map((step) => step.actor.replace(/^peer /, '')).join('')

/** Two of three peers lose an addition; it takes one preemption between a load and its store. */
const LOST_UPDATE = `
  export default scenario('lost update', {
    peers: 3,
    setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)) }),
    peer({ words }) {
      for (let i = 0; i < 4; i++) Atomics.add(words, 1, 1)
      const before = Atomics.load(words, 0)
      Atomics.store(words, 0, before + 1)
      for (let i = 0; i < 4; i++) Atomics.add(words, 1, 1)
    },
    faults: { crashes: 1, restarts: 1 },
    invariants: [{
      name: 'nothing is lost',
      atEnd: ({ words }, history) =>
        history.some(({ kind }) => kind === 'crash') || words[0] === 3 ? undefined : 'counted ' + words[0],
    }],
  })`

test.serial('shrink: of a lost update the one preemption is left that it needs, whatever was found', async (t) => {
  const subject = await subjectFrom(LOST_UPDATE)
  for (const strategy of ['random', 'pct'] as const) {
    for (const found of await failuresOf(subject, 10, strategy)) {
      const { statistics, shrunk: made, trace, failure } = await shrunk(found, subject)
      t.is(failure?.name, 'nothing is lost')
      t.is(statistics.preemptions, 1)
      t.is(statistics.crashes, 0)
      t.is(made?.complete, true)
      t.deepEqual(made?.from, found.statistics)
      t.true((made?.executions as number) <= 500, `${made?.executions} executions`)
      const preempted = trace.filter((step) => step.preemption).map(({ step }) => step)
      t.deepEqual(made?.necessary.slice(0, 1), preempted)
      // Between the load and the store of the one who is preempted.
      const victim = trace.filter(({ actor }) => actor === trace[(preempted[0] as number) - 2]?.actor)
      t.is(
        victim.findIndex(({ step }) => step > (preempted[0] as number)),
        5,
      )
    }
  }
})

test.serial('shrink: the same on every run, and nothing to take away the second time', async (t) => {
  const subject = await subjectFrom(LOST_UPDATE)
  const [found] = (await failuresOf(subject, 1)) as [Outcome]
  const [first, second] = [await shrunk(found, subject), await shrunk(found, subject)]
  t.is(recordingFile(first.recording), recordingFile(second.recording))
  const again = await shrunk(first, subject)
  t.is(again.traceHash, first.traceHash)
  t.deepEqual(again.shrunk?.from, found.statistics)
  t.true((again.shrunk?.executions as number) > (first.shrunk?.executions as number))
})

test.serial('shrink: faults that a failure needs stay, the others go', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('left locked', {
      peers: 3,
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)), crashed: 0 }),
      peer({ words }, me) {
        for (let i = 0; i < 3; i++) {
          for (let tries = 0; Atomics.compareExchange(words, 0, 0, 1 + me.id) !== 0; tries++) if (tries === 5) return
          Atomics.add(words, 1, 1)
          Atomics.store(words, 0, 0)
        }
      },
      faults: { crashes: 3, restarts: 2 },
      sometimes: [],
      invariants: [{ name: 'unlocked at the end', atEnd: ({ words }) => (words[0] === 0 ? undefined : 'locked by ' + words[0]) }],
    })`)
  for (const found of await failuresOf(subject, 6)) {
    const { statistics, shrunk: made, trace } = await shrunk(found, subject)
    const crash = trace.find(({ actor }) => actor === 'crasher')?.step
    t.is(statistics.crashes, 1)
    t.is(statistics.preemptions, 0)
    t.false(trace.some(({ actor }) => actor === 'restarter'))
    t.true(made?.necessary.includes(crash as number))
  }
})

test.serial('shrink: of what survived a power failure, what matters is left', async (t) => {
  const subject = await subjectFrom(`
    import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
    export default scenario('torn', {
      peers: 1,
      setup({ boot }) {
        let text = ''
        if (boot > 0) try { text = readFileSync('/log', 'latin1') } catch {}
        return { text, boot }
      },
      peer({ boot }) {
        if (boot > 0) return
        try {
          const fd = openSync('/log', 'a')
          fsyncSync(openSync('/', 'r'))
          for (let i = 0; i < 6; i++) writeSync(fd, 'x'.repeat(512))
          fsyncSync(fd)
          closeSync(fd)
        } catch {}
      },
      faults: { powerFailures: 1, diskErrors: 1 },
      sometimes: [],
      invariants: [{
        name: 'no hole',
        atEnd: ({ text }) => (/\\0+x/.test(text) ? 'a hole at ' + text.indexOf('\\0') : undefined),
      }],
    })`)
  for (const found of await failuresOf(subject, 6)) {
    const { statistics, recording } = await shrunk(found, subject)
    t.is(statistics.powerFailures, 1)
    const chosen = recording.choices.filter(({ bound }) => bound > 0).map(({ expected, value }) => [expected, value])
    t.is(chosen.filter(([label]) => label === 'what survives of what is not synced').length, 1)
    // Everything but one, or only one: the mode, which one, and at most how much of it.
    t.true(chosen.length <= 3, JSON.stringify(chosen))
  }
})

test.serial('shrink: a power failure after the end that is not needed goes', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('fails anyhow', {
      peers: 2,
      setup: ({ boot }) => ({ boot, words: new Int32Array(new SharedArrayBuffer(4)) }),
      peer: ({ words }) => { Atomics.add(words, 0, 1) },
      faults: { powerFailures: 2 },
      sometimes: [],
      invariants: [{ name: 'never two', atEnd: ({ words }) => (words[0] === 2 ? 'two' : undefined) }],
    })`)
  for (const found of await failuresOf(subject, 8)) t.is((await shrunk(found, subject)).statistics.powerFailures, 0)
})

test.serial('shrink: a power failure that is needed is necessary, also after the end', async (t) => {
  const subject = await subjectFrom(`
    import { existsSync, writeFileSync } from 'node:fs'
    export default scenario('not synced', {
      peers: 2,
      setup: ({ boot }) => ({ boot, words: new Int32Array(new SharedArrayBuffer(4)), lost: boot > 0 && !existsSync('/done') }),
      peer({ words, boot }) {
        if (boot === 0 && Atomics.add(words, 0, 1) === 1) writeFileSync('/done', 'x')
      },
      faults: { powerFailures: 1 },
      sometimes: [],
      invariants: [{
        name: 'done is done',
        atEnd: ({ lost }, history) => (lost && history.find(({ kind }) => kind === 'power failure')?.step > 4 ? 'lost' : undefined),
      }],
    })`)
  const where = new Set<boolean>()
  for (const found of await failuresOf(subject, 12)) {
    const { shrunk: made, trace } = await shrunk(found, subject)
    const power = trace.findIndex(({ actor }) => actor === 'power')
    t.deepEqual(made?.necessary, [power + 1])
    where.add(found.recording.choices.some(({ expected, value }) => expected === 'power failure after the end' && value === 1))
  }
  t.true(where.has(true))
})

test.serial('shrink: rounds of a loop that waits are left out', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('waits', {
      peers: { reader: 1, writer: 1 },
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)) }),
      peer: {
        reader({ words }) {
          while (Atomics.load(words, 0) === 0) {}
          if (Atomics.load(words, 1) === 0) throw new RangeError('not there yet')
        },
        writer({ words }) {
          for (let i = 0; i < 30; i++) Atomics.load(words, 1)
          Atomics.store(words, 0, 1)
          Atomics.store(words, 1, 1)
        },
      },
      invariants: [],
    })`)
  for (const found of await failuresOf(subject, 4)) {
    const outcome = await shrunk(found, subject)
    t.is(outcome.failure?.message, 'reader threw RangeError: not there yet')
    // 31 of the writer's, then the two of the reader.
    t.is(outcome.trace.length, 33, peersOf(outcome))
    t.is(outcome.statistics.preemptions, 1)
  }
})

test.serial('shrink: of the rounds that somebody must have waited, one is left', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('waited', {
      peers: { reader: 1, writer: 1 },
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)) }),
      peer: {
        reader({ words }) {
          if (Atomics.load(words, 0) !== 0) return
          while (Atomics.load(words, 0) === 0) {}
          throw new RangeError('had to wait')
        },
        writer({ words }) {
          for (let i = 0; i < 5; i++) Atomics.load(words, 1)
          Atomics.store(words, 0, 1)
        },
      },
      invariants: [],
    })`)
  for (const found of await failuresOf(subject, 8)) t.is((await shrunk(found, subject)).trace.length, 8, peersOf(found))
})

test.serial('shrink: what throws something of another class fails otherwise', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('two errors', {
      peers: 2,
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)) }),
      peer({ words }, me) {
        const first = Atomics.add(words, 0, 1)
        const second = Atomics.add(words, 1, 1)
        if (first !== second) throw new RangeError('crossed')
        if (me.id === 1 && second === 1) throw new TypeError('in order')
      },
      invariants: [],
    })`)
  const found = (await failuresOf(subject, 12)).filter(({ failure }) => failure?.message.includes('RangeError'))
  t.true(found.length > 0)
  for (const one of found) t.regex((await shrunk(one, subject)).failure?.message ?? '', /RangeError: crossed/)
})

test.serial('shrink: deadlocks, and executions that wait for promises', async (t) => {
  const subject = await subjectFrom(`
    export default [
      scenario('deadlock', {
        peers: 2,
        setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)) }),
        peer({ words }, me) {
          for (let i = 0; i < 3; i++) Atomics.load(words, 0)
          for (const lock of me.id === 0 ? [0, 1] : [1, 0]) while (Atomics.exchange(words, lock, 1) === 1) Atomics.wait(words, lock, 1)
          for (const lock of [0, 1]) { Atomics.store(words, lock, 0); Atomics.notify(words, lock) }
        },
        invariants: [],
      }),
    ]`)
  for (const found of await failuresOf(subject, 4)) {
    const outcome = await shrunk(found, subject)
    t.is(outcome.verdict, 'deadlock')
    t.is(outcome.statistics.preemptions, 1)
  }
  const waits = await subjectFrom(`
    export default scenario('promises', {
      peers: 3,
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)) }),
      async peer({ words }) {
        const before = Atomics.load(words, 0)
        await undefined
        Atomics.store(words, 0, before + 1)
      },
      invariants: [{ name: 'all counted', atEnd: ({ words }) => (words[0] === 3 ? undefined : 'counted ' + words[0]) }],
    })`)
  for (const found of await failuresOf(waits, 4)) t.is((await shrunk(found, waits)).statistics.preemptions, 1)
})

test.serial('shrink: within its budget', async (t) => {
  const subject = await subjectFrom(LOST_UPDATE)
  const [found] = (await failuresOf(subject, 1)) as [Outcome]
  for (const budget of [{ executionsMax: 3 }, { stepsMax: 60 }]) {
    const { shrunk: made, statistics } = await shrunk(found, subject, budget)
    t.false(made?.complete)
    t.true((made?.executions as number) <= 3)
    t.true(statistics.preemptions <= found.statistics.preemptions)
  }
  t.is((await shrunk(found, subject, { signal: AbortSignal.abort() })).traceHash, found.traceHash)
})

test.serial('shrink: refuses what is no failure, what does not fit, and budgets that are none', async (t) => {
  const subject = await subjectFrom(LOST_UPDATE)
  const [found] = (await failuresOf(subject, 1)) as [Outcome]
  const passed = await outcomeOf(subject, 1, STRATEGIES['pct, depth 1']?.(), { crashes: 0 })
  t.is(passed.verdict, 'passed')
  await t.throwsAsync(() => shrink(passed.recording, subject), {
    name: 'RecordingError',
    message: 'expected the recording of a failure, got one of an execution that passed; there is nothing to make smaller',
  })
  const other = await subjectFrom(LOST_UPDATE.replace('before + 1', 'before + 2'))
  await t.throwsAsync(() => shrink(found.recording, other), { instanceOf: DivergenceError })
  await t.throwsAsync(() => shrink(found.recording, subject, { executionsMax: 0 }), {
    name: 'UsageError',
    message: 'expected executionsMax to be an integer of at least 1, got 0',
  })
})

test.serial('shrink: a campaign shows its failure made smaller, unless that is not wanted', async (t) => {
  const subject = await subjectFrom(LOST_UPDATE)
  const made = await campaignOf(subject, { runs: 2000 })
  const asFound = await campaignOf(subject, { runs: 2000, shrink: false })
  t.is(made.failure?.statistics.preemptions, 1)
  t.deepEqual(made.failure?.shrunk?.from, asFound.failure?.statistics)
  t.is(asFound.failure?.shrunk, undefined)
  t.deepEqual(
    [made.executions, made.steps, made.firstFailureAt, made.failure?.seed],
    [asFound.executions, asFound.steps, asFound.firstFailureAt, asFound.failure?.seed],
  )
})

test.serial('shrink: says from where on it must fail', async (t) => {
  // Who goes on between the two words has read what is gone: from its first step on nothing helps.
  const subject = await subjectFrom(LOST_UPDATE.replace('crashes: 1, restarts: 1', 'crashes: 0'))
  for (const found of await failuresOf(subject, 6)) {
    const { shrunk: made, trace } = await shrunk(found, subject)
    const stores = trace.filter(({ operation }) => operation === 'store')
    const [loads] = [trace.filter(({ operation }) => operation === 'load')]
    // The second of two that read the same, or the store that the first missed.
    const doomed = Math.min(stores[0]?.step ?? 0, loads[1]?.step ?? 0)
    t.is(made?.bakedInAt, doomed, peersOf(found))
    t.true((made?.bakedInAt as number) >= Math.max(...(made?.necessary ?? [])))
  }
  const always = await subjectFrom(LOST_UPDATE.replace('words[0] === 3', 'words[0] === 4'))
  const [found] = await failuresOf(always, 1)
  t.is((await shrunk(found as Outcome, always)).shrunk?.bakedInAt, 0)
})
