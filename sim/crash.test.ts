// Crashes, restarts, false deaths and recoveries.

import test from 'ava'
import type { Actor } from './actor.js'
import { execution } from './execution.js'
import { CRASH } from './operation.js'
import { Watched } from './strategies/laws.test.support.js'
import { Pct } from './strategies/pct.js'
import { RandomWalk } from './strategies/random.js'
import type { Run } from './strategies/strategy.js'
import { campaignOf, executeMany, outcomeOf, subjectFrom } from './subjects.test.support.js'

test.serial('crash: between any two steps, and nothing of the dead runs after it', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('dies anywhere', {
      peers: { worker: 2 },
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(64)), plain: [0, 0], cleaned: [0, 0] }),
      peer: {
        worker({ words, plain, cleaned }, me) {
          try {
            Atomics.load(words, 15)
            for (let i = 1; i <= 5; i++) { Atomics.store(words, 8 * me.id, i); plain[me.id] = i }
          } finally {
            cleaned[me.id]++
            Atomics.store(words, 8 * me.id + 1, 1)
          }
        },
      },
      faults: { crashes: 1 },
      invariants: [{
        name: 'the dead are dead',
        atEnd({ words, plain, cleaned }, history) {
          const [crash] = history.filter((event) => event.kind === 'crash')
          for (const id of [0, 1]) {
            const died = crash !== undefined && crash.peer === id
            const done = words[8 * id]
            if (plain[id] !== done) return 'local code of a step ran in part'
            if (!died && (cleaned[id] !== 1 || words[8 * id + 1] !== 1)) return 'finally of a living peer did not run'
            if (died && cleaned[id] !== 0 && done !== 5) return 'finally of the dead ran'
            if (died && words[8 * id + 1] !== 0) return 'a step of the dead ran'
          }
        },
      }],
    })`)
  for (const strategy of ['random', 'pct'] as const) {
    const result = await campaignOf(subject, { strategy, runs: 3000 })
    t.is(result.status, 'passed', result.remarks.join() || result.failure?.failure?.message)
  }
  for (const strategy of [new RandomWalk(), new Pct(3)]) {
    const steps = new Set<string>()
    // 14 places, each with a probability above 1/50: one is missed in 3,000 with a probability below 14 · (49/50)^3000 = 1e-25.
    await executeMany(
      subject,
      strategy,
      3000,
      () => {
        for (let step = 0; step < execution.trace.steps; step++) {
          if (execution.trace.kindAt(step) !== CRASH) continue
          const victim = (execution.trace.wordAt(step) >>> 10) & 31
          const before = Array.from({ length: step }, (_, i) => execution.trace.wordAt(i) & 31).filter((id) => id === victim).length
          steps.add(`${victim}:${before}`)
        }
      },
      { lengthEstimate: 14 },
    )
    t.is(steps.size, 14)
  }
})

test.serial('crash: a peer that waits leaves the queue, and its time-out is gone', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('dies waiting', {
      peers: { waiter: 2, notifier: 1 },
      setup: () => new Int32Array(new SharedArrayBuffer(64)),
      peer: {
        waiter(words, me) { me.event('result', Atomics.wait(words, 0, 0, 1000)); },
        notifier(words, me) {
          for (let i = 0; i < 6; i++) me.step('looks on')
          me.event('woken', Atomics.notify(words, 0))
        },
      },
      faults: { crashes: 2, victims: ['waiter'] },
    })`)
  const woken = new Set<unknown>()
  for (let seed = 1; seed <= 300; seed++) {
    const outcome = await outcomeOf(subject, seed, new RandomWalk(), { lengthEstimate: 8 })
    t.is(outcome.failure, undefined)
    const notified = outcome.trace.findIndex((step) => step.operation === 'notify')
    const past = outcome.trace.slice(0, notified)
    // Its time-out may have come first.
    if (past.some((step) => step.operation === 'advance')) continue
    const dead = past
      .filter((step) => step.operation === 'crash')
      .map((step) => outcome.history.find((event) => event.kind === 'crash' && event.step === step.step)?.peer)
    const waiting = new Set(past.filter((step) => step.operation === 'wait' && step.result === '').map((step) => step.lane))
    for (const step of past) if (step.operation === 'wake') waiting.delete(step.lane)
    for (const peer of dead) waiting.delete(peer as number)
    t.is(outcome.trace[notified]?.result, String(waiting.size), `seed ${seed}`)
    if (dead.length > 0) woken.add(waiting.size)
  }
  t.true(woken.has(0) && woken.has(1))
})

