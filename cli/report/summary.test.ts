import test from 'ava'
import { failed, passed } from '../engine.test.helper.js'
import { golden } from './golden.test.helper.js'
import { brokenLock, deadlock } from './outcome.test.helper.js'
import { palette, plain } from './palette.js'
import { doneText, progressText } from './progress.js'
import { summary, verdictOf } from './summary.js'
import { width } from './text.js'

const rows = [
  { result: passed('spin lock', { executions: 1_234_567, steps: 40_000_000, elapsedMs: 12_345, distinct: 1_000_000 }), interrupted: false },
  { result: passed('生产者与消费者: a scenario with a name that is far too long for a table', { strategy: 'pct' }), interrupted: false },
  { result: failed(brokenLock()), interrupted: false },
  { result: failed(deadlock(), { status: 'passed', knownBad: true }), interrupted: false },
  { result: passed('queue', { status: 'missed', knownBad: true, remarks: ['fifo was not found within 10,000 executions'] }), interrupted: false },
  { result: passed('vacuous', { status: 'fault', remarks: ['no two peers ever touched the same location, so nothing was tested'] }), interrupted: false },
  { result: passed('endless', { status: 'unknown', unknown: 3, remarks: ['3 executions ran out of steps'] }), interrupted: false },
  { result: passed('cut short', { executions: 0, steps: 0, elapsedMs: 0, distinct: 0, status: 'unknown', remarks: ['not to be seen'] }), interrupted: true },
]

test('summary: every verdict, every remark once, one closing sentence', (t) => {
  const lines = summary(rows, { columns: 100, palette: plain, seed: '9f21c4', elapsedMs: 61_000, notRun: 2 })
  golden(t, 'summary', lines, 180)
  t.false(lines.join('\n').includes('not to be seen'))
})

test('summary: a remark of all strategies names none', (t) => {
  const said = (strategy: string) => ({ result: passed('lock', { strategy, remarks: ['never full'] }), interrupted: false })
  const lines = summary([said('random'), said('pct')], { columns: 100, palette: plain, seed: '1', elapsedMs: 1, notRun: 0 })
  t.deepEqual(
    lines.filter((line) => line.includes('never full')),
    ['  · lock: never full'],
  )
})

test('summary: module-level state is named once for each place, whatever the scenario', (t) => {
  const at = (line: number) => ({ name: 'counter', position: { file: 'src/x.ts', line, column: 5 } })
  const both = [passed('one', { stateful: [at(3)] }), passed('two', { strategy: 'pct', stateful: [at(3), at(9)] })].map((result) => ({
    result,
    interrupted: false,
  }))
  const lines = summary(both, { columns: 160, palette: plain, seed: '1', elapsedMs: 1, notRun: 0 })
  const said = 'module-level state survives from one execution to the next: counter at src/x.ts'
  t.deepEqual(
    lines.filter((line) => line.includes('module-level')),
    [3, 9].map((line) => `  · ${said}:${line} (fine for a cache whose content is always the same)`),
  )
})

test('summary: a row for each scenario, its variants below it, whatever the order of the run', (t) => {
  const both = (name: string, more: Parameters<typeof passed>[1] = {}) =>
    ['random', 'pct'].map((strategy) => ({ result: passed(name, { strategy, executions: 100, ...more }), interrupted: false }))
  const lines = summary(
    [
      ...both('pool / no-intent', { knownBad: true, firstFailureAt: 4 }),
      ...both('queue'),
      ...both('pool'),
      ...both('stack / aba'),
      { result: passed('pool / half', { strategy: 'random', knownBad: true, firstFailureAt: 0 }), interrupted: false },
      { result: passed('pool / half', { strategy: 'pct', knownBad: true, status: 'missed' }), interrupted: false, foundByAnother: true },
    ],
    { columns: 100, palette: plain, seed: '1', elapsedMs: 1, notRun: 0 },
  )
  t.deepEqual(
    lines.slice(1, 6).map((line) => line.trimEnd().replace(/(✓ \w+) .* (?=random|–)/, '$1  ')),
    [
      '  queue         ✓ passed  –',
      '  pool          ✓ passed  –',
      '    / no-intent ✓ found  random 5, pct 5',
      '    / half      ✓ found  random 1',
      '  stack / aba   ✓ passed  –',
    ].map((line) => line.replace(/ (?=✓)/, '  ')),
  )
})

test('summary: what weighs most stands in the row', (t) => {
  const row = (strategy: string, status: 'passed' | 'failed' | 'fault' | 'unknown', interrupted = false) => ({
    result: passed('pool', { strategy, status }),
    interrupted,
  })
  const word = (rows: Parameters<typeof summary>[0]) =>
    /pool +\S (\w+)/.exec(summary(rows, { columns: 100, palette: plain, seed: '1', elapsedMs: 1, notRun: 0 }).join('\n'))?.[1]
  t.is(word([row('random', 'passed'), row('pct', 'failed')]), 'failed')
  t.is(word([row('random', 'fault'), row('pct', 'passed')]), 'fault')
  t.is(word([row('random', 'fault'), row('pct', 'failed')]), 'failed')
  t.is(word([row('random', 'passed'), row('pct', 'unknown')]), 'unknown')
  t.is(word([row('random', 'passed'), row('pct', 'passed', true)]), 'stopped')
})

