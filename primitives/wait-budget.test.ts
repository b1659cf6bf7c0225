import test from 'ava'
import { PEER_ENTRY_BYTES, PeerTable } from './peer-table.js'
import { WaitBudget } from './wait-budget.js'

function peers(): PeerTable {
  return new PeerTable(new Int32Array(new SharedArrayBuffer(PEER_ENTRY_BYTES)), 0, 1)
}

test('wait budget: 0 ms gives up at once', (t) => {
  const budget = new WaitBudget(peers(), 0, 0)
  t.is(budget.blockedBy, undefined)
  t.false(budget.sleepFor(7))
  t.is(budget.blockedBy, 7)
  t.true(budget.expired())
})

test('wait budget: sleeps add up to the bound, counted from the first wait', (t) => {
  const budget = new WaitBudget(peers(), 0, 20)
  const startMs = performance.now()
  let sleeps = 0
  while (budget.sleepFor(undefined)) sleeps += 1
  t.true(performance.now() - startMs >= 20)
  // Each sleep is 1 ms at most, and rarely less.
  t.true(sleeps > 0 && sleeps < 100)
  t.true(budget.expired())
})
