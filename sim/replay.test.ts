// Replay: the same execution for ever, or the first step at which it is another.

import { writeFileSync } from 'node:fs'
import test from 'ava'
import fc from 'fast-check'
import type { DiscoveredScenario } from './discover.js'
import { discover } from './discover.js'
import type { Outcome } from './outcome.js'
import { parseRecording, type Recording, RecordingError, recordingFile, recordingToken } from './recording.js'
import { replay } from './replay.js'
import { DivergenceError } from './strategies/replay.js'
import { campaignOf, outcomeOf, STRATEGIES, scenarioFile, subjectFrom, temporaryFolder } from './subjects.test.support.js'

const FIXTURES: Readonly<Record<string, string>> = {
  'lost update': `
    export default scenario('lost update', {
      peers: 3,
      setup: () => new Int32Array(new SharedArrayBuffer(4)),
      peer(words) { for (let i = 0; i < 2; i++) { const seen = Atomics.load(words, 0); Atomics.store(words, 0, seen + 1) } },
      invariants: [{ name: 'counted', atEnd: (words) => (words[0] === 6 ? undefined : 'counted ' + words[0]) }],
    })`,
  'crash in a lock': `
    export default scenario('crash in a lock', {
      peers: 2,
      setup: () => new Int32Array(new SharedArrayBuffer(4)),
      peer(words) {
        while (Atomics.compareExchange(words, 0, 0, 1) !== 0) Atomics.wait(words, 0, 1)
        Atomics.store(words, 0, 0)
        Atomics.notify(words, 0)
      },
      faults: { crashes: 1 },
    })`,
  'recovery too early': `
    export default scenario('recovery too early', {
      peers: { owner: 2 },
      setup: () => new Int32Array(new SharedArrayBuffer(8)),
      peer: { owner(words, me) { const n = me.random(3); Atomics.add(words, 0, n); me.sleep(5); Atomics.sub(words, 0, n); Atomics.add(words, 1, me.incarnation) } },
      recover(words, dead) { Atomics.store(words, 0, 0) },
      faults: { crashes: 1, restarts: 1, falseDeaths: 1 },
      invariants: [{ name: 'balanced', everyStep: (words) => (words[0] >= 0 ? undefined : 'balance ' + words[0]) }],
    })`,
  'async counters': `
    export default scenario('async counters', {
      peers: 2,
      setup: () => new Int32Array(new SharedArrayBuffer(4)),
      async peer(words) { const seen = Atomics.load(words, 0); await null; Atomics.store(words, 0, seen + 1) },
      invariants: [{ name: 'counted', atEnd: (words) => (words[0] === 2 ? undefined : 'counted ' + words[0]) }],
    })`,
  passes: `
    export default scenario('passes', { peers: 2, setup: () => new Int32Array(new SharedArrayBuffer(4)), peer(words) { Atomics.add(words, 0, 1); Atomics.load(words, 0) } })`,
}

/** What of an outcome must be the same. */
function gist({ verdict, failure, trace, history, traceHash, lanes, statistics, seed }: Outcome): unknown {
  return {
    verdict,
    failure,
    traceHash,
    lanes,
    statistics,
    seed,
    history,
    steps: trace.map(({ actor, operation, location, operands, result, position }) => ({ actor, operation, location, operands, result, position })),
  }
}

for (const [name, source] of Object.entries(FIXTURES)) {
  test.serial(`replay: ${name}, from a file and from a token, at any seed and with every strategy`, async (t) => {
    const subject = await subjectFrom(source)
    const verdicts = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 2 ** 40 }), fc.constantFrom(...Object.keys(STRATEGIES)), async (seed, strategy) => {
        const recorded = await outcomeOf(subject, seed, STRATEGIES[strategy]?.())
        verdicts.add(recorded.verdict)
        for (const recording of [parseRecording(recordingFile(recorded.recording)), parseRecording(recordingToken(recorded.recording))]) {
          const replayed = await replay(recording, subject)
          t.deepEqual(gist(replayed), gist(recorded))
          t.is(replayed.recording, recording)
        }
      }),
      { numRuns: 40, seed: 1 },
    )
    if (name !== 'passes') t.true(verdicts.has('violated') || verdicts.has('deadlock'), 'the fixture never failed')
  })

  test.serial(`seed: ${name}, the seed of a failing execution gives it again as the first`, async (t) => {
    const subject = await subjectFrom(source)
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 2 ** 40 }),
        fc.constantFrom('random' as const, 'pct' as const),
        fc.integer({ min: 1, max: 6 }),
        async (seed, strategy, depth) => {
          const found = await campaignOf(subject, { seed: seed.toString(16), strategy, depth, runs: 200 })
          t.is(found.status, found.failure === undefined ? 'passed' : 'failed', found.remarks.join())
          if (found.failure === undefined) return
          const again = await campaignOf(subject, { seed: found.failure.seed, strategy, depth, runs: 1 })
          t.is(again.firstFailureAt, 0)
          t.deepEqual(gist(again.failure as Outcome), gist(found.failure))
          t.deepEqual(again.failure?.recording, found.failure.recording)
        },
      ),
      { numRuns: 20, seed: 1 },
    )
  })
}

