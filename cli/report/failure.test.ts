import test from 'ava'
import type { Outcome } from '../../sim/outcome.js'
import { failureReport } from './failure.js'
import { golden } from './golden.test.helper.js'
import { brokenLock, deadlock, doubleFree, fivePeers, long, lostEntry, OutcomeBuilder, shrunkFrom, threw, unicode } from './outcome.test.helper.js'
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

test('report: a power failure says what survived, and what befell the disk stands with the peer', (t) => {
  golden(t, 'power-failure', report(lostEntry()))
  const many = report(lostEntry(40))
  t.is(many.filter((line) => line.includes('as last synced')).length, 10)
  t.true(
    many.some((line) => line.endsWith('· … and 29 more')),
    many.join('\n'),
  )
})

test('report: one that was made smaller says from what, and marks what it cannot do without', (t) => {
  const outcome = shrunkFrom(brokenLock(), { steps: 61, switches: 24, preemptions: 20 }, { necessary: [2] })
  golden(t, 'shrunk', report(outcome, { footer, found: { strategy: 'random', at: 1203 } }), 110)
})

test('report: of faults too, those are marked that it cannot do without', (t) => {
  golden(t, 'shrunk-faults', report(shrunkFrom(doubleFree(), { crashes: 2, steps: 1061, switches: 212, preemptions: 200 }, { necessary: [3], executions: 1 })))
})

test('report: while there was more to try, not all is known of what is necessary, and preemptions are marked', (t) => {
  const lines = report(shrunkFrom(brokenLock(), { steps: 61, switches: 24, preemptions: 20 }, { executions: 2000, complete: false }))
  t.true(lines.includes('  shrunk from 24 switches (20 preemptive), 61 steps, in 2,000 executions; there was more to try'))
  t.deepEqual(
    lines.filter((line) => /^ +▸ +\d/.test(line)).map((line) => Number(/\d+/.exec(line)?.[0])),
    [2, 4],
  )
  t.true(lines.includes('  ▸ the actor before could have gone on'))
})

test('report: one from which nothing could be taken away says nothing of it, and marks what it cannot do without', (t) => {
  const lines = report(shrunkFrom(brokenLock(), {}, { necessary: [4] }))
  t.notRegex(lines.join('\n'), /shrunk/)
  t.deepEqual(
    lines.filter((line) => line.includes('▸')).map((line) => line.trim().slice(0, 4)),
    ['▸  4', '▸ wi'],
  )
})

test('report: where nothing is necessary, nothing is marked', (t) => {
  t.notRegex(report(shrunkFrom(brokenLock(), { steps: 9 })).join('\n'), /▸/)
})

test('report: says from where on it was bound to fail', (t) => {
  const ending = (bakedInAt: number) => report(shrunkFrom(brokenLock(), { steps: 9 }, { necessary: [2], bakedInAt })).slice(-2)
  t.deepEqual(ending(3), [
    '  ▸ without this switch or fault it does not fail so',
    '  baked in at step 3: whichever way it went on from there, drawn at random, it failed so',
  ])
  t.is(ending(0)[1], '  baked in from the start: whichever way it went on from there, drawn at random, it failed so')
})

test('report: says whose clock was ahead', (t) => {
  const skewedClocks = [
    { actor: 'host', incarnation: 0, aheadMs: 1050 },
    { actor: 'receiver', incarnation: 1, aheadMs: 3 },
  ]
  t.is(report({ ...doubleFree(), skewedClocks })[2], "  host's clock is 1,050 ms ahead and receiver's clock is 3 ms ahead after restart 1")
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
  for (const outcome of [brokenLock(), doubleFree(), deadlock(), threw(), fivePeers(), fivePeers(16), unicode(), long(), shrunkFrom(doubleFree(), {})]) {
    const coloured = report(outcome, { palette: palette(1), footer }).join('\n')
    t.true(coloured.includes('\u001b['))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    t.is(coloured.replace(/\u001b\[\d+m/g, ''), report(outcome, { footer }).join('\n'))
  }
})

test('report: counts of a thousand and more are parted', (t) => {
  const outcome = brokenLock()
  const statistics = { ...outcome.statistics, peers: 1, steps: 1_048_576, switches: 2000, preemptions: 1000, crashes: 1 }
  const lines = report({ ...outcome, statistics }, { columns: 120, found: { strategy: 'random', at: 9999 } })
  t.true(lines.includes('  1 peer, 1 crash, 2,000 switches (1,000 preemptive), 1,048,576 steps; found by random in execution 10,000'), lines.join('\n'))
})

test('report: a fault that a step of a peer brings about stands in the lane of whom it befell', (t) => {
  const outcome = new OutcomeBuilder(['host', 'slow'])
    .step('slow', 1, 'load|this.x||1')
    .step('host', 2, 'store|this.status|2|2', { events: [{ kind: 'declared dead', name: 'slow', peer: 1 }] })
    .step('slow', 3, 'load|this.x||1')
    .end('false death', { name: 'x', message: 'y' })
  const lines = report(outcome)
  const at = lines.findIndex((line) => line.includes('✗ is declared dead'))
  const [header, slow] = [lines.find((line) => line.includes('host')) as string, lines[at] as string]
  t.is(slow.indexOf('✗'), header.indexOf('slow'))
  t.regex(lines[at - 1] as string, /store status ← 2/)
})

test('report: a long stack is cut, and says by how much', (t) => {
  const shown = (lines: number) => {
    const stack = ['Error: deep', ...Array.from({ length: lines - 1 }, (_, line) => `    at f${line} (a.ts:${line}:1)`)].join('\n')
    return report(new OutcomeBuilder(['a']).end('deep', { name: 'peer threw', message: 'deep', stack })).slice(-2)
  }
  t.deepEqual(shown(12), ['      at f9 (a.ts:9:1)', '      at f10 (a.ts:10:1)'])
  t.deepEqual(shown(13), ['      at f10 (a.ts:10:1)', '      … 1 more line'])
  t.deepEqual(shown(2000), ['      at f10 (a.ts:10:1)', '      … 1,988 more lines'])
})

test('report: a name and a message that are wider than the terminal', (t) => {
  const lines = report(
    new OutcomeBuilder(['a']).end('a scenario whose name alone is as wide as this', {
      name: 'an-invariant-with-a-long-name',
      message: 'word '.repeat(20).trim(),
    }),
    {
      columns: 60,
    },
  )
  t.is(lines[0], '✗ an-invariant-with-a-long-name  a scenario whose name alone is as wide as this')
  for (const line of lines.slice(1)) t.true(line.length <= 60, line)
  t.is(
    lines
      .filter((line) => line.includes('word'))
      .join(' ')
      .split('word').length - 1,
    20,
  )
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
    for (const outcome of [doubleFree(), deadlock(), fivePeers(), unicode(), long(200), shrunkFrom(doubleFree(), { steps: 1_048_576 }, { complete: false })]) {
      for (const line of report(outcome, { columns })) {
        // The heading may be wider where the scenario's name alone is.
        t.true([...line].length <= columns + 1, `${columns}: ${line}`)
      }
    }
  }
})
