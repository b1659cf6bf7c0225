// Leases that end at any step, while their party is slow: how often the situations come up that matter. All seeds are fixed, so the
// figures are the same each time; after a change of the strategies they are new, and each bound is below what was measured by a third or more.

import test from 'ava'
import type { DiscoveredScenario } from './discover.js'
import { execution } from './execution.js'
import { Pct } from './strategies/pct.js'
import { RandomWalk } from './strategies/random.js'
import { campaignOf, executeMany, outcomeOf, subjectFrom } from './subjects.test.support.js'

const STRATEGIES = { random: () => new RandomWalk(), pct: () => new Pct(3) } as const

/**
 * A lock word that names its holder, who must have a lease that is not over. Whoever waits takes it over once the holder's lease is over.
 * `publish` is the step that ends the critical section: right is to exchange the word against the one that was taken.
 */
const leaseLock = (publish: string) => `
  // Word 0: times it was taken << 8 | holder + 1; then the end of each party's lease, in ms since the beginning.
  const LOCK = 0, LEASE = 1, HOLDER = 255
  class Over extends Error {}
  class LeaseLock {
    constructor(words, began, id) { this.words = words; this.began = began; this.id = id }
    begin() {
      const now = Date.now()
      Atomics.store(this.words, LEASE + this.id, now - this.began + 10_000)
    }
    isOver(party) {
      const end = Atomics.load(this.words, LEASE + party)
      const now = Date.now()
      return now - this.began >= end
    }
    own() {
      const over = this.isOver(this.id)
      if (over) throw new Over()
    }
    lock(polls) {
      for (;;) {
        const word = Atomics.load(this.words, LOCK)
        const holder = (word & HOLDER) - 1
        const mayTake = holder < 0 || this.isOver(holder)
        if (!mayTake) {
          if (polls-- === 0) return undefined
          Atomics.wait(this.words, LOCK, word, 1)
          continue
        }
        this.own()
        const mine = (((word >>> 8) + 1) << 8) | (this.id + 1)
        const found = Atomics.compareExchange(this.words, LOCK, word, mine)
        if (found === word) return { word: mine, tookOver: holder >= 0 }
      }
    }
    publish(taken) {
      this.own()
      ${publish}
      return found === taken
    }
  }
  export default scenario('lease lock', {
    peers: 2,
    setup: () => ({ words: new Int32Array(new SharedArrayBuffer(12)), began: Date.now(), taken: 0 }),
    peer({ words, began }, me) {
      const lock = new LeaseLock(words, began, me.id)
      for (let round = 0; round < 2; round++) {
        lock.begin()
        try {
          const held = lock.lock(20)
          if (held === undefined) { me.event('timeout'); continue }
          if (held.tookOver) me.event('takeover')
          const published = lock.publish(held.word)
          me.event(published ? 'published' : 'zombie')
        } catch (error) {
          if (!(error instanceof Over)) throw error
          me.event('over')
        }
      }
    },
    deadlines: ({ words, began }) => [words[1], words[2]].map((end) => began + end),
    invariants: [{
      name: 'taken-never-falls',
      begin(world) { world.taken = 0 },
      everyStep(world) {
        const taken = world.words[LOCK] >>> 8
        if (taken < world.taken) return 'it was taken ' + world.taken + ' times, and then ' + taken
        world.taken = taken
      },
    }],
  })`

const GOOD = leaseLock('const found = Atomics.compareExchange(this.words, LOCK, taken, taken & ~HOLDER)')
const BLIND = leaseLock('const found = Atomics.store(this.words, LOCK, taken & ~HOLDER) | (this.id + 1)')

const EXECUTIONS = 20_000

/** In how many of a thousand executions each event was reported. */
async function perThousand(subject: DiscoveredScenario, strategy: RandomWalk | Pct, lengthEstimate: number): Promise<(name: string) => number> {
  const counts = new Map<string, number>()
  await executeMany(
    subject,
    strategy,
    EXECUTIONS,
    () => {
      if (execution.failure !== undefined) throw new Error(execution.failure.message)
      for (const name of new Set(execution.history.map((event) => event.name))) counts.set(name, (counts.get(name) ?? 0) + 1)
    },
    { lengthEstimate },
  )
  return (name) => ((counts.get(name) ?? 0) * 1000) / EXECUTIONS
}

