// What a thread keeps for itself: its id, state found by that id, and what `node:async_hooks` holds.

import test from 'ava'
import type { Outcome } from './outcome.js'
import { Pct } from './strategies/pct.js'
import { RandomWalk } from './strategies/random.js'
import { campaignOf, outcomeOf, subjectFrom } from './subjects.test.support.js'

const dataOf = <T>({ history }: Outcome, name: string): { readonly peer: number; readonly incarnation: number; readonly data: T }[] =>
  history.filter((event) => event.name === name).map(({ peer, incarnation, data }) => ({ peer, incarnation, data: data as T }))

test.serial('threadId: one for each peer, the same in all its steps and all executions, another after a restart', async (t) => {
  const subject = await subjectFrom(`
    import { threadId, isMainThread } from 'node:worker_threads'
    import * as threads from 'node:worker_threads'
    let atSetup
    export default scenario('threads', {
      peers: 3,
      setup: () => { atSetup = [threadId, isMainThread]; return new Int32Array(new SharedArrayBuffer(4)) },
      peer(words, me) {
        const idOf = () => threadId
        for (let i = 0; i < 4; i++) {
          Atomics.add(words, 0, 1)
          me.event('ids', [threadId, threads.threadId, idOf(), [0].map(() => threadId)[0], process.getBuiltinModule('node:worker_threads').threadId])
        }
        me.event('at set-up', atSetup)
        me.event('main', isMainThread)
      },
      recover(words, dead, me) { Atomics.load(words, 0); me.event('ids', [threadId]) },
      faults: { crashes: 1, restarts: 1 },
    })`)
  const idsOfPeers = new Map<string, number>()
  let restarts = 0
  for (const strategy of [new RandomWalk(), new Pct(3)]) {
    for (let seed = 1; seed <= 100; seed++) {
      const outcome = await outcomeOf(subject, seed, strategy)
      t.is(outcome.failure, undefined, outcome.failure?.message)
      for (const { peer, incarnation, data } of dataOf<number[]>(outcome, 'ids')) {
        t.is(new Set(data).size, 1)
        const known = idsOfPeers.get(`${peer}.${incarnation}`) ?? data[0]
        t.is(data[0], known)
        idsOfPeers.set(`${peer}.${incarnation}`, known as number)
        if (incarnation > 0) restarts++
      }
      for (const { data } of dataOf(outcome, 'at set-up')) t.deepEqual(data, [0, true], 'set-up is the main thread')
      for (const { data } of dataOf(outcome, 'main')) t.false(data)
    }
  }
  t.is(new Set(idsOfPeers.values()).size, idsOfPeers.size, 'no two threads have one id')
  t.false([...idsOfPeers.values()].includes(0))
  t.true(restarts > 0)
})

test.serial('thread state: a map on a handle, keyed by threadId, is private to each thread and empty at the beginning', async (t) => {
  const subject = await subjectFrom(`
    import { threadId } from 'node:worker_threads'
    class Manager {
      #threads = new Map()
      #private = new WeakMap()
      constructor(words) { this.words = words }
      enter() {
        const before = this.#threads.get(threadId)
        const local = before ?? { entered: 0, token: {} }
        this.#threads.set(threadId, local)
        Atomics.add(this.words, 0, 1)
        local.entered++
        this.#private.set(local.token, local.entered)
        Atomics.add(this.words, 0, 1)
        return [before === undefined, local.entered, this.#private.get(local.token), this.#threads.size]
      }
    }
    export default scenario('manager', {
      peers: 3,
      setup: () => new Manager(new Int32Array(new SharedArrayBuffer(4))),
      peer(manager, me) { for (let i = 0; i < 3; i++) me.event('entered', manager.enter()) },
      faults: { crashes: 1, restarts: 1 },
    })`)
  let restarted = 0
  for (let seed = 1; seed <= 200; seed++) {
    const outcome = await outcomeOf(subject, seed)
    t.is(outcome.failure, undefined, outcome.failure?.message)
    const turns = new Map<string, number>()
    for (const { peer, incarnation, data } of dataOf<[boolean, number, number, number]>(outcome, 'entered')) {
      const turn = (turns.get(`${peer}.${incarnation}`) ?? 0) + 1
      turns.set(`${peer}.${incarnation}`, turn)
      t.deepEqual(data.slice(0, 3), [turn === 1, turn, turn], 'a thread finds what it left, and a restarted peer is a new thread')
      t.true(data[3] <= 4)
      if (incarnation > 0) restarted++
    }
  }
  t.true(restarted > 0)
})

