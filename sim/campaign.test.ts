// Campaigns: how they end, and what they refuse to call a pass.

import test from 'ava'
import type { CampaignOptions } from './campaign.js'
import type { CampaignProgress } from './outcome.js'
import { campaignOf, subjectFrom } from './subjects.test.support.js'
import { UsageError } from './usage-error.js'

const STRATEGIES = ['random', 'pct'] as const
const WORDS = 'setup: () => new Int32Array(new SharedArrayBuffer(16))'

/** Ends of campaigns, by what the scenario does. */
const ENDS: readonly { name: string; source: string; status: string; remark?: RegExp; failure?: RegExp; options?: Partial<CampaignOptions> }[] = [
  {
    name: 'a good subject',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.add(words, 0, 1) }, invariants: [{ name: 'sum', atEnd: (words) => words[0] === 2 ? undefined : 'no' }] }`,
    status: 'passed',
  },
  { name: 'one peer alone', source: `{ peers: 1, ${WORDS}, peer(words) { Atomics.add(words, 0, 1) } }`, status: 'passed' },
  {
    name: 'a bad subject',
    source: `{ peers: 2, ${WORDS}, peer(words) { const n = Atomics.load(words, 0); Atomics.store(words, 0, n + 1) }, invariants: [{ name: 'sum', atEnd: (words) => words[0] === 2 ? undefined : 'sum ' + words[0] }] }`,
    status: 'failed',
    failure: /^violated sum: sum 1$/,
  },
  {
    name: 'a known-bad subject that is found',
    source: `{ peers: 2, ${WORDS}, peer(words) { const n = Atomics.load(words, 0); Atomics.store(words, 0, n + 1) }, invariants: [{ name: 'sum', atEnd: (words) => words[0] === 2 ? undefined : 'sum ' + words[0] }], knownBad: { breaks: ['sum'] } }`,
    status: 'passed',
    failure: /^violated sum/,
  },
  {
    name: 'a known-bad subject that is not bad',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.add(words, 0, 1) }, invariants: [{ name: 'sum', atEnd: (words) => words[0] === 2 ? undefined : 'no' }], knownBad: { breaks: ['sum'], within: 100 } }`,
    status: 'missed',
    remark: /known-bad subject was not found in 300 executions, expected within 100/,
  },
  {
    name: 'a known-bad subject, not tried for long enough',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.add(words, 0, 1) }, invariants: [{ name: 'sum', atEnd: (words) => words[0] === 2 ? undefined : 'no' }], knownBad: { breaks: ['sum'], within: 1000 } }`,
    status: 'unknown',
    remark: /known-bad subject was not found in 300 executions, expected within 1,000/,
  },
  {
    name: 'a known-bad subject in which something else breaks',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.wait(words, 0, 0) }, knownBad: { breaks: ['sum', 'total'] } }`,
    status: 'missed',
    remark: /expected "sum" or "total" to break, got "deadlock"/,
    failure: /^deadlock deadlock/,
  },
  { name: 'no steps at all', source: `{ peers: 2, ${WORDS}, peer() {} }`, status: 'fault', remark: /vacuous: no peer took a step/ },
  { name: 'plain memory only', source: `{ peers: 2, ${WORDS}, peer(words) { words[0]++ } }`, status: 'fault', remark: /vacuous: no peer took a step/ },
  {
    name: 'peers that never meet',
    source: `{ peers: 2, ${WORDS}, peer(words, me) { Atomics.add(words, me.id, 1) } }`,
    status: 'fault',
    remark: /vacuous: no two peers ever touched the same location/,
  },
  {
    name: 'peers that seldom meet',
    source: `{ peers: 2, ${WORDS.replace('16', '512')}, peer(words, me) { Atomics.add(words, me.random(64), 1) } }`,
    status: 'passed',
  },
  {
    name: 'a crash that nobody can suffer',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.add(words, 0, 1) } }`,
    status: 'passed',
    options: { crashes: 1 },
  },
  {
    name: 'a false death without recovery',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.add(words, 0, 1) }, faults: { falseDeaths: 1 } }`,
    status: 'fault',
    remark: /vacuous: a false death was asked for and never befell.*recover/,
  },
  {
    name: 'a restart without crashes',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.add(words, 0, 1) }, faults: { restarts: 1 } }`,
    status: 'fault',
    remark: /vacuous: a restart was asked for and never befell.*crashes/,
  },
  {
    name: 'a setup that throws',
    source: `{ peers: 2, setup() { throw new Error('no memory') }, peer() {} }`,
    status: 'fault',
    remark: /"subject": setup threw Error: no memory; at .+:\d+$/,
  },
  { name: 'an async setup', source: `{ peers: 2, setup: async () => 1, peer() {} }`, status: 'fault', remark: /setup.*expected the world, got a promise/ },
  {
    name: 'a describe that throws',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.add(words, 0, 1) }, describe() { throw new Error('oops') } }`,
    status: 'fault',
    remark: /describe threw Error: oops/,
  },
  {
    name: 'deadlines that throw',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.wait(words, 0, 0) }, deadlines() { throw new Error('oops') } }`,
    status: 'fault',
    remark: /deadlines threw Error: oops/,
  },
  {
    name: 'a peer that throws',
    source: `{ peers: 2, ${WORDS}, peer(words) { if (Atomics.add(words, 0, 1) === 1) throw new RangeError('too many') } }`,
    status: 'failed',
    failure: /^violated peer threw: peer \d threw RangeError: too many$/,
  },
  {
    name: 'a peer that throws what is no error',
    source: `{ peers: 2, ${WORDS}, peer(words) { if (Atomics.add(words, 0, 1) === 1) throw null } }`,
    status: 'failed',
    failure: /^violated peer threw: peer \d threw null$/,
  },
  {
    name: 'a peer that throws a symbol',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.load(words, 0); throw Symbol('s') } }`,
    status: 'failed',
    failure: /threw Symbol\(s\)$/,
  },
  {
    name: 'a peer that throws an object that cannot be shown',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.load(words, 0); throw Object.create(null) } }`,
    status: 'failed',
    failure: /^violated peer threw: peer \d threw /,
  },
  {
    name: 'a peer that throws before its first step',
    source: `{ peers: 2, ${WORDS}, peer(words, me) { if (me.id === 1) throw new Error('at once'); Atomics.load(words, 0) } }`,
    status: 'failed',
    failure: /peer 1 threw Error: at once$/,
  },
  {
    name: 'a recovery that throws',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.add(words, 0, 1) }, recover(words) { Atomics.load(words, 0); throw new Error('lost') }, faults: { crashes: 1 } }`,
    status: 'failed',
    failure: /recovery threw Error: lost$/,
  },
  {
    name: 'the step limit',
    source: `{ peers: 2, ${WORDS}, peer(words) { for (;;) Atomics.add(words, 0, 1) }, stepsMax: 500 }`,
    status: 'unknown',
    remark: /300 of 300 executions were not finished after 500 steps/,
    options: {},
  },
  {
    name: 'an endless loop that changes nothing',
    source: `{ peers: 2, ${WORDS}, peer(words) { while (Atomics.load(words, 0) === 0) {} } }`,
    status: 'failed',
    failure: /^stuck stuck: peer \d and peer \d spin for ever/,
  },
  {
    name: 'a spinner that is left alone',
    source: `{ peers: 2, ${WORDS}, peer(words, me) { if (me.id === 0) while (Atomics.load(words, 0) !== 5) {} else Atomics.store(words, 0, 1) } }`,
    status: 'failed',
    failure: /^stuck stuck: peer 0 spins for ever/,
  },
  {
    name: 'a long look at many words',
    source: `{ peers: 2, setup: () => new Int32Array(new SharedArrayBuffer(16000)), peer(words) { for (let i = 0; i < 4000; i++) Atomics.load(words, i) } }`,
    status: 'passed',
    options: { runs: 20 },
  },
  {
    name: 'code that counts executions',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.store(words, 0, ++count) } }`,
    status: 'fault',
    remark: /is not deterministic/,
  },
  {
    name: 'code that counts executions and fails',
    source: `{ peers: 2, ${WORDS}, peer(words) { if (Atomics.add(words, 0, 1) === 1 && count++ === 40) throw new Error('once') } }`,
    status: 'fault',
    remark: /is not deterministic/,
  },
  {
    name: 'waiting in the constructor of a derived class',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.load(words, 1); new (class extends Array { constructor() { super(); Atomics.wait(words, 0, 0) } })() } }`,
    status: 'fault',
    remark: /Atomics\.wait would block inside one step/,
  },
  {
    name: 'waiting in a constructor, with a catch-all',
    source: `{ peers: 2, ${WORDS}, peer(words) { try { [1].map(() => Atomics.wait(words, 0, 0)) } catch {} Atomics.load(words, 0) } }`,
    status: 'fault',
    remark: /Atomics\.wait would block inside one step/,
  },
  {
    name: 'sleeping in a callback, with a catch-all',
    source: `{ peers: 2, ${WORDS}, peer(words, me) { try { [1].map(() => me.sleep(1)) } catch {} Atomics.load(words, 0) } }`,
    status: 'fault',
    remark: /me\.sleep would block inside one step/,
  },
  {
    name: 'fetch',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.load(words, 0); fetch('http://localhost') } }`,
    status: 'fault',
    remark: /^fetch reaches outside/,
  },
  {
    name: 'fetch, with a catch-all',
    source: `{ peers: 2, ${WORDS}, async peer(words) { try { Atomics.load(words, 0); await fetch('http://localhost') } catch {} } }`,
    status: 'fault',
    remark: /^fetch reaches outside/,
  },
  {
    name: 'what the virtual disk does not have',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.load(words, 0); symlinkSync('/tmp/a', '/tmp/b') } }`,
    status: 'fault',
    remark: /^fs\.symlinkSync reaches outside/,
  },
  {
    name: 'what it does not have, in setup',
    source: `{ peers: 2, setup: () => symlinkSync('/tmp/a', '/tmp/b'), peer(words) {} }`,
    status: 'fault',
    remark: /^fs\.symlinkSync reaches outside/,
  },
  {
    name: 'a timer in setup',
    source: `{ peers: 2, setup: () => setTimeout(() => {}, 1), peer(words) {} }`,
    status: 'fault',
    remark: /started a timer in setup/,
  },
  {
    name: 'virtual time and seeded randomness',
    source: `{ peers: 2, ${WORDS}, peer(words) { Atomics.store(words, 0, Math.floor(Math.random() * 1000)); Atomics.store(words, 1, Date.now() | 0); crypto.getRandomValues(new Uint8Array(4)) } }`,
    status: 'passed',
  },
]

