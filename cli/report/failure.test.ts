import test from 'ava'
import type { Outcome } from '../../sim/outcome.js'
import { failureReport } from './failure.js'
import { golden } from './golden.test.helper.js'
import { brokenLock, deadlock, doubleFree, fivePeers, long, OutcomeBuilder, threw, unicode } from './outcome.test.helper.js'
import { palette, plain } from './palette.js'

const footer = [
  ['replay', 'npx heddle replay .heddle/failures/pool-7f3a.json'],
  ['seed', 'npx heddle run scenarios/pool.scenario.ts --scenario pool --strategy random --seed 9f21c4 --runs 1'],
] as const

const report = (outcome: Outcome, more: Partial<Parameters<typeof failureReport>[1]> = {}) => failureReport(outcome, { columns: 100, palette: plain, ...more })

test('report: two peers in one critical section', (t) => {
  golden(t, 'violation', report(brokenLock(), { footer, found: { strategy: 'random', at: 1203 } }), 110)
})

test('report: a crash and the clock stand in the table', (t) => {
  golden(t, 'crash', report(doubleFree()))
})

test('report: a deadlock ends in who waits for what', (t) => {
  golden(t, 'deadlock', report(deadlock()))
})

test('report: a peer that threw shows its stack', (t) => {
  golden(t, 'peer-threw', report(threw()))
})

test('report: five peers have narrow lanes and wide text', (t) => {
  golden(t, 'five-peers', report(fivePeers()))
})

test('report: sixteen peers are named in a column', (t) => {
  golden(t, 'sixteen-peers', report(fivePeers(16)))
})

test('report: wide characters, joined emoji and control characters keep the columns', (t) => {
  golden(t, 'unicode', report(unicode()))
})

test('report: a long trace is cut to about 50 lines', (t) => {
  const lines = report(long())
  golden(t, 'long', lines)
  t.true(lines.length <= 60, `${lines.length} lines`)
})

test('report: an expected failure is short', (t) => {
  const lines = report(long(), {
    expected: true,
    because: 'the tail is read before the item is there',
    found: { strategy: 'pct', at: 0 },
    footer: [['seed', 'npx heddle run …']],
  })
  golden(t, 'expected', lines)
  t.true(lines.length <= 42, `${lines.length} lines`)
})

test('report: a narrow terminal', (t) => {
  golden(t, 'narrow', [...report(doubleFree(), { columns: 60 }), ...report(fivePeers(), { columns: 60 })], 60)
})

test('report: a wide terminal', (t) => {
  golden(t, 'wide', [...report(doubleFree(), { columns: 160 })], 160)
})

test('report: full shows every step', (t) => {
  const text = report(long(400), { full: true }).join('\n')
  for (let step = 1; step <= 400; step++) t.regex(text, new RegExp(`^[ ▸]+${step} `, 'm'))
  t.notRegex(text, /… {2}\d/)
})

test('report: every elided step is accounted for', (t) => {
  const lines = report(long())
  const shown = lines.filter((line) => /^ +(▸ +)?\d+ {2,}/.test(line)).length
  const elided = lines.flatMap((line) => /^ +… {2}([\d,]+) steps?/.exec(line)?.[1] ?? []).reduce((sum, figure) => sum + Number(figure.replace(',', '')), 0)
  t.is(shown + elided, 3000)
})

test('report: the same text with and without colour', (t) => {
  for (const outcome of [brokenLock(), doubleFree(), deadlock(), threw(), fivePeers(), fivePeers(16), unicode(), long()]) {
    const coloured = report(outcome, { palette: palette(1), footer }).join('\n')
    t.true(coloured.includes('\u001b['))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    t.is(coloured.replace(/\u001b\[\d+m/g, ''), report(outcome, { footer }).join('\n'))
  }
})

test('report: nothing happened', (t) => {
  const lines = report(new OutcomeBuilder(['a']).end('empty', { name: 'at-end', message: 'nothing was done' }))
  t.deepEqual(lines, [`✗ at-end  nothing was done${' '.repeat(69)}empty`, '  1 peer, 0 switches, 0 steps', '', '  no step was taken'])
})

test('report: a replay that stopped early, and one that passed', (t) => {
  const outcome = new OutcomeBuilder(['a']).step('a', 1, 'load|this.x||1').end('short', undefined)
  t.regex(report(outcome, { until: 1 })[0] as string, /^✓ no failure yet {2}stopped after step 1, as asked/)
  t.regex(report(outcome)[0] as string, /^✓ passed +short$/)
})

test('report: columns hold with every width', (t) => {
  for (let columns = 60; columns <= 140; columns += 7) {
    for (const outcome of [doubleFree(), deadlock(), fivePeers(), unicode(), long(200)]) {
      for (const line of report(outcome, { columns })) {
        // The heading may be wider where the scenario's name alone is.
        t.true([...line].length <= columns + 1, `${columns}: ${line}`)
      }
    }
  }
})
