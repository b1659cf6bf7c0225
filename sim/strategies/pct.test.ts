import test from 'ava'
import type { Body } from '../call-stack.js'
import type { DiscoveredScenario } from '../discover.js'
import { execution } from '../execution.js'
import { load, store } from '../operations.js'
import { executeMany, op, SITE, sharedWords, subjectOf } from '../subjects.test.support.js'
import { counters, ordersOf } from './laws.test.support.js'
import { Pct } from './pct.js'

/** How often `isBug` holds for the order of steps in `count` executions. */
async function share(subject: DiscoveredScenario, depth: number, lengthEstimate: number, count: number, isBug: (order: string) => boolean): Promise<number> {
  let found = 0
  for (const [order, times] of await ordersOf(subject, new Pct(depth), count, lengthEstimate)) if (isBug(order)) found += times
  return found / count
}

/** Position of the `nth` step of `peer` in the order. */
function at(order: string, peer: string, nth: number): number {
  let position = -1
  for (let i = 0; i < nth; i++) position = order.indexOf(peer, position + 1)
  return position
}

/** The bound, less four standard deviations: a right strategy falls below it with a probability of at most 3e-5. The seeds are fixed. */
function atLeast(bound: number, count: number): number {
  return bound - 4 * Math.sqrt((bound * (1 - bound)) / count)
}

test.serial('pct: a bug of depth 1 is found as often as its bound says', async (t) => {
  // Peer 1 must take its first step before peer 0 takes its own.
  const isBug = (order: string) => at(order, '1', 1) < at(order, '0', 1)
  t.true((await share(counters(2, 5), 1, 10, 10_000, isBug)) >= atLeast(1 / 2, 10_000))
  // The last of four peers first: 1/n.
  const isFirst = (order: string) => order.startsWith('3')
  t.true((await share(counters(4, 3), 1, 12, 10_000, isFirst)) >= atLeast(1 / 4, 10_000))
})

test.serial('pct: a bug of depth 2 is found as often as its bound says', async (t) => {
  // All of peer 1 between the fourth and the fifth step of peer 0.
  const isBug = (order: string) => at(order, '0', 4) < at(order, '1', 1) && at(order, '1', 8) < at(order, '0', 5)
  t.true((await share(counters(2, 8), 2, 16, 20_000, isBug)) >= atLeast(1 / (2 * 16), 20_000))
  t.is(await share(counters(2, 8), 1, 16, 1000, isBug), 0, 'depth 1 has no switches')
})

test.serial('pct: a bug of depth 3 is found as often as its bound says', async (t) => {
  const isBug = (order: string) =>
    at(order, '0', 2) < at(order, '1', 2) && at(order, '1', 2) < at(order, '0', 3) && at(order, '0', 3) < at(order, '1', 3) && order.startsWith('00')
  t.true((await share(counters(2, 5), 3, 10, 40_000, isBug)) >= atLeast(1 / (2 * 10 ** 2), 40_000))
})

test.serial('pct: without change points the peers run one after the other', async (t) => {
  const orders = await ordersOf(counters(3, 2), new Pct(1), 1000, 6)
  t.deepEqual([...orders.keys()].sort(), ['001122', '002211', '110022', '112200', '220011', '221100'])
})

test.serial('pct: who reads one word after another does not spin', async (t) => {
  // Peer 0 reads 40 words, each in a buffer of its own, then writes; peer 1 writes. Both orders of the writes must come up.
  const subject = subjectOf({
    peers: 2,
    setup: () => Array.from({ length: 40 }, () => sharedWords(1)),
    *peer(words, me): Body {
      if (me.id === 0) for (const word of words) yield* op(load(SITE, word, 0))
      yield* op(store(SITE, words[0] as Int32Array, 0, 1 + me.id))
      return undefined
    },
  })
  let firstFirst = 0
  const visit = () => {
    const order = Array.from({ length: execution.trace.steps }, (_, step) => execution.trace.wordAt(step) & 31)
    if (order.at(-1) === 1) firstFirst++
  }
  await executeMany(subject, new Pct(1), 4000, visit, { lengthEstimate: 42 })
  // The bound says 4000 / 2 / 16 = 125; a strategy that always takes reading for spinning says 0. Below 80 has a probability of 1e-5.
  t.true(firstFirst >= 80, `${firstFirst} of 4000`)
})