const LOCK = `import { scenario } from 'heddle'

export default scenario('look then take', {
  peers: 2,
  setup: () => new Int32Array(new SharedArrayBuffer(8)),
  peer(lock, me) {
    const state = Atomics.load(lock, 0)
    if (state !== 0) return
    Atomics.store(lock, 0, 1)
    me.enter('section')
    me.step('works')
    me.leave('section')
    Atomics.store(lock, 0, 0)
  },
  invariants: [{
    name: 'alone',
    onEvent: (_, history) => history.filter((one) => one.kind === 'enter').length - history.filter((one) => one.kind === 'leave').length > 1 ? 'two inside' : undefined,
  }],
})
`

/** Records a failure of {@link LOCK}, then changes the file: the subject as it is now. */
async function changed(edit: (source: string) => string): Promise<{ recording: Recording; token: Recording; subject: DiscoveredScenario }> {
  const folder = temporaryFolder()
  const file = scenarioFile(LOCK, folder)
  const [before] = (await discover([file])) as [DiscoveredScenario]
  // As found: made smaller, it is over before some of what is edited.
  const { failure } = await campaignOf(before, { shrink: false })
  const recording = parseRecording(recordingFile(failure?.recording as Recording))
  const source = edit(LOCK)
  if (source === LOCK) throw new Error('the edit changed nothing')
  writeFileSync(file, source)
  const [subject] = (await discover([file])) as [DiscoveredScenario]
  return { recording, token: parseRecording(recordingToken(recording)), subject }
}

test.serial('replay: comments and lines may change', async (t) => {
  const { recording, token, subject } = await changed((source) =>
    `// A new first line.\n\n${source}`
      .replace('    if (state', '    // Nobody has it, or so it seems.\n\n    if (state')
      .replace("me.step('works')", "{ const unused = 1 }\n    me.step('works')"),
  )
  for (const one of [recording, token]) t.is((await replay(one, subject)).failure?.name, 'alone')
})

const CHANGES: readonly (readonly [string, (source: string) => string, RegExp])[] = [
  [
    'another operation',
    (source) => source.replace('Atomics.store(lock, 0, 1)', 'Atomics.exchange(lock, 0, 1)'),
    /expected .*store.* got .*exchange.*subject\.scenario\.ts:9/,
  ],
  ['another word', (source) => source.replace('Atomics.store(lock, 0, 1)', 'Atomics.store(lock, 1, 1)'), /./],
  ['one more operation', (source) => source.replace('    if (state', '    Atomics.load(lock, 1)\n    if (state'), /./],
  ['one operation less', (source) => source.replace("    me.step('works')\n", ''), /./],
  ['another value stored', (source) => source.replace('Atomics.store(lock, 0, 1)', 'Atomics.store(lock, 0, 2)'), /./],
  [
    'the bug is mended',
    (source) =>
      source
        .replace('const state = Atomics.load(lock, 0)', 'const state = Atomics.compareExchange(lock, 0, 0, 1)')
        .replace('    Atomics.store(lock, 0, 1)\n', ''),
    /load.*compareExchange/,
  ],
  ['another invariant', (source) => source.replace("name: 'alone'", "name: 'solitude'"), /"alone".*"solitude"/],
  ['no invariant', (source) => source.replace(/invariants: \[[\s\S]*\],\n}\)/, '})'), /expected the end of the execution, got a pick among/],
  ['a choice', (source) => source.replace('    if (state', '    me.random(3)\n    if (state'), /me\.random/],
]