test.serial('async_hooks: a context belongs to a peer and to its tasks, across steps, and ends with the execution', async (t) => {
  const subject = await subjectFrom(`
    import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
    const storage = new AsyncLocalStorage()
    const other = new AsyncLocalStorage()
    const step = (words) => Atomics.add(words, 0, 1)
    export default scenario('contexts', {
      peers: 2,
      setup: () => { const before = storage.getStore(); storage.enterWith('of set-up'); return { words: new Int32Array(new SharedArrayBuffer(4)), before } },
      async peer({ words, before }, me) {
        const say = (label, store = storage.getStore()) => me.event(label, store)
        say('set-up began', before)
        say('at first')
        say('other at first', other.getStore())
        other.enterWith('other ' + me.id)
        const result = storage.run('run ' + me.id, (more) => { step(words); say('in run'); step(words); return more + storage.getStore() }, 'got ')
        say('result', result)
        step(words)
        say('after run')
        storage.enterWith('entered ' + me.id)
        step(words)
        say('entered')
        storage.exit(() => { step(words); say('in exit') })
        const keep = AsyncLocalStorage.bind(() => { step(words); return storage.getStore() })
        const snap = AsyncLocalStorage.snapshot()
        const resource = new AsyncResource('ours')
        const later = []
        storage.run('inner ' + me.id, () => {
          later.push(new Promise((resolve) => setTimeout(() => { step(words); say('in timer'); resolve() }, 5)))
          later.push((async () => { step(words); await null; step(words); say('after await') })())
          later.push(Promise.resolve().then(() => { step(words); say('in then') }))
          queueMicrotask(() => { step(words); say('in microtask') })
          say('bound', keep())
          say('snapped', snap(() => { step(words); return storage.getStore() }))
          say('scoped', resource.runInAsyncScope(() => { step(words); return storage.getStore() }))
        })
        await Promise.all(later)
        step(words)
        say('in the end')
        say('other in the end', other.getStore())
        try { storage.run('thrown', () => { step(words); throw new Error('on purpose') }) } catch {}
        say('after a throw')
        storage.disable()
        say('disabled')
      },
    })`)
  const own = (text: string) => (peer: number) => `${text} ${peer}`
  const expected: Record<string, (peer: number) => unknown> = {
    'set-up began': () => undefined,
    'at first': () => undefined,
    'other at first': () => undefined,
    'in run': own('run'),
    result: own('got run'),
    'after run': () => undefined,
    entered: own('entered'),
    'in exit': () => undefined,
    'in timer': own('inner'),
    'after await': own('inner'),
    'in then': own('inner'),
    'in microtask': own('inner'),
    bound: own('entered'),
    snapped: own('entered'),
    scoped: own('entered'),
    'in the end': own('entered'),
    'other in the end': own('other'),
    'after a throw': own('entered'),
    disabled: () => undefined,
  }
  for (const strategy of [new RandomWalk(), new Pct(3)]) {
    for (let seed = 1; seed <= 40; seed++) {
      const outcome = await outcomeOf(subject, seed, strategy)
      t.is(outcome.failure, undefined, outcome.failure?.message)
      for (const [label, storeOf] of Object.entries(expected)) {
        const said = dataOf(outcome, label)
        t.deepEqual(said.map(({ peer }) => peer).sort(), [0, 1], label)
        for (const { peer, data } of said) t.is(data, storeOf(peer), `${label} of peer ${peer}`)
      }
    }
  }
  t.deepEqual((await campaignOf(subject, { runs: 20 })).insideOneStep, [], 'what they call is stepped')
})

test.serial('async_hooks: what set-up entered is gone in the next execution, and no peer sees it', async (t) => {
  const subject = await subjectFrom(`
    import { AsyncLocalStorage } from 'node:async_hooks'
    const storage = new AsyncLocalStorage()
    export default scenario('set-up', {
      peers: 2,
      setup: () => { const before = storage.getStore(); storage.enterWith('of set-up'); return { words: new Int32Array(new SharedArrayBuffer(4)), before, after: storage.getStore() } },
      peer({ words, before, after }, me) {
        Atomics.add(words, 0, 1)
        me.event('stores', JSON.stringify([before, after, storage.getStore()]))
        storage.enterWith('of a peer')
      },
      invariants: [{ name: 'own-stores', onEvent: ({ data }) => data === '[null,"of set-up",null]' ? undefined : data }],
    })`)
  const result = await campaignOf(subject, { runs: 50 })
  t.is(result.status, 'passed', result.remarks.join())
})

test.serial('async_hooks: outside an execution the real ones are used', async (t) => {
  const subject = await subjectFrom(`
    import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
    const storage = new AsyncLocalStorage()
    export const seen = storage.run('real', () => [storage.getStore(), AsyncLocalStorage.snapshot()(() => storage.getStore()), new AsyncResource('r').runInAsyncScope(() => storage.getStore()), storage.exit(() => storage.getStore())])
    seen.push(await storage.run('later', async () => { await null; return storage.getStore() }))
    export default scenario('outside', { about: JSON.stringify(seen), peers: 1, setup: () => 0, peer(_, me) { me.step('one') } })`)
  t.deepEqual(JSON.parse(subject.scenario.about as string), ['real', 'real', 'real', null, 'later'])
})
