// Laws that every strategy obeys, and a wrapper that looks at the scheduler while a strategy is asked.

import type { TestFn } from 'ava'
import type { Actor } from '../actor.js'
import type { Body } from '../call-stack.js'
import type { DiscoveredScenario } from '../discover.js'
import { execution } from '../execution.js'
import { add, compareExchange, load, store } from '../operations.js'
import { sleep } from '../pending-operations.js'
import type { StreamName } from '../random-streams.js'
import { actorsOfTrace, executeMany, op, SITE, sharedWords, subjectOf } from '../subjects.test.support.js'
import { LEAD_MAX, type Run, type Strategy } from './strategy.js'

/** Asks another strategy, and asserts that question and answer are in order. */
export class Watched implements Strategy {
  readonly name: string
  picks = 0
  readonly #inner: Strategy

  constructor(inner: Strategy) {
    this.#inner = inner
    this.name = inner.name
  }

  get lead(): number {
    const { lead } = this.#inner
    must(Number.isInteger(lead) && lead >= 1 && lead <= LEAD_MAX, `a lead of ${lead}`)
    return lead
  }

  begin(run: Run): void {
    this.#inner.begin(run)
  }

  pick(run: Run): Actor {
    this.picks++
    const ready = run.ready.slice(0, run.readyCount)
    const everybody = execution.cast.everybody
    must(run.enabledCount >= 2, `asked with ${run.enabledCount} enabled`)
    must(run.enabledCount === run.readyCount + run.enabledEnvironment.length, 'enabledCount is not the sum')
    must(new Set(ready).size === ready.length, 'an actor is ready twice')
    must(
      ready.every((actor) => actor.state === 'ready'),
      'an actor in `ready` is not ready',
    )
    must(everybody.filter((actor) => actor.state === 'ready').length === ready.length, 'a ready actor is not in `ready`')
    must(everybody.filter((actor) => actor.state === 'blocked').length === execution.blockedCount, 'blockedCount is not the number of blocked actors')
    must(
      ready.every((actor, slot) => actor.slot === slot),
      'an actor is not in its slot',
    )
    const actor = this.#inner.pick(run)
    must(ready.includes(actor) || run.enabledEnvironment.includes(actor), `${actor.name} was picked, who is not enabled`)
    return actor
  }

  choose(run: Run, bound: number, label: string, stream: StreamName): number {
    must(bound >= 2, `asked for one of ${bound}`)
    const value = this.#inner.choose(run, bound, label, stream)
    must(Number.isInteger(value) && value >= 0 && value < bound, `${value} was chosen of ${bound}`)
    return value
  }
}

function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(`law broken: ${what}`)
}

/** `peers` peers, each with `steps` operations on one word. */
export function counters(peers: number, steps: number): DiscoveredScenario {
  return subjectOf({
    peers,
    setup: () => sharedWords(1),
    *peer(words): Body {
      for (let i = 0; i < steps; i++) yield* op(add(SITE, words, 0, 1))
      return undefined
    },
  })
}

/** A lock that spins; the section is one step long. */
export function spinLock(peers: number, times = 1): DiscoveredScenario {
  return subjectOf({
    peers,
    setup: () => sharedWords(1),
    *peer(words): Body {
      for (let i = 0; i < times; i++) {
        while ((yield* op(compareExchange(SITE, words, 0, 0, 1))) !== 0) {}
        yield* op(store(SITE, words, 0, 0))
      }
      return undefined
    },
  })
}

/** A lock that nobody ever releases. */
export function neverReleased(): DiscoveredScenario {
  return subjectOf({
    peers: 2,
    stepsMax: 2000,
    setup: () => sharedWords(1),
    *peer(words): Body {
      while ((yield* op(compareExchange(SITE, words, 0, 0, 1))) !== 0) yield* op(load(SITE, words, 0))
      return undefined
    },
  })
}

/** Declares the tests of one strategy. */
export function obeysTheLaws(test: TestFn, name: string, make: () => Strategy): void {
  test.serial(`${name}: a seed determines choices, trace and outcome`, async (t) => {
    for (const subject of [counters(3, 4), spinLock(3), faulty()]) {
      const first = await hashes(subject, make())
      // A second strategy object, and one that has run other seeds before.
      const used = make()
      await hashes(counters(2, 3), used)
      t.deepEqual(await hashes(subject, make()), first)
      t.deepEqual(await hashes(subject, used), first)
    }
  })

  test.serial(`${name}: other seeds give other schedules`, async (t) => {
    // 4 peers: even without any change point there are 24 orders; that 100 seeds agree has a probability of 24^-99.
    t.true(new Set(await hashes(counters(4, 4), make())).size > 1)
  })

  test.serial(`${name}: only enabled actors are picked, and only where there is a choice`, async (t) => {
    for (const subject of [counters(1, 5), counters(3, 4), spinLock(3, 2), faulty(), restarting()]) {
      const watched = new Watched(make())
      await executeMany(subject, watched, 300, () => {})
      if (subject.scenario.kinds.length === 1 && subject.scenario.faults === undefined) t.is(watched.picks, 0)
    }
    t.pass()
  })

  test.serial(`${name}: programs that end under a fair scheduler end`, async (t) => {
    await executeMany(spinLock(3, 3), make(), 500, (seed) => {
      if (execution.failure !== undefined) t.fail(`seed ${seed.toString(16)}: ${execution.failure.message}`)
      if (execution.trace.steps > 2000) t.fail(`seed ${seed.toString(16)}: ${execution.trace.steps} steps`)
    })
    t.pass()
  })

  test.serial(`${name}: a lock that nobody releases is stuck, not unknown`, async (t) => {
    await executeMany(neverReleased(), make(), 20, () => t.is(execution.failure?.verdict, 'stuck'))
  })
}

/** Every order of the steps of `subject` that `count` executions took, as text such as `0110`. */
export async function ordersOf(subject: DiscoveredScenario, strategy: Strategy, count: number, lengthEstimate: number): Promise<Map<string, number>> {
  const orders = new Map<string, number>()
  const visit = () => {
    const order = actorsOfTrace().join('')
    orders.set(order, (orders.get(order) ?? 0) + 1)
  }
  await executeMany(subject, strategy, count, visit, { lengthEstimate })
  return orders
}

async function hashes(subject: DiscoveredScenario, strategy: Strategy): Promise<string[]> {
  const found: string[] = []
  await executeMany(subject, strategy, 100, () => found.push(`${execution.trace.hash()} ${execution.failure?.name}`))
  return found
}

/** Crashes, a recovery, false deaths and a clock. */
export function faulty(): DiscoveredScenario {
  return subjectOf({
    peers: 3,
    setup: () => sharedWords(2),
    *peer(words, me): Body {
      yield* op(add(SITE, words, 0, 1 + me.random(3)))
      yield* op(sleep(3))
      yield* op(add(SITE, words, 1, 1))
      return undefined
    },
    faults: { crashes: 2, falseDeaths: 1 },
    recover: () => {},
  })
}

/** One peer that crashes and starts again. */
export function restarting(): DiscoveredScenario {
  return subjectOf({
    peers: 1,
    setup: () => sharedWords(1),
    *peer(words): Body {
      for (let i = 0; i < 4; i++) yield* op(add(SITE, words, 0, 1))
      return undefined
    },
    faults: { crashes: 2, restarts: 2 },
  })
}