for (const [what, edit, message] of CHANGES) {
  test.serial(`replay: stops at the first difference: ${what}`, async (t) => {
    const { recording, token, subject } = await changed(edit)
    for (const one of [recording, token]) {
      const error = (await t.throwsAsync(() => replay(one, subject), { instanceOf: DivergenceError })) as DivergenceError
      t.true(error.step <= recording.steps)
      t.true(error.expected !== error.got)
      t.regex(error.message, /^the recording does not fit from step \d+ on: expected .+, got .+/)
      if (one === recording) t.regex(error.message, message)
    }
  })
}

test.serial('replay: of another scenario is refused', async (t) => {
  const lost = await subjectFrom(FIXTURES['lost update'] as string)
  const passes = await subjectFrom(FIXTURES.passes as string)
  const { recording } = await outcomeOf(lost)
  await t.throwsAsync(() => replay(recording, passes), {
    instanceOf: RecordingError,
    message: /expected a recording of the scenario "passes", got one of "lost update"/,
  })
})

test.serial('replay: with another choice, hash or end it does not pass for the recorded execution', async (t) => {
  const subject = await subjectFrom(FIXTURES['lost update'] as string)
  const { failure } = await campaignOf(subject)
  const recording = failure?.recording as Recording
  const wrong: Recording[] = [
    { ...recording, traceHash: '0123456789abcdef' },
    { ...recording, choices: recording.choices.slice(0, -1) },
    { ...recording, choices: [...recording.choices, recording.choices.at(-1) as Recording['choices'][number]] },
    { ...recording, choices: recording.choices.map((choice, i) => (i === 3 ? { ...choice, hash: '00000000' } : choice)) },
    { ...recording, choices: recording.choices.map((choice, i) => (i === 3 ? { ...choice, step: choice.step + 1 } : choice)) },
    { ...recording, choices: recording.choices.map((choice, i) => (i === 3 ? { ...choice, value: 9 } : choice)) },
    { ...recording, failure: undefined },
  ]
  for (const one of wrong) await t.throwsAsync(() => replay(one, subject), { instanceOf: DivergenceError })
  t.is((await replay(recording, subject)).failure?.name, 'counted')
})

test.serial('replay: until a step, it is the beginning of the whole', async (t) => {
  for (const [name, source] of Object.entries(FIXTURES)) {
    const subject = await subjectFrom(source)
    const whole = await outcomeOf(subject, 7)
    for (let until = 0; until < whole.trace.length; until++) {
      const part = await replay(whole.recording, subject, { until })
      t.is(part.trace.length, until, name)
      t.is(part.failure, undefined, `${name} until ${until}: ${part.failure?.message}`)
      t.is(part.verdict, 'unknown')
      t.deepEqual(
        part.trace.map((step) => step.result),
        whole.trace.slice(0, until).map((step) => step.result),
      )
    }
    t.deepEqual(gist(await replay(whole.recording, subject, { until: whole.trace.length })), gist(whole))
    t.deepEqual(gist(await replay(whole.recording, subject, { until: 1000 })), gist(whole))
  }
})

test.serial('replay: until a step of a spinning peer it is not stuck', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('spins', { peers: 2, setup: () => new Int32Array(new SharedArrayBuffer(4)), peer(words) { while (Atomics.load(words, 0) === 0) {} } })`)
  const whole = await outcomeOf(subject)
  t.is(whole.verdict, 'stuck')
  for (const until of [1, 10, 999]) {
    const part = await replay(whole.recording, subject, { until })
    t.is(part.failure, undefined)
    t.is(part.trace.length, until)
  }
  t.is((await replay(whole.recording, subject)).verdict, 'stuck')
})

test.serial('replay: until a step at which it may look stuck, it is not', async (t) => {
  // Stuck only at step 1,500, for at step 1,000 the last 1,000 steps have changed something.
  const subject = await subjectFrom(`
    export default scenario('spins late', { peers: 1, setup: () => new Int32Array(new SharedArrayBuffer(4)), peer(words) { for (let i = 0; i < 300; i++) Atomics.add(words, 0, 1); while (Atomics.load(words, 0) !== 0) {} } })`)
  const whole = await outcomeOf(subject)
  t.is(whole.verdict, 'stuck')
  const part = await replay(whole.recording, subject, { until: whole.trace.length - 20 })
  t.is(part.verdict, 'unknown')
  t.is(part.failure, undefined)
})
