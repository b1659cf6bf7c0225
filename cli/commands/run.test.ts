import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { CampaignResult } from '../../sim/outcome.js'
import { failed, fakeEngine, heddle, passed, subject } from '../engine.test.helper.js'
import { golden } from '../report/golden.test.helper.js'
import { brokenLock, deadlock, OutcomeBuilder, shrunkFrom } from '../report/outcome.test.helper.js'

function folder(t: { teardown(fn: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'heddle-'))
  t.teardown(() => rmSync(path, { recursive: true }))
  return path
}

const lock = subject(brokenLock().scenario)
const bad = subject('two locks in two orders', { knownBad: { breaks: ['deadlock'], because: 'the order of the locks depends on the peer' } })
const statuses: readonly (readonly [about: string, code: number, result: CampaignResult])[] = [
  ['a pass', 0, passed('pool')],
  ['a violation', 1, failed(brokenLock())],
  ['a deadlock', 1, failed(deadlock())],
  ['a subject that is stuck', 1, failed(new OutcomeBuilder(['a']).end('pool', { verdict: 'stuck' }))],
  ['a divergence', 3, failed(new OutcomeBuilder(['a']).end('pool', { verdict: 'diverged' }))],
  [
    'a known-bad subject that was missed',
    3,
    passed('pool', { status: 'missed', knownBad: true, remarks: ['deadlock was not found within 10,000 executions'] }),
  ],
  ['a fault of the harness', 3, passed('pool', { status: 'fault', remarks: ['no two peers ever touch the same location'] })],
  ['executions that ran out of steps', 4, passed('pool', { status: 'unknown', unknown: 3, remarks: ['3 executions ran out of steps'] })],
]

for (const [about, code, result] of statuses) {
  test(`run: exit code ${code} for ${about}`, async (t) => {
    const engine = fakeEngine({ campaign: () => result })
    t.is((await heddle(['run', '--out', folder(t)], { engine })).code, code)
  })
}

test('run: seed and options are printed before anything runs', async (t) => {
  let before = ''
  const engine = fakeEngine({ campaign: () => passed('pool') })
  const { out } = await heddle(['run', '--depth', '4', '--crashes', '1', '--steps', '500', '--keep-going', '--package', 'left-pad'], { engine })
  before = out.split('\n')[0] as string
  t.is(
    before,
    'heddle 0.1.0  seed a1b2c3d4  1 scenario × random, pct, 10,000 executions each, depth 4, at most 1 crash, at most 500 steps, going on after failures, with left-pad',
  )
  t.deepEqual(
    engine.campaigns.map(({ options: { onProgress: _, signal: __, ...rest } }) => rest),
    [
      { seed: 'a1b2c3d4', strategy: 'random', runs: 10_000, crashes: 1, stepsMax: 500, keepGoing: true, shrink: true },
      { seed: 'a1b2c3d4', strategy: 'pct', runs: 10_000, depth: 4, crashes: 1, stepsMax: 500, keepGoing: true, shrink: true },
    ],
  )
})

test('run: with --no-shrink failures are shown as found, also when they are looked for again by their seed', async (t) => {
  for (const [argv, env] of [
    [['--no-shrink'], {}],
    [[], { HEDDLE_NO_SHRINK: '1' }],
  ] as const) {
    const engine = fakeEngine({ subjects: [lock], campaign: () => failed(brokenLock()) })
    const { out } = await heddle(['run', '--strategy', 'random', '--runs', '5', '--out', folder(t), ...argv], { engine, env })
    t.is(out.split('\n')[0], 'heddle 0.1.0  seed a1b2c3d4  1 scenario × random, 5 executions each, failures as found')
    t.false(engine.campaigns[0]?.options.shrink)
    t.regex(out, /^ {2}seed {5}npx heddle run \S+ --scenario "spin lock[^"]*" --strategy random --seed 9f21c4 --runs 1 --no-shrink$/m)
  }
  const engine = fakeEngine()
  t.notRegex((await heddle(['run', '--runs', '5'], { engine, env: { HEDDLE_NO_SHRINK: '0' } })).out, /as found/)
  t.true(engine.campaigns.every(({ options }) => options.shrink))
})

