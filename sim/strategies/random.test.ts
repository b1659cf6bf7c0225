import test from 'ava'
import { counters, ordersOf } from './laws.test.support.js'
import { RandomWalk } from './random.js'

/** Chi-square statistic of counts against probabilities. */
function chiSquare(orders: ReadonlyMap<string, number>, expected: Readonly<Record<string, number>>, count: number): number {
  let sum = 0
  for (const [order, probability] of Object.entries(expected)) sum += ((orders.get(order) ?? 0) - count * probability) ** 2 / (count * probability)
  return sum
}

test.serial('random: each of two peers is as likely as the other at every step', async (t) => {
  const expected = { '0011': 1 / 4, '1100': 1 / 4, '0101': 1 / 8, '0110': 1 / 8, '1001': 1 / 8, '1010': 1 / 8 }
  const orders = await ordersOf(counters(2, 2), new RandomWalk(), 40_000, 4)
  // 5 degrees of freedom: a right strategy exceeds 30.9 with a probability of 1e-5, once and for all, since the seeds are fixed.
  t.true(chiSquare(orders, expected, 40_000) < 30.9)
})

test.serial('random: all orders of four peers are equally likely', async (t) => {
  const orders = await ordersOf(counters(4, 1), new RandomWalk(), 48_000, 4)
  t.is(orders.size, 24)
  const expected = Object.fromEntries([...orders.keys()].map((order) => [order, 1 / 24]))
  // 23 degrees of freedom: exceeds 65 with a probability of 7e-6.
  t.true(chiSquare(orders, expected, 48_000) < 65)
})

test.serial('random: all orders of six peers are equally likely', async (t) => {
  const orders = await ordersOf(counters(6, 1), new RandomWalk(), 72_000, 6)
  t.is(orders.size, 720)
  const expected = Object.fromEntries([...orders.keys()].map((order) => [order, 1 / 720]))
  // 719 degrees of freedom: mean 719, deviation 38; 5 of these above the mean has a probability of 1e-6.
  t.true(chiSquare(orders, expected, 72_000) < 910)
})

test.serial('random: chi-square tells a biased walk from a fair one', async (t) => {
  class Biased extends RandomWalk {
    #asked = 0
    override pick(run: Parameters<RandomWalk['pick']>[0]) {
      return ++this.#asked % 20 === 0 ? (run.ready[0] as never) : super.pick(run)
    }
  }
  const expected = { '0011': 1 / 4, '1100': 1 / 4, '0101': 1 / 8, '0110': 1 / 8, '1001': 1 / 8, '1010': 1 / 8 }
  t.true(chiSquare(await ordersOf(counters(2, 2), new Biased(), 40_000, 4), expected, 40_000) > 30.9)
})