for (const { name, source, status, remark, failure, options } of ENDS) {
  for (const strategy of STRATEGIES) {
    test.serial(`campaign: ${name} (${strategy}) is ${status}`, async (t) => {
      const subject = await subjectFrom(
        `import { scenario } from 'heddle'\nimport { symlinkSync } from 'node:fs'\nlet count = 0\nvoid symlinkSync, count\nexport default scenario('subject', ${source})`,
      )
      const result = await campaignOf(subject, { strategy, ...options })
      const remarks = result.remarks.join('\n')
      t.is(result.status, status as never, `${remarks} ${result.failure?.failure?.message}`)
      if (remark !== undefined) t.regex(remarks, remark)
      else t.is(remarks, '')
      const found = result.failure?.failure
      if (failure !== undefined) t.regex(`${found?.verdict} ${found?.name}: ${found?.message}`, failure)
      else t.is(found, undefined)
    })
  }
}

test.serial('campaign: labels of `sometimes` that never occurred are named', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('sometimes', {
      peers: 2, ${WORDS}, sometimes: ['raced', 'alone', 'never', 'forgotten'],
      peer(words, me) { const n = Atomics.load(words, 0); Atomics.store(words, 0, n + 1); me.sometimes('raced', n === 0 && words[0] === 1 && me.id === 1); me.sometimes('alone'); me.sometimes('never', n > 5) },
    })`)
  const result = await campaignOf(subject)
  t.is(result.status, 'passed')
  t.deepEqual(result.remarks, ['never in 300 executions: "never"', 'never in 300 executions: "forgotten"'])
})

test.serial('campaign: options that are not right are refused', async (t) => {
  const subject = await subjectFrom(`export default scenario('fine', { peers: 2, ${WORDS}, peer(words) { Atomics.add(words, 0, 1) } })`)
  const wrong: readonly (readonly [Partial<CampaignOptions>, RegExp])[] = [
    [{ runs: 0 }, /expected runs to be an integer of at least 1, got 0/],
    [{ runs: -1 }, /runs/],
    [{ runs: 1.5 }, /runs/],
    [{ runs: Number.NaN }, /runs/],
    [{ seed: '' }, /expected a seed of 1 to 12 hexadecimal digits, got ""/],
    [{ seed: 'xyz' }, /seed/],
    [{ seed: '1234567890abc' }, /seed/],
    [{ strategy: 'dfs' as never }, /expected a strategy, random or pct, got "dfs"/],
    [{ strategy: 'pct', depth: 0 }, /expected depth to be an integer of at least 1, got 0/],
    [{ strategy: 'pct', depth: 1.5 }, /depth/],
    [{ length: 0 }, /length/],
    [{ crashes: -1 }, /crashes/],
    [{ stepsMax: 0 }, /stepsMax/],
    [{ timeMs: -1 }, /timeMs/],
    [{ timeMs: Number.NaN }, /timeMs/],
  ]
  for (const [options, message] of wrong) await t.throwsAsync(() => campaignOf(subject, options), { instanceOf: UsageError, message }, JSON.stringify(options))
})

test.serial('campaign: seeds are read with and without leading zeros, in either case', async (t) => {
  const subject = await subjectFrom(`export default scenario('fine', { peers: 2, ${WORDS}, peer(words) { Atomics.add(words, 0, 1) } })`)
  t.is((await campaignOf(subject, { seed: '00AbC', runs: 1 })).seed, 'abc')
  t.is((await campaignOf(subject, { seed: 'ffffffffffff', runs: 1 })).seed, 'ffffffffffff')
  t.is((await campaignOf(subject, { seed: '0', runs: 1 })).seed, '0')
})

test.serial('campaign: ends within its time, or when it is told to', async (t) => {
  const subject = await subjectFrom(
    `export default scenario('fine', { peers: 2, ${WORDS}, peer(words) { for (let i = 0; i < 50; i++) Atomics.add(words, 0, 1) } })`,
  )
  const timed = await campaignOf(subject, { runs: undefined as never, timeMs: 300 })
  t.is(timed.status, 'passed')
  t.true(timed.elapsedMs >= 300 && timed.elapsedMs < 2000, `${timed.elapsedMs} ms`)
  const abort = new AbortController()
  const seen: CampaignProgress[] = []
  setTimeout(() => abort.abort(), 200)
  const aborted = await campaignOf(subject, { runs: 100_000_000, signal: abort.signal, onProgress: (progress) => seen.push(progress) })
  t.true(aborted.elapsedMs < 3000, `${aborted.elapsedMs} ms`)
  t.true(seen.length > 0)
  t.true((seen.at(-1) as CampaignProgress).executions <= aborted.executions)
  const before = await campaignOf(subject, { runs: 1_000_000, signal: AbortSignal.abort() })
  t.true(before.elapsedMs < 2000)
})

test.serial('campaign: goes on after a failure when it is told to, and reports the first', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('lost', { peers: 2, ${WORDS}, peer(words) { const n = Atomics.load(words, 0); Atomics.store(words, 0, n + 1) },
      invariants: [{ name: 'sum', atEnd: (words) => words[0] === 2 ? undefined : 'no' }] })`)
  const stopped = await campaignOf(subject)
  const all = await campaignOf(subject, { keepGoing: true })
  t.is(all.executions, 300)
  t.is(all.firstFailureAt, stopped.firstFailureAt)
  t.is(stopped.executions, (stopped.firstFailureAt as number) + 1)
  t.is(all.failure?.traceHash, stopped.failure?.traceHash)
})