test('run: a failure that was made smaller is saved and shown as it is now, and JSON says what it was', async (t) => {
  const out = folder(t)
  const small = shrunkFrom(brokenLock(), { steps: 61, switches: 24, preemptions: 20 }, { necessary: [2] })
  const engine = () => fakeEngine({ subjects: [lock], campaign: () => failed(small) })
  const text = (await heddle(['run', '--strategy', 'random', '--out', out], { engine: engine() })).out
  t.regex(
    text,
    /2 switches \(all preemptive\), 4 steps; found by random in execution 412\n {2}shrunk from 24 switches \(20 preemptive\), 61 steps, in 415 executions\n/,
  )
  t.is(readdirSync(out).length, 1)
  const { results, options } = JSON.parse((await heddle(['run', '--strategy', 'random', '--json', '--out', out], { engine: engine() })).out)
  t.true(options.shrink)
  t.like(results[0].failure, { statistics: { steps: 4 }, shrunk: { from: { steps: 61 }, executions: 415, necessary: [2], complete: true } })
})

test('run: the heading counts executions, one and thousands', async (t) => {
  const heading = async (runs: string) => (await heddle(['run', '--runs', runs, '--strategy', 'pct'], { engine: fakeEngine() })).out.split('\n')[0]
  t.is(await heading('1'), 'heddle 0.1.0  seed a1b2c3d4  1 scenario × pct, 1 execution each')
  t.is(await heading('20000'), 'heddle 0.1.0  seed a1b2c3d4  1 scenario × pct, 20,000 executions each')
})

test('run: a failure is shown, saved and can be seen again', async (t) => {
  const out = folder(t)
  const engine = fakeEngine({
    subjects: [lock, bad],
    campaign: (found, { strategy }) =>
      found === bad
        ? failed(deadlock(), { status: 'passed', knownBad: true, firstFailureAt: 2, executions: 3 })
        : strategy === 'pct'
          ? passed(lock.scenario.name, {
              insideOneStep: [{ position: { file: 'primitives/pool.ts', line: 41, column: 3 }, reason: 'callback of Array.map', operations: 3 }],
            })
          : failed(brokenLock(), { remarks: ['the label "queue was full" of sometimes was never seen'] }),
  })
  const said = await heddle(['run', '--seed', '9F21C4', '--out', out], { engine, tickMs: 10 })
  t.is(said.code, 1)
  golden(t, 'run', said.out.trimEnd().replaceAll(out, '.heddle/failures').split('\n'), 150)
  golden(t, 'run-stderr', said.err.trimEnd().split('\n'), 150)
  t.deepEqual(readdirSync(out), ['spin-lock-without-compare-and-swap-d98b.json'])
})

test('run: the same recording is written once, another one never over it', async (t) => {
  const out = folder(t)
  const engine = fakeEngine({ subjects: [lock], campaign: () => failed(brokenLock()) })
  await heddle(['run', '--out', out], { engine })
  await heddle(['run', '--out', out], { engine })
  t.is(readdirSync(out).length, 1)
  const [name = ''] = readdirSync(out)
  writeFileSync(join(out, name), 'other')
  await heddle(['run', '--out', out], { engine })
  t.is(readFileSync(join(out, name), 'utf8'), 'other')
  t.is(readdirSync(out).length, 2)
})

test('run: a failure that cannot be saved is still shown, with its token', async (t) => {
  const engine = fakeEngine({ subjects: [lock], campaign: () => failed(brokenLock()) })
  const { code, out } = await heddle(['run', '--strategy', 'random', '--out', 'package.json'], { engine })
  t.is(code, 1)
  t.regex(out, /replay {3}not saved \(.*EEXIST.*\); replay the token/)
  t.regex(out, /token {4}heddle2-/)
})

test('run: time is shared out, and what one does not use goes to the later ones', async (t) => {
  const shares: number[] = []
  const engine = fakeEngine({
    subjects: [subject('a'), subject('b')],
    campaign: (found, { timeMs, runs }) => {
      shares.push(timeMs as number)
      t.is(runs, undefined)
      return passed(found.scenario.name)
    },
  })
  const { out } = await heddle(['run', '--time', '4s'], { engine, tickMs: 0 })
  t.deepEqual(shares, [1000, 4000 / 3, 2000, 4000])
  t.regex(out, /2 scenarios × random, pct, 4 s in all/)
})

