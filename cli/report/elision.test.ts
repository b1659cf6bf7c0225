import test from 'ava'
import { chooseSteps } from './elision.js'
import { laneTable } from './lane-table.js'
import { long, OutcomeBuilder, shrunkFrom } from './outcome.test.helper.js'
import { plain } from './palette.js'

/** A lock that nobody gives back: one peer takes it, another one spins for ever. */
function spinning(spins: number, verdict: 'stuck' | 'violated') {
  const builder = new OutcomeBuilder(['holder', 'waiter'])
  builder.step('holder', 10, 'compareExchange|lock[0]|0 → 1|0')
  builder.step('holder', 11, 'store|owner[0]|7|')
  for (let at = 0; at < spins; at++) builder.step('waiter', 10, 'compareExchange|lock[0]|0 → 1|1')
  return builder.end('lock', { verdict, name: verdict, message: '' })
}

test('elision: of a stuck execution, what changed something last is shown, and a few of the steps that only spin', (t) => {
  t.deepEqual(chooseSteps(spinning(1000, 'stuck'), 40), [0, 1, 2, 3, 4, 5])
})

test('elision: of a violation, the last steps are shown although they change nothing', (t) => {
  const chosen = chooseSteps(spinning(1000, 'violated'), 40)
  t.is(chosen.length, 40)
  t.is(chosen.at(-1), 1001)
})

test('elision: in a stuck execution, a step of the environment is no spinning', (t) => {
  const builder = new OutcomeBuilder(['a', 'b'])
  for (let at = 0; at < 100; at++) builder.step('a', 10, 'load|lock[0]||1')
  builder.step('clock', 0, 'advance||+30 ms|', { lane: -1 })
  for (let at = 0; at < 100; at++) builder.step('b', 10, 'load|lock[0]||1')
  const chosen = chooseSteps(builder.end('lock', { verdict: 'stuck', name: 'stuck', message: '' }), 20)
  t.true(chosen.includes(100))
  t.is(chosen.at(-1), 104)
})

test('elision: a stuck execution in which nothing was ever changed shows its beginning', (t) => {
  const builder = new OutcomeBuilder(['a'])
  for (let at = 0; at < 100; at++) builder.step('a', 10, 'load|lock[0]||1')
  t.deepEqual(chooseSteps(builder.end('lock', { verdict: 'stuck', name: 'stuck', message: '' }), 20), [0, 1, 2, 3])
})

/** Whether the step with this number is chosen. */
const showing = (chosen: readonly number[]) => (step: number) => chosen.includes(step - 1)

test('elision: what a failure cannot do without is shown with the steps around it, however early it was', (t) => {
  const necessary = [77, 402, 1501]
  const shows = showing(chooseSteps(shrunkFrom(long(), { steps: 9000 }, { necessary }), 40))
  for (const step of necessary) t.deepEqual([step - 1, step, step + 1].map(shows), [true, true, true], `step ${step}`)
  t.deepEqual([1, 2998, 2999, 3000].map(shows), [true, true, true, true])
})

test('elision: with more of that than there is room for, the later ones are shown, and the last step', (t) => {
  const necessary = Array.from({ length: 40 }, (_, i) => 10 + 20 * i)
  const chosen = chooseSteps(shrunkFrom(long(), { steps: 9000 }, { necessary }), 40)
  const shows = showing(chosen)
  t.true(chosen.length <= 42, `${chosen.length} steps`)
  t.true(shows(3000))
  t.deepEqual(necessary.map(shows), [...Array(27).fill(false), ...Array(13).fill(true)])
})

test('elision: one that could not be made smaller in time is cut as any other', (t) => {
  t.deepEqual(chooseSteps(shrunkFrom(long(), { steps: 9000 }, { complete: false }), 40), chooseSteps(long(), 40))
})

test('elision: a short trace is shown whole, however many lines its calls and reports take', (t) => {
  const builder = new OutcomeBuilder(['a', 'b'])
  for (let at = 0; at < 24; at++)
    builder.step(at % 2 === 0 ? 'a' : 'b', 10, `store|word[${at}]|1|`, { calls: [`call${at}`, 'inner'], events: [{ name: 'something' }], state: { at } })
  const outcome = builder.end('lock', { name: 'broken', message: '' })
  const table = laneTable(outcome, { columns: 100, stepsMax: 24, palette: plain }).join('\n')
  t.notRegex(table, /…/)
  t.regex(laneTable(outcome, { columns: 100, stepsMax: 23, palette: plain }).join('\n'), /… {2}\d+ steps/)
})

test('lane table: a path of calls loses its outermost ones', (t) => {
  const builder = new OutcomeBuilder(['a', 'b'])
  const calls = [
    'SlotUser.allocate',
    'TagLostWhenEmptyPool.allocate',
    'TagLostWhenEmptyPool.allocateInto',
    'TagLostWhenEmptyPool.requireLive',
    'PeerTable.requireLive',
  ]
  builder.step('b', 10, 'load|status||5', { calls }).step('b', 11, 'load|status||5', { calls })
  const lines = laneTable(builder.end('pool', { name: 'broken', message: '' }), { columns: 80, palette: plain })
  t.true(lines.includes('        … › allocateInto() › requireLive() › PeerTable.requireLive()'), lines.join('\n'))
})