test('summary: a label that one strategy saw was seen; numbers of executions make no second remark', (t) => {
  const said = (strategy: string, executions: number, ...remarks: string[]) => ({
    result: passed('lock', { strategy, executions, remarks }),
    interrupted: false,
  })
  const lines = summary(
    [said('random', 33, 'never in 33 executions: "full"', 'never in 33 executions: "empty"'), said('pct', 65, 'never in 65 executions: "full"')],
    {
      columns: 100,
      palette: plain,
      seed: '1',
      elapsedMs: 1,
      notRun: 0,
    },
  )
  t.deepEqual(
    lines.filter((line) => line.startsWith('  ·')),
    ['  · lock: never in 65 executions: "full"'],
  )
})

test('summary: one of a thing, and thousands of it', (t) => {
  const options = { columns: 100, palette: plain, seed: '1', elapsedMs: 1 }
  const closing = (all: Parameters<typeof summary>[0], notRun: number) => summary(all, { ...options, notRun }).at(-1)
  const one = passed('lock', { executions: 1 })
  t.is(closing([{ result: one, interrupted: false }], 0), '1 campaign: 1 passed; 1 execution in 1 ms, seed 1.')
  const said = (name: string, status: 'passed' | 'fault', count: number) =>
    Array.from({ length: count }, (_, index) => ({ result: passed(`${name} ${index}`, { status, executions: 2 }), interrupted: false }))
  t.is(
    closing([...said('good', 'passed', 1234), ...said('bad', 'fault', 1)], 1000),
    '2,235 campaigns: 1 harness fault, 1,000 not run, 1,234 passed; 2,470 executions in 1 ms, seed 1.',
  )
})

test('summary: one execution and several make no second remark', (t) => {
  const said = (strategy: string, executions: number, remark: string) => ({
    result: passed('lock', { strategy, executions, remarks: [remark] }),
    interrupted: false,
  })
  const lines = summary([said('random', 1, 'not finished: 1 execution'), said('pct', 65, 'not finished: 65 executions')], {
    columns: 100,
    palette: plain,
    seed: '1',
    elapsedMs: 1,
    notRun: 0,
  })
  t.deepEqual(
    lines.filter((line) => line.startsWith('  ·')),
    ['  · lock: not finished: 65 executions'],
  )
})

test('summary: the same text with and without colour', (t) => {
  const options = { columns: 100, seed: '1', elapsedMs: 1, notRun: 0 }
  const coloured = summary(rows, { ...options, palette: palette(1) }).join('\n')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
  t.is(coloured.replace(/\u001b\[\d+m/g, '').replace(/ +$/gm, ''), summary(rows, { ...options, palette: plain }).join('\n'))
})

test('summary: nothing was run', (t) => {
  t.deepEqual(summary([], { columns: 100, palette: plain, seed: '1', elapsedMs: 3, notRun: 4 }), ['4 campaigns: 4 not run; 0 executions in 3 ms, seed 1.'])
})

test('progress: fits the terminal, whatever its width', (t) => {
  const progress = { scenario: '生产者与消费者 with a long name', strategy: 'pct', executions: 41_200, steps: 1_200_000, distinct: 1204, elapsedMs: 133 }
  t.is(
    progressText(progress, 2, 24, 140, plain),
    '[3/24] 生产者与消费者 with a long name · pct  41,200 executions  310 k/s  9 M steps/s  1,204 distinct  133 ms',
  )
  for (let columns = 10; columns < 140; columns++) t.true(width(progressText(progress, 2, 24, columns, plain)) <= columns, String(columns))
})

test('progress: one execution is one', (t) => {
  const progress = { scenario: 'lock', strategy: 'pct', executions: 1, steps: 1000, distinct: 1, elapsedMs: 1000 }
  t.is(progressText(progress, 0, 1, 140, plain), '[1/1] lock · pct  1 execution  1/s  1 k steps/s  1 distinct  1 s')
})

test('progress: a line for each verdict', (t) => {
  t.deepEqual(
    rows.map((row) => verdictOf(row).word),
    ['passed', 'passed', 'violated', 'found', 'missed', 'fault', 'unknown', 'stopped'],
  )
  t.is(doneText(rows[0] as (typeof rows)[0], plain), '✓ passed  spin lock · random  1,234,567 executions  100 k/s  3.2 M steps/s  1,000,000 distinct  12.3 s')
})