test('run: when time is up the others still have a turn', async (t) => {
  const shares: (number | undefined)[] = []
  const engine = fakeEngine({
    campaign: (_, { timeMs }) => {
      shares.push(timeMs)
      return passed('pool')
    },
  })
  await heddle(['run', '--time', '1ms', '--runs', '5'], { engine, tickMs: 100 })
  t.deepEqual(shares, [20, 20])
})

test('run: --scenario takes the exact name first, then parts of names', async (t) => {
  const engine = () => fakeEngine({ subjects: [subject('lock'), subject('lock, unfair'), subject('Queue')] })
  const names = async (...argv: string[]) => {
    const fake = engine()
    await heddle(['run', '--strategy', 'pct', ...argv], { engine: fake })
    return fake.campaigns.map(({ name }) => name)
  }
  t.deepEqual(await names('--scenario', 'lock'), ['lock'])
  t.deepEqual(await names('--scenario', 'LOCK'), ['lock', 'lock, unfair'])
  t.deepEqual(await names('--scenario', 'queue', '--scenario', 'lock'), ['lock', 'Queue'])
  t.deepEqual(await names(), ['lock', 'lock, unfair', 'Queue'])
})

test('run: Ctrl-C ends with the summary so far and exit code 130', async (t) => {
  let interrupt = () => {}
  const engine = fakeEngine({
    subjects: [subject('a'), subject('b'), subject('c')],
    campaign: (found, { signal }) => {
      if (found.scenario.name === 'b') {
        interrupt()
        t.true(signal?.aborted)
        return passed('b', { status: 'missed', knownBad: true, remarks: ['not found'] })
      }
      return passed(found.scenario.name)
    },
  })
  const { code, out } = await heddle(['run', '--strategy', 'random'], {
    engine,
    interruptible: (stop) => {
      interrupt = stop
    },
  })
  t.is(code, 130)
  t.is(engine.campaigns.length, 2)
  t.regex(out, /3 campaigns: 1 stopped, 1 not run, 1 passed; /)
  t.false(out.includes('not found'))
})

test('run: Ctrl-C after a failure is exit code 1', async (t) => {
  let interrupt = () => {}
  const engine = fakeEngine({
    subjects: [lock],
    campaign: () => {
      interrupt()
      return failed(brokenLock())
    },
  })
  const { code } = await heddle(['run', '--out', folder(t)], {
    engine,
    interruptible: (stop) => {
      interrupt = stop
    },
  })
  t.is(code, 1)
  t.is(engine.campaigns.length, 1)
})

test('run: --json is one document and nothing else', async (t) => {
  const out = folder(t)
  const engine = fakeEngine({
    subjects: [lock],
    campaign: () => failed(brokenLock(), { insideOneStep: [{ position: undefined, reason: 'getter', operations: 1 }] }),
  })
  const said = await heddle(['run', '--json', '--strategy', 'random', '--seed', '1', '--out', out], { engine })
  const document = JSON.parse(said.out)
  t.like(document, {
    heddle: '0.1.0',
    command: 'run',
    exitCode: 1,
    seed: '1',
    interrupted: false,
    notRun: 0,
    options: { strategies: ['random'], keepGoing: false },
    results: [
      {
        scenario: lock.scenario.name,
        strategy: 'random',
        status: 'failed',
        executions: 412,
        firstFailureAt: 411,
        failure: { verdict: 'violated', failure: { name: 'mutual-exclusion', step: 4 } },
      },
    ],
  })
  t.is(document.results[0].failure.trace, undefined)
  t.regex(document.results[0].commands.replay, /^npx heddle replay .*-d98b\.json$/)
  t.is(
    document.results[0].commands.seed,
    'npx heddle run scenarios/pool.scenario.ts --scenario "spin lock without compare-and-swap" --strategy random --seed 9f21c4 --runs 1',
  )
  t.deepEqual(Object.keys(document.results[0].commands).sort(), ['recording', 'replay', 'seed', 'token'])
})