test.serial('crash: timers, tasks and sleeps of the dead come to nothing, also after a restart', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('timers of the dead', {
      peers: { sleeper: 1, other: 1 },
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(64)), fired: [] }),
      peer: {
        sleeper({ words, fired }, me) {
          const { incarnation } = me
          setTimeout(() => { fired.push([incarnation, me.incarnation]) }, 40)
          setInterval(() => { fired.push([incarnation, me.incarnation]) }, 15)
          queueMicrotask(() => { fired.push([incarnation, me.incarnation]) })
          const before = performance.now()
          if (incarnation === 0) me.sleep(100)
          else if (Atomics.wait(words, 0, 0, 1000) !== 'timed-out') throw new Error('woken by nobody')
          else if (performance.now() - before < 1000) throw new Error('woken by the sleep of the dead')
        },
        other({ words }, me) { for (let i = 0; i < 4; i++) me.step('looks on') },
      },
      faults: { crashes: 1, restarts: 1, victims: ['sleeper'] },
      stepsMax: 300,
      invariants: [{ name: 'own timers', everyStep: ({ fired }) => { const bad = fired.find(([a, b]) => a !== b); return bad && 'a timer of incarnation ' + bad[0] + ' fired in ' + bad[1] } }],
    })`)
  let restarted = 0
  for (let seed = 1; seed <= 200; seed++) {
    const outcome = await outcomeOf(subject, seed, new RandomWalk(), { lengthEstimate: 8 })
    // The interval goes on for ever.
    t.true(outcome.failure === undefined || outcome.failure.name === 'step limit', outcome.failure?.message)
    if (outcome.history.some((event) => event.kind === 'restart')) restarted++
  }
  t.true(restarted > 20)
})

test.serial('crash: no time passes for timers of the dead', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('no heirs', {
      peers: { sleeper: 1 },
      setup: () => new Int32Array(new SharedArrayBuffer(4)),
      peer: { sleeper(words, me) { setTimeout(() => {}, 5); Atomics.wait(words, 0, 0, 50) } },
      faults: { crashes: 1 },
    })`)
  let crashed = 0
  for (let seed = 1; seed <= 50; seed++) {
    const outcome = await outcomeOf(subject, seed, new RandomWalk(), { lengthEstimate: 2 })
    const crash = outcome.trace.findIndex((step) => step.operation === 'crash')
    if (crash < 0) continue
    crashed++
    t.is(crash, outcome.trace.length - 1, 'steps after the death of the only peer')
  }
  t.true(crashed > 5)
})

test.serial('crash: an async peer dies between two awaits', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('dies async', {
      peers: { worker: 2 },
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(64)), cleaned: [] }),
      peer: {
        async worker({ words, cleaned }, me) {
          try {
            for (let i = 1; i <= 3; i++) { Atomics.store(words, me.id, i); await null }
            Atomics.load(words, 9)
          } finally {
            cleaned.push(me.id)
          }
        },
      },
      faults: { crashes: 1 },
      invariants: [{ name: 'the dead are dead', atEnd({ words, cleaned }, history) {
        const crash = history.find((event) => event.kind === 'crash')
        for (const id of [0, 1]) {
          // It may die when its code has ended but its promise has not settled.
          if (cleaned.includes(id) === (crash?.peer === id) && words[id] !== 3) return 'peer ' + id + ' cleaned up: ' + cleaned.includes(id)
          if (crash?.peer !== id && words[id] !== 3) return 'not finished'
        }
      } }],
    })`)
  for (const strategy of ['random', 'pct'] as const) {
    const result = await campaignOf(subject, { strategy, runs: 400 })
    t.is(result.status, 'passed', result.remarks.join() || result.failure?.failure?.message)
  }
})

test.serial('recovery: runs once for each death, as an actor of its own, and learns who died', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('recovery', {
      peers: { worker: 2, bystander: 1 },
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(64)), deaths: [] }),
      peer: {
        worker({ words }) { for (let i = 0; i < 3; i++) Atomics.add(words, 0, 1) },
        bystander({ words }) { Atomics.add(words, 1, 1) },
      },
      recover({ words, deaths }, dead, me) {
        Atomics.add(words, 2, 1)
        deaths.push({ ...dead, by: me.kind, me: me.id })
        Atomics.add(words, 2, 1)
      },
      faults: { crashes: 2, falseDeaths: 1, victims: ['worker'] },
      invariants: [{ name: 'recovered', atEnd({ words, deaths }, history) {
        const events = history.filter((event) => event.kind === 'crash' || event.kind === 'declared dead')
        if (deaths.length !== events.length) return deaths.length + ' recoveries for ' + events.length + ' deaths'
        if (words[2] !== 2 * deaths.length) return 'a recovery did not finish'
        if (deaths.some((dead) => dead.kind !== 'worker' || dead.by !== 'recovery' || dead.me < 3)) return 'wrong: ' + JSON.stringify(deaths)
        if (deaths.filter((dead) => !dead.crashed).length !== events.filter((event) => event.kind !== 'crash').length) return 'wrong crashed'
        if (events.filter((event) => event.kind === 'crash').length > 2) return 'over the budget of crashes'
        if (events.filter((event) => event.kind !== 'crash').length > 1) return 'over the budget of false deaths'
        if (words[1] !== 1) return 'a bystander died'
      } }],
    })`)
  for (const strategy of ['random', 'pct'] as const) {
    const result = await campaignOf(subject, { strategy, runs: 3000 })
    t.is(result.status, 'passed', result.remarks.join() || result.failure?.failure?.message)
  }
  const seen = { crashes: 0, accused: 0, both: 0 }
  for (let seed = 1; seed <= 200; seed++) {
    const { history, lanes, trace } = await outcomeOf(subject, seed, new RandomWalk(), { lengthEstimate: 7 })
    const crashes = history.filter((event) => event.kind === 'crash').length
    const accused = history.filter((event) => event.kind === 'declared dead').length
    if (crashes === 2) seen.crashes++
    if (accused === 1) seen.accused++
    if (crashes > 0 && accused > 0) seen.both++
    t.is(lanes.length, 3 + crashes + accused)
    t.true(trace.every((step) => step.lane < lanes.length))
  }
  t.true(seen.crashes > 5 && seen.accused > 5 && seen.both > 5, JSON.stringify(seen))
})