test.serial('campaign: operations inside one step are counted and located', async (t) => {
  const subject = await subjectFrom(`import { scenario } from 'heddle'
export default scenario('inside', { peers: 2, ${WORDS},
  peer(words) {
    [0, 1].map((i) => Atomics.add(words, i, 1))
    Atomics.load(words, 0)
  } })`)
  const { insideOneStep, status } = await campaignOf(subject)
  t.is(status, 'passed')
  t.is(insideOneStep.length, 1)
  t.is(insideOneStep[0]?.position?.line, 4)
  t.regex(String(insideOneStep[0]?.reason), /Atomics\.add in a callback of Array\.map/)
  t.true((insideOneStep[0]?.operations as number) > 0)
})

test.serial('campaign: constructors of derived classes and fields are named as the reason, also where stepped code calls them', async (t) => {
  const subject = await subjectFrom(`import { scenario } from 'heddle'
class Base { constructor(words) { Atomics.add(words, 0, 1) } }
class Cell extends Base { constructor(words) {
  super(words)
  Atomics.sub(words, 0, 1) } }
let shared
class Field { seen = Atomics.load(shared, 0)
  constructor() { Atomics.load(shared, 1) } }
const open = (words) => [new Cell(words), new Base(words), new Field()]
export default scenario('constructs', { peers: 2, ${WORDS}, peer(words) { shared = words; Atomics.load(words, 0); open(words) } })`)
  const { insideOneStep } = await campaignOf(subject)
  t.deepEqual(
    insideOneStep.map(({ position, reason }) => [position?.line, reason]),
    [
      [2, 'Atomics.add in the constructor of Base, inside that of Cell'],
      [5, 'Atomics.sub in the constructor of Cell'],
      [7, 'Atomics.load in a field initialiser of Field'],
    ],
  )
})

test.serial('campaign: a fault says where it comes from, also deep in an execution', async (t) => {
  const source = (body: string, invariant: string) => `
    export default scenario('faulty', {
      peers: 2,
      setup: () => new Int32Array(new SharedArrayBuffer(4)),
      peer(words) {
        for (let i = 0; i < 3; i++) Atomics.add(words, 0, 1)
        ${body}
      },
      invariants: [{ name: 'of its own', everyStep(words) {
        ${invariant}
      } }],
    })`
  const refused = await campaignOf(await subjectFrom(source("fetch('x')", '')))
  t.regex(refused.remarks.join(), /fetch reaches outside .*; at .*subject\.scenario\.ts:8$/)
  const threw = await campaignOf(await subjectFrom(source('', 'if (words[0] > 2) words.nothing.at(1)')))
  t.is(threw.status, 'fault')
  t.regex(threw.remarks.join(), /; at .*subject\.scenario\.ts:11$/)
})