test('run: colour on a terminal only', async (t) => {
  const engine = () => fakeEngine({ subjects: [lock], campaign: () => failed(brokenLock()) })
  const out = folder(t)
  t.true((await heddle(['run', '--out', out], { engine: engine(), colorLevel: 1 })).out.includes('\u001b['))
  t.false((await heddle(['run', '--out', out], { engine: engine() })).out.includes('\u001b'))
})

test('run: one line on a terminal, at most ten times a second', async (t) => {
  const engine = fakeEngine({
    campaign: (_, { onProgress }) => {
      for (let at = 1; at <= 100; at++)
        onProgress?.({ scenario: 'pool', strategy: 'random', executions: at * 1000, steps: at * 29_000, distinct: at, elapsedMs: at * 10 })
      return passed('pool')
    },
  })
  const { err } = await heddle(['run', '--strategy', 'random'], { engine, isTTY: true, columns: 100, tickMs: 10 })
  const updates = err.split('\r\u001b[2K').filter((text) => text !== '')
  t.is(updates.length, 10)
  t.is(updates[9], '[1/1] pool · random  91,000 executions  100 k/s  2.9 M steps/s  91 distinct  910 ms')
  t.true(err.endsWith('\r\u001b[2K'))
})

test('run: a scenario that does not work does not cost the results of the others', async (t) => {
  const engine = fakeEngine({
    subjects: [subject('broken'), subject('fine')],
    campaign: ({ scenario: { name } }) => {
      if (name === 'broken') throw Object.assign(new Error('scenario "broken": setup threw Error: no'), { name: 'HarnessFault' })
      return passed(name)
    },
  })
  const { code, out } = await heddle(['run', '--strategy', 'random'], { engine })
  t.is(code, 3)
  t.regex(out, /broken: setup threw Error: no/)
  t.regex(out, /2 campaigns: 1 harness fault, 1 passed; /)
})

test('run: a known-bad subject that one strategy finds is found', async (t) => {
  const missed = (status: 'missed' | 'unknown') =>
    passed(bad.scenario.name, { knownBad: true, status, remarks: ['the known-bad subject was not found in 10,000 executions'] })
  const found = failed(deadlock(), { status: 'passed', knownBad: true })
  for (const status of ['missed', 'unknown'] as const) {
    for (const finder of ['random', 'pct']) {
      const engine = fakeEngine({ subjects: [bad], campaign: (_, { strategy }) => (strategy === finder ? found : missed(status)) })
      const { code, out } = await heddle(['run'], { engine })
      t.is(code, 0)
      t.regex(out, /two locks in two orders +✓ found/)
      t.regex(out, /2 campaigns: 1 found by another strategy only, 1 known-bad found; /)
      t.notRegex(out, /was not found/)
    }
  }
})

test('run: with time to spare, a known-bad subject that was not found in its share is looked for again, with other seeds', async (t) => {
  const missed = passed(bad.scenario.name, { knownBad: true, status: 'unknown', remarks: ['the known-bad subject was not found in 100 executions'] })
  const found = failed(deadlock(), { status: 'passed', knownBad: true })
  const engine = fakeEngine({ subjects: [bad], campaign: (_, { seed }) => (seed === '9f21c6' ? found : missed) })
  const { code, out } = await heddle(['run', '--seed', '9f21c4', '--time', '20s'], { engine })
  t.is(code, 0)
  t.regex(out, /1 known-bad found; /)
  t.deepEqual(
    engine.campaigns.map(({ options }) => [options.strategy, options.seed]),
    [
      ['random', '9f21c4'],
      ['pct', '9f21c4'],
      ['random', '9f21c5'],
      ['pct', '9f21c5'],
      ['random', '9f21c6'],
    ],
  )
})