test.serial('expiry: parties are slow past the end of their lease, and others take over, often enough', async (t) => {
  const subject = await subjectFrom(GOOD)
  // Measured: random 4.8 zombies in a thousand executions and 100 takeovers, pct 10 and 110.
  const leasts = { random: { zombie: 2.5, takeover: 60, published: 600, timeout: 10 }, pct: { zombie: 6, takeover: 60, published: 600, timeout: 5 } }
  for (const name of ['random', 'pct'] as const) {
    const share = await perThousand(subject, STRATEGIES[name](), 60)
    for (const [event, least] of Object.entries(leasts[name])) t.true(share(event) >= least, `${name}: ${event} in ${share(event)} of 1,000`)
  }
})

test.serial('expiry: a blind publish of a zombie is found, and the exchange is not', async (t) => {
  const [good, blind] = [await subjectFrom(GOOD), await subjectFrom(BLIND)]
  for (const strategy of ['random', 'pct'] as const) {
    // Found once in about 250 executions (random) and 100 (pct): missed in 5,000 with a probability of 2e-9 at most.
    for (const seed of ['1', 'a1', 'b2', 'c3', 'd4']) {
      const { failure, firstFailureAt } = await campaignOf(blind, { strategy, seed, runs: 5000 })
      t.is(failure?.failure?.name, 'taken-never-falls', `${strategy} with seed ${seed}`)
      t.true((firstFailureAt ?? 0) < 5000)
    }
    const passed = await campaignOf(good, { strategy, runs: 20_000 })
    t.is(passed.status, 'passed', passed.remarks.join())
  }
})

test.serial('expiry: a lease ends before every step of its holder, and time stops just before, at and just after', async (t) => {
  const steps = 6
  const subject = await subjectFrom(`
    export default scenario('holder', {
      peers: { holder: 1, other: 1 },
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)), expiry: Date.now() + 10_000, at: 0 }),
      peer: {
        holder(world) { for (world.at = 0; world.at < ${steps}; world.at++) Atomics.add(world.words, 0, 1) },
        other(world, me) { for (let i = 0; i < 8; i++) Atomics.wait(world.words, 1, 0, 1) },
      },
      deadlines: ({ expiry }) => [expiry],
      describe: ({ at, expiry }) => ({ at, left: expiry - Date.now() }),
    })`)
  for (const name of ['random', 'pct'] as const) {
    const seen = new Set<string>()
    for (let seed = 1; seed <= 600; seed++) {
      const { trace, failure } = await outcomeOf(subject, seed, STRATEGIES[name]())
      t.is(failure, undefined, failure?.message)
      for (const { operation, state } of trace) if (operation === 'advance') seen.add(`step ${Number(state?.at) + 1}, ${state?.left} ms left`)
    }
    for (let step = 1; step <= steps; step++)
      for (const left of [1, 0, -1]) t.true(seen.has(`step ${step}, ${left} ms left`), `${name}: never before step ${step} with ${left} ms left`)
  }
})

test.serial('expiry: nobody stands still where nobody else can go on', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('alone', {
      peers: 1,
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(4)), expiry: Date.now() + 10 }),
      peer({ words }) { for (let i = 0; i < 10; i++) Atomics.add(words, 0, 1) },
      deadlines: ({ expiry }) => [expiry],
    })`)
  for (const strategy of ['random', 'pct'] as const) {
    const result = await campaignOf(subject, { strategy, runs: 5000 })
    t.is(result.status, 'passed', result.remarks.join())
    // Ten steps of the peer, three expiries in two executions, and some of the clock's own: 11.5 in the mean. Pauses would add two and more.
    const mean = result.steps / result.executions
    t.true(mean < 12, `${mean} steps`)
  }
})
