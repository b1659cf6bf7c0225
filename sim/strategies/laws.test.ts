import test from 'ava'
import type { Actor } from '../actor.js'
import type { Body } from '../call-stack.js'
import { execution } from '../execution.js'
import { load, store } from '../operations.js'
import type { RecordedChoice } from '../recording.js'
import { actorsOfTrace, execute, executeMany, loadSubject, op, outcomeOf, SITE, STRATEGIES, sharedWords, subjectOf } from '../subjects.test.support.js'
import { counters, faulty, obeysTheLaws, ordersOf, restarting, spinLock, Watched } from './laws.test.support.js'
import { RandomWalk } from './random.js'
import { Replay } from './replay.js'
import type { Run } from './strategy.js'

for (const [name, make] of Object.entries(STRATEGIES)) {
  obeysTheLaws(test, name, make)

  test.serial(`${name}: what it did is replayed, choice by choice`, async (t) => {
    for (const subject of [counters(3, 20), spinLock(3, 2), faulty(), restarting()]) {
      for (let seed = 1; seed <= 40; seed++) {
        const recorded = await outcomeOf(subject, seed, make())
        const choices = recorded.recording.choices as RecordedChoice[]
        const strategy = new Replay(choices)
        const replayed = await outcomeOf(subject, seed, new Watched(strategy))
        t.is(replayed.traceHash, recorded.traceHash, `seed ${seed}`)
        t.is(strategy.left, 0)
      }
    }
  })

  test.serial(`${name}: an execution in full is the same as one at full speed`, async (t) => {
    for (const subject of [counters(3, 20), spinLock(3, 2), faulty(), restarting()]) {
      for (let seed = 1; seed <= 100; seed++) {
        loadSubject(subject)
        await execute(seed, make())
        const hash = execution.trace.hash()
        const order = actorsOfTrace().join()
        const { traceHash } = await outcomeOf(subject, seed, make())
        t.is(actorsOfTrace().join(), order, `seed ${seed}`)
        t.is(traceHash, hash)
      }
    }
  })
}

const ALL_ORDERS = ['0011', '0101', '0110', '1001', '1010', '1100']

for (const name of ['random', 'pct, depth 3', 'pct, depth 10']) {
  test.serial(`${name}: every schedule of a tiny program comes up`, async (t) => {
    // Each order has a probability of at least 1/32 (PCT, depth 3): that one is missed in 1,000 is below 6 · (31/32)^1000 = 1e-13.
    const orders = await ordersOf(counters(2, 2), (STRATEGIES[name] as () => RandomWalk)(), 1000, 4)
    t.deepEqual([...orders.keys()].sort(), ALL_ORDERS)
  })

  test.serial(`${name}: a crash comes before every step of every peer`, async (t) => {
    const points = new Set<string>()
    const strategy = (STRATEGIES[name] as () => RandomWalk)()
    const visit = () => {
      const order = actorsOfTrace()
      const at = order.indexOf(29)
      if (at < 0) return
      const victim = (execution.trace.wordAt(at) >>> 10) & 31
      points.add(`${victim} before its step ${order.slice(0, at).filter((id) => id === victim).length}`)
    }
    const subject = counters(2, 4)
    await executeMany(subject, strategy, 4000, visit, { crashes: 1, lengthEstimate: 8 })
    t.deepEqual(
      [...points].sort(),
      [0, 1].flatMap((victim) => [0, 1, 2, 3].map((step) => `${victim} before its step ${step}`)),
    )
  })
}

test.serial('laws: the watch sees a strategy that picks somebody who is not enabled', async (t) => {
  class Bad extends RandomWalk {
    override pick(): never {
      return execution.peers.find((actor) => actor.state === 'done') as never
    }
  }
  await t.throwsAsync(() => executeMany(counters(3, 2), new Watched(new Bad()), 20, () => {}))
})

test.serial('stuck: not where somebody who is ready was never picked', async (t) => {
  class Starver extends RandomWalk {
    override pick(run: Run): Actor {
      return run.ready.slice(0, run.readyCount).reduce((first, actor) => (actor.id < first.id ? actor : first))
    }
  }
  const subject = subjectOf({
    peers: 2,
    stepsMax: 3000,
    setup: () => sharedWords(1),
    *peer(words, me): Body {
      if (me.id === 1) yield* op(store(SITE, words, 0, 1))
      else while ((yield* op(load(SITE, words, 0))) === 0) {}
      return undefined
    },
  })
  await executeMany(subject, new Starver(), 1, () => t.is(execution.failure?.verdict, 'unknown'))
})