test.serial('restart: the peer begins anew, one incarnation higher, within the budget', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('restarts', {
      peers: { worker: 1, other: 1 },
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(64)), starts: [] }),
      peer: {
        worker({ words, starts }, me) {
          const local = { touched: 0 }
          starts.push(me.incarnation)
          for (let i = 0; i < 4; i++) { Atomics.add(words, me.incarnation, 1); local.touched++ }
          if (local.touched !== 4) throw new Error('local state survived')
        },
        other({ words }, me) { Atomics.load(words, 0); me.step('b') },
      },
      faults: { crashes: 3, restarts: 2, victims: ['worker'] },
      invariants: [{ name: 'restarts', atEnd({ words, starts }, history) {
        const restarts = history.filter((event) => event.kind === 'restart')
        if (starts.join() !== [0, 1, 2].slice(0, restarts.length + 1).join()) return 'started as ' + starts
        if (restarts.some((event, i) => event.incarnation !== i + 1)) return 'wrong incarnation'
        if (words[starts.length - 1] > 4) return 'too many steps'
      } }],
    })`)
  for (const strategy of ['random', 'pct'] as const) {
    const result = await campaignOf(subject, { strategy, runs: 2000 })
    t.is(result.status, 'passed', result.remarks.join() || result.failure?.failure?.message)
  }
  // Also the last incarnation dies at every place: its first step, and its last.
  for (const strategy of [new RandomWalk(), new Pct(3)]) {
    const deaths = new Map<number, Set<number>>()
    await executeMany(
      subject,
      strategy,
      6000,
      () => {
        let crashes = 0
        let since = 0
        for (let step = 0; step < execution.trace.steps; step++) {
          const kind = execution.trace.kindAt(step)
          const actor = execution.trace.wordAt(step) & 31
          if (actor === 0) since++
          if (kind !== CRASH) continue
          const places = deaths.get(crashes) ?? new Set()
          deaths.set(crashes++, places.add(since))
          since = 0
        }
      },
      { lengthEstimate: 6 },
    )
    for (const [incarnation, places] of deaths) t.deepEqual([...places].sort(), [0, 1, 2, 3], `incarnation ${incarnation}`)
    t.is(deaths.size, 3)
  }
})

test.serial('crash: what a dead peer did counts as behaviour', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('behaviour', {
      peers: { worker: 1, other: 1 },
      setup: () => new Int32Array(new SharedArrayBuffer(64)),
      peer: { worker(words) { for (let i = 0; i < 6; i++) Atomics.store(words, 0, i) }, other(words) { Atomics.load(words, 8) } },
      faults: { crashes: 1, victims: ['worker'] },
    })`)
  const result = await campaignOf(subject, { runs: 500 })
  // Seven: dead before each of its six steps, and not at all.
  t.is(result.distinct, 7)
})

test.serial('faults: budgets hold whatever a strategy picks', async (t) => {
  // Picks everybody who is enabled with equal odds, crasher and all.
  class Vandal extends RandomWalk {
    override pick(run: Run): Actor {
      const enabled = [...run.ready.slice(0, run.readyCount), ...run.enabledEnvironment]
      return enabled[run.stream('schedule').draw(enabled.length)] as Actor
    }
  }
  const subject = await subjectFrom(`
    export default scenario('vandalised', {
      peers: { worker: 3, spared: 1 },
      setup: () => new Int32Array(new SharedArrayBuffer(64)),
      peer: {
        worker(words, me) { for (let i = 0; i < 5; i++) { Atomics.add(words, 0, 1); if (i === 2) Atomics.wait(words, 1, 0, 5) } },
        spared(words, me) { me.sleep(3); Atomics.add(words, 0, 1) },
      },
      recover(words) { Atomics.sub(words, 0, 1) },
      faults: { crashes: 3, restarts: 2, falseDeaths: 2, victims: ['worker'] },
    })`)
  const most = { crash: 0, restart: 0, 'declared dead': 0 }
  for (let seed = 1; seed <= 300; seed++) {
    const { history, failure } = await outcomeOf(subject, seed, new Watched(new Vandal()))
    t.is(failure, undefined, failure?.message)
    for (const kind of ['crash', 'restart', 'declared dead'] as const) {
      const events = history.filter((event) => event.kind === kind)
      t.true(events.every((event) => event.name === 'worker'))
      most[kind] = Math.max(most[kind], events.length)
    }
  }
  t.deepEqual(most, { crash: 3, restart: 2, 'declared dead': 2 })
})
