// A peer that crashes cleans nothing up: no `finally`, no disposal, no callback of it runs, in whatever way it was written.

import test from 'ava'
import { Pct } from './strategies/pct.js'
import { RandomWalk } from './strategies/random.js'
import { outcomeOf, subjectFrom } from './subjects.test.support.js'

/** What a peer may leave to be cleaned up. Each takes four steps, and cleaning is two: one of plain code, one of its own. */
const WAYS: Readonly<Record<string, string>> = {
  'using, with a guard': `peer({ words, clean }, me) { using guard = new Guard(clean, me); work(words) }`,
  'using, in a call of a call': `peer(world, me) { const deep = (left) => { using guard = new Guard(world.clean, me); if (left > 0) deep(left - 1); else work(world.words) }; deep(2) }`,
  'two guards': `peer({ words, clean }, me) { using one = new Guard(clean, me); Atomics.add(words, 0, 1); using two = new Guard(clean, me); work(words) }`,
  'await using': `async peer({ words, clean }, me) { await using guard = new AsyncGuard(clean, me); work(words); await null; work(words) }`,
  'try and finally, nested': `peer({ words, clean }, me) { try { try { work(words) } finally { clean(me) } } finally { clean(me) } }`,
  'finally of a generator in a loop': `peer({ words, clean }, me) {
    function* items() { try { yield 1; yield 2 } finally { clean.plainly(me) } }
    for (const item of items()) Atomics.add(words, 0, item)
  }`,
  'finally of a generator that delegates': `peer({ words, clean }, me) {
    function* inner() { try { yield 1; yield 2 } finally { clean.plainly(me) } }
    function* outer() { try { yield* inner() } finally { clean.plainly(me) } }
    for (const item of outer()) Atomics.add(words, 0, item)
  }`,
  'destructuring of a generator': `peer({ words, clean }, me) {
    function* items() { try { yield 1; yield 2 } finally { clean.plainly(me) } }
    for (const [one] of [items(), items()]) Atomics.add(words, 0, one)
    work(words)
  }`,
  'async function': `async peer({ words, clean }, me) { try { work(words); await null; work(words) } finally { clean(me) } }`,
  'async function that awaits another': `async peer({ words, clean }, me) {
    const inner = async () => { try { work(words); await null; work(words) } finally { clean(me) } }
    try { await inner(); await inner() } finally { clean(me) }
  }`,
  'async function that is not awaited': `async peer({ words, clean }, me) { const lost = async () => { try { await null; work(words) } finally { clean(me) } }; lost(); work(words) }`,
  'async generator': `async peer({ words, clean }, me) {
    async function* items() { try { yield 1; yield 2 } finally { clean.plainly(me) } }
    const iterator = items()
    for (let item = await iterator.next(); !item.done; item = await iterator.next()) Atomics.add(words, 0, item.value)
  }`,
  'for await': `async peer({ words, clean }, me) {
    try { for await (const item of [Promise.resolve(1), 2]) { work(words); await null } } finally { clean(me) }
  }`,
  'after a for await': `async peer({ words, clean }, me) { for await (const item of [1, 2]) Atomics.add(words, 0, item); clean(me); await null; clean(me) }`,
  'closing of what a for await was over': `async peer({ words, clean }, me) {
    const items = { [Symbol.asyncIterator]: () => ({ next: async () => ({ value: 1, done: false }), return: async () => { await null; clean(me); return {} } }) }
    for await (const item of items) { work(words); await null; if (Atomics.load(words, 0) > 0) break }
  }`,
  'for await over an async generator': `async peer({ words, clean }, me) {
    async function* items() { try { yield 1; await null; yield 2; work(words) } finally { await null; clean(me) } }
    try { for await (const item of items()) Atomics.add(words, 0, item) } finally { clean(me) }
  }`,
  'async generator with requests in a queue': `async peer({ words, clean }, me) {
    async function* items() { try { yield 1; clean(me); yield 2; clean(me) } finally { clean(me) } }
    const iterator = items()
    const all = [iterator.next(), iterator.next(), iterator.next()]
    work(words)
    await Promise.all(all)
    work(words)
  }`,
  'async generator that delegates': `async peer({ words, clean }, me) {
    async function* inner() { try { yield 1; await null; yield 2 } finally { await null; clean(me) } }
    async function* outer() { try { yield* inner(); await null } finally { await null; clean(me) } }
    for await (const item of outer()) Atomics.add(words, 0, item)
  }`,
  'finally of a promise': `async peer({ words, clean }, me) { await Promise.resolve().then(() => work(words)).finally(() => clean(me)) }`,
  'timer and microtask': `peer({ words, clean }, me) { setTimeout(() => clean(me), 5); queueMicrotask(() => clean(me)); work(words) }`,
  sleeping: `peer({ words, clean }, me) { try { work(words); me.sleep(5); Atomics.wait(words, 1, 0, 5) } finally { clean(me) } }`,
  'me.call': `peer({ words, clean }, me) { me.call('working', [], () => { try { work(words) } finally { clean(me) } }) }`,
}

const source = (peer: string) => `
  function work(words) { for (let i = 0; i < 2; i++) Atomics.add(words, 0, 1) }
  class Guard { constructor(clean, me) { this.clean = clean; this.me = me } [Symbol.dispose]() { this.clean(this.me) } }
  class AsyncGuard { constructor(clean, me) { this.clean = clean; this.me = me } async [Symbol.asyncDispose]() { await null; this.clean(this.me) } }
  export default scenario('dies untidily', {
    peers: 2,
    setup() {
      const words = new Int32Array(new SharedArrayBuffer(8))
      const clean = (me) => { me.event('cleans'); Atomics.add(words, 0, 1); me.event('cleaned') }
      clean.plainly = (me) => me.event('cleans')
      return { words, clean }
    },
    ${peer},
    faults: { crashes: 1, restarts: 1 },
  })`

for (const [way, peer] of Object.entries(WAYS)) {
  test.serial(`crash: nothing of the dead runs: ${way}`, async (t) => {
    const subject = await subjectFrom(source(peer))
    let crashes = 0
    let cleaned = 0
    for (const strategy of [new RandomWalk(), new Pct(3)]) {
      for (let seed = 1; seed <= 100; seed++) {
        const { history, trace, failure } = await outcomeOf(subject, seed, strategy)
        t.is(failure, undefined, failure?.message)
        const crash = history.find((event) => event.kind === 'crash')
        if (crash === undefined) {
          cleaned += history.filter((event) => event.name === 'cleans').length
          continue
        }
        crashes++
        // The crash is a step, so what comes with that step or later comes from a dead peer.
        const after = history.filter(
          (event) => event !== crash && event.peer === crash.peer && event.incarnation === crash.incarnation && event.step >= crash.step,
        )
        t.deepEqual(after, [], 'the dead reported something')
        const restart = history.find((event) => event.kind === 'restart')?.step ?? Number.POSITIVE_INFINITY
        t.false(
          trace.some((step) => step.lane === crash.peer && step.step > crash.step && step.step <= restart),
          'the dead took a step',
        )
      }
    }
    t.true(crashes > 10, `${crashes} crashes`)
    t.true(cleaned > 0, 'the living clean up')
  })
}