test('run: with a time limit, a known-bad subject that was found need not be found again by the other strategy', async (t) => {
  const good = subject('two locks in one order')
  const found = failed(deadlock(), { status: 'passed', knownBad: true })
  const strategiesTried = async (...limit: string[]) => {
    const engine = fakeEngine({ subjects: [bad, good], campaign: ({ scenario }) => (scenario === bad.scenario ? found : passed(good.scenario.name)) })
    const { code } = await heddle(['run', ...limit], { engine })
    t.is(code, 0)
    return engine.campaigns.map(({ name, options }) => [name, options.strategy])
  }
  const ofGood = [
    [good.scenario.name, 'random'],
    [good.scenario.name, 'pct'],
  ]
  t.deepEqual(await strategiesTried('--time', '20s'), [[bad.scenario.name, 'random'], ...ofGood])
  t.deepEqual(await strategiesTried('--runs', '10'), [[bad.scenario.name, 'random'], [bad.scenario.name, 'pct'], ...ofGood])
})

test('run: a known-bad subject that is not found for all that is missed; Ctrl-C ends the search', async (t) => {
  const missed = passed(bad.scenario.name, { knownBad: true, status: 'missed', remarks: ['the known-bad subject was not found in 100 executions'] })
  const search = async (stopAfter: number) => {
    let interrupt = () => {}
    const engine = fakeEngine({
      subjects: [bad],
      campaign: () => {
        if (engine.campaigns.length === stopAfter) interrupt()
        return missed
      },
    })
    const { code, out } = await heddle(['run', '--seed', '9f21c4', '--time', '20s'], {
      engine,
      interruptible: (stop) => {
        interrupt = stop
      },
    })
    return { code, out, campaigns: engine.campaigns.length }
  }
  const whole = await search(Number.POSITIVE_INFINITY)
  // Once with each of two strategies, then each twice more.
  t.is(whole.campaigns, 6)
  t.is(whole.code, 3)
  t.regex(whole.out, /two locks in two orders +! missed/)
  const stopped = await search(3)
  t.is(stopped.campaigns, 3)
  t.is(stopped.code, 130)
})

test('run: another failure or a fault of a known-bad subject is not excused by the strategy that found it', async (t) => {
  const found = failed(deadlock(), { status: 'passed', knownBad: true })
  const others: [CampaignResult, number][] = [
    [passed(bad.scenario.name, { knownBad: true, status: 'fault', remarks: ['not deterministic'] }), 3],
    [failed(deadlock(), { knownBad: true, status: 'missed', remarks: ['expected "deadlock" to break, got "fifo"'] }), 3],
  ]
  for (const [other, expected] of others) {
    const engine = fakeEngine({ subjects: [bad], campaign: (_, { strategy }) => (strategy === 'pct' ? found : other) })
    t.is((await heddle(['run', '--out', folder(t)], { engine })).code, expected)
  }
})

test('run: a known-bad subject that no strategy finds is missed; what another scenario finds excuses nothing', async (t) => {
  const other = subject('other', { knownBad: { breaks: ['deadlock'] } })
  const engine = fakeEngine({
    subjects: [bad, other],
    campaign: (found) =>
      found === bad ? failed(deadlock(), { status: 'passed', knownBad: true }) : passed('other', { knownBad: true, status: 'missed', remarks: ['not found'] }),
  })
  const { code, out } = await heddle(['run'], { engine })
  t.is(code, 3)
  t.regex(out, /other +! missed/)
})

test('run: what stdout is told when the run is ended from outside', async (t) => {
  const why = { exitCode: 3, kind: 'stalled', message: 'scenario "b": expected a step or an end, got none for 10 s' } as const
  let stop: ((given: typeof why) => string) | undefined
  const said: string[] = []
  const engine = fakeEngine({
    subjects: [subject('a'), subject('b')],
    campaign: ({ scenario: { name } }) => {
      said.push(stop?.(why) ?? '')
      return passed(name)
    },
  })
  const world = { engine, stoppable: (answer: typeof stop) => (stop = answer) } as Parameters<typeof heddle>[1]
  await heddle(['run', '--strategy', 'random'], world)
  t.is(said[0], '')
  t.regex(said[1] as string, /a +✓ passed[\s\S]*2 campaigns: 1 not run, 1 passed; /)
  said.length = 0
  await heddle(['run', '--strategy', 'random', '--json'], world)
  const document = JSON.parse(said[1] as string)
  t.is(document.exitCode, 3)
  t.deepEqual(document.error, { kind: 'fault', message: why.message })
  t.deepEqual(
    document.results.map((result: { scenario: string }) => result.scenario),
    ['a'],
  )
})
