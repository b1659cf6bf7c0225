// Asynchronous peers: a peer alone does everything in the order in which Node does it. The same file runs both ways.

import { pathToFileURL } from 'node:url'
import test from 'ava'
import { discover } from './discover.js'
import { campaignOf, outcomeOf, scenarioFile, subjectFrom, temporaryFolder } from './subjects.test.support.js'

type Program = (log: (text: string) => void) => unknown

/** Runs of a program by Node itself until one goes as it does on a machine that is idle. */
const NATIVE_ATTEMPTS = 5

/** Each runs as one macrotask, and logs; it ends with its event loop. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'microtasks run when the stack is empty': `(log) => {
    queueMicrotask(() => log('microtask'))
    log('stack')
  }`,
  'microtasks run before immediates': `(log) => {
    setImmediate(() => { log('immediate'); queueMicrotask(() => log('of the immediate')) })
    queueMicrotask(() => { log('one'); queueMicrotask(() => log('two')) })
    log('stack')
  }`,
  'process.nextTick runs before microtasks': `(log) => {
    queueMicrotask(() => { log('microtask 1'); process.nextTick(() => log('tick of a microtask')) })
    process.nextTick(() => { log('tick 1'); process.nextTick(() => log('tick of a tick')); queueMicrotask(() => log('microtask of a tick')) })
    queueMicrotask(() => log('microtask 2'))
    process.nextTick((...args) => log('tick 2 ' + args), 1, 2)
  }`,
  'promise callbacks are microtasks': `(log) => {
    Promise.resolve(1).then((value) => log('then ' + value)).then(() => log('then then'))
    queueMicrotask(() => log('between'))
    Promise.reject(new Error('no')).catch((error) => log(error.message)).finally(() => log('finally'))
    log('stack')
  }`,
  'await continues as a microtask': `async (log) => {
    const other = async (name) => { log(name + ' 1'); await null; log(name + ' 2'); await null; log(name + ' 3'); return name }
    queueMicrotask(() => log('queued'))
    const a = other('a')
    const b = other('b')
    log('stack')
    log('got ' + (await a) + (await b))
  }`,
  'timers fire by due time, then in order of their start': `(log) => {
    setTimeout(() => log('40'), 40)
    setTimeout((...args) => log('20 ' + args), 20, 'with', 'arguments')
    setTimeout(() => { log('0'); setTimeout(() => log('0 in 0'), 0) }, 0)
    setTimeout(() => log('also 20'), 20)
    setTimeout(() => { log('80'); queueMicrotask(() => log('microtask of 80')) }, 80)
  }`,
  'microtasks of one timer run before the next timer': `(log) => {
    setTimeout(() => { log('first'); queueMicrotask(() => log('microtask')); process.nextTick(() => log('tick')) }, 5)
    setTimeout(() => log('second'), 5)
  }`,
  'a timer that another stops does not fire, also when both are due': `(log) => {
    setTimeout(() => { log('first'); clearTimeout(second); clearTimeout(third) }, 5)
    const second = setTimeout(() => log('second'), 5)
    const third = setTimeout(() => log('third'), 50)
    const early = setTimeout(() => log('early'), 1)
    clearTimeout(early)
  }`,
  'an interval goes on until it is cleared': `(log) => {
    let count = 0
    const interval = setInterval(() => { log('tick ' + ++count); if (count === 3) clearInterval(interval) }, 2)
    const immediate = setImmediate(() => log('never'))
    clearImmediate(immediate)
  }`,
  'refresh starts a timer anew': `(log) => {
    const timer = setTimeout(() => log('refreshed'), 30)
    setTimeout(() => { log('refreshing'); timer.refresh() }, 15)
    setTimeout(() => log('at 38'), 38)
  }`,
  'immediates run in order, those that they start in the next turn': `(log) => {
    setImmediate(() => { log('one'); setImmediate(() => log('three')); queueMicrotask(() => log('microtask')) })
    setImmediate(() => log('two'))
  }`,
  'errors go through awaits': `async (log) => {
    const fails = async () => { await null; throw new Error('late') }
    const throwsAtOnce = async () => { throw new Error('at once') }
    try { await fails() } catch (error) { log(error.message) } finally { log('finally') }
    const promise = throwsAtOnce()
    log('called')
    await promise.catch((error) => log(error.message))
    const withDefault = async (a = (() => { throw new Error('default') })()) => a
    await withDefault().catch((error) => log(error.message))
    try { await Promise.reject(7) } catch (error) { log('caught ' + error) }
  }`,
  'promises of many': `async (log) => {
    const after = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value))
    log(String(await Promise.all([after(3, 'a'), after(1, 'b'), 'c'])))
    log(await Promise.race([after(30, 'slow'), after(5, 'fast')]))
    const settled = await Promise.allSettled([after(1, 'x'), Promise.reject(new Error('y'))])
    log(settled.map((one) => one.status).join())
    log(await Promise.any([Promise.reject(1), after(2, 'any')]))
  }`,
  'thenables, nested promises and async iteration': `async (log) => {
    log(await { then(resolve) { log('then called'); resolve('thenable') } })
    const nested = async () => (async () => 'inner')()
    log(await nested())
    async function* numbers() { yield 1; await null; yield 2 }
    for await (const number of numbers()) log('number ' + number)
    const { promise, resolve } = (() => { let resolve; const promise = new Promise((yes) => { resolve = yes }); return { promise, resolve } })()
    setTimeout(() => resolve('resolved later'), 2)
    log(await promise)
  }`,
  'async callbacks and methods': `async (log) => {
    class Worker { #count = 0; async work(n) { await null; this.#count += n; return this.#count } }
    const worker = new Worker()
    log(String(await Promise.all([1, 2, 3].map((n) => worker.work(n)))))
    await new Promise((resolve) => setTimeout(async () => { await null; log('in a timer'); resolve() }, 1))
    setTimeout(async () => { await null; log('after all') }, 1)
  }`,
}

const folder = temporaryFolder()
const file = scenarioFile(
  `import { scenario } from 'heddle'
   export const programs = {${Object.entries(PROGRAMS)
     .map(([name, source]) => `${JSON.stringify(name)}: ${source}`)
     .join(',\n')}}
   export default Object.entries(programs).map(([name, program]) => scenario(name, {
     peers: 1,
     setup: () => [],
     peer: (lines, me) => program((text) => me.event(text)),
   }))`,
  folder,
)
const plain = scenarioFile(
  `// not from 'heddle'
   export const programs = {${Object.entries(PROGRAMS)
     .map(([name, source]) => `${JSON.stringify(name)}: ${source}`)
     .join(',\n')}}`,
  folder,
  'plain.mjs',
)

test.serial('event loop: a peer alone does everything in the order of Node', async (t) => {
  const { programs } = (await import(pathToFileURL(plain).href)) as { programs: Record<string, Program> }
  const subjects = await discover([file])
  for (const [name, program] of Object.entries(programs)) {
    const subject = subjects.find(({ scenario }) => scenario.name === name)
    const stepped: string[][] = []
    for (const seed of [1, 2]) {
      const outcome = await outcomeOf(subject as never, seed)
      t.is(outcome.failure, undefined, `${name}: ${outcome.failure?.message}`)
      stepped.push(outcome.history.map((event) => event.name))
    }
    // Where the machine is busy, native timers that are due at different moments may find themselves due together: then once more.
    let native = await runNatively(program)
    for (let attempt = 1; attempt < NATIVE_ATTEMPTS && native.join() !== stepped[0]?.join(); attempt++) native = await runNatively(program)
    t.deepEqual(stepped, [native, native], name)
  }
})

async function runNatively(program: (log: (text: string) => unknown) => unknown): Promise<string[]> {
  const said: string[] = []
  await new Promise((resolve) => setImmediate(() => resolve(program((text) => said.push(text)))))
  // Longer than the longest timer.
  await new Promise((resolve) => setTimeout(resolve, 120))
  return said
}

test.serial('event loop: two async peers interleave at every await, and a campaign is deterministic', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('async counters', {
      peers: 2,
      setup: () => new Int32Array(new SharedArrayBuffer(8)),
      async peer(words) {
        const seen = Atomics.load(words, 0)
        await null
        Atomics.store(words, 0, seen + 1)
      },
      invariants: [{ name: 'counted', atEnd: (words) => (words[0] === 2 ? undefined : 'counted ' + words[0]) }],
      knownBad: { breaks: ['counted'] },
    })`)
  for (const strategy of ['random', 'pct'] as const) {
    const result = await campaignOf(subject, { strategy, runs: 400 })
    t.is(result.status, 'passed', result.remarks.join())
    t.is(result.failure?.failure?.name, 'counted')
  }
})

test.serial('event loop: a rejection that nobody handles is a violation, wherever it comes from', async (t) => {
  const forms = {
    'async peer': 'async (words) => { Atomics.load(words, 0); await null; throw new Error("lost") }',
    'at once': 'async () => { throw new Error("lost") }',
    'not awaited': '(words) => { const other = async () => { Atomics.load(words, 0); throw new Error("lost") }; other(); Atomics.load(words, 0) }',
    'not awaited, later': '(words) => { const other = async () => { await null; throw new Error("lost") }; other(); Atomics.load(words, 0) }',
    'callback of a timer': '(words) => { setTimeout(() => { throw new Error("lost") }, 5); Atomics.load(words, 0) }',
    'async callback of a timer': '(words) => { setTimeout(async () => { await null; throw new Error("lost") }, 5); Atomics.load(words, 0) }',
    microtask: '(words) => { queueMicrotask(() => { throw new Error("lost") }); Atomics.load(words, 0) }',
    'callback of then': '(words) => { Promise.resolve().then(() => { throw new Error("lost") }); Atomics.load(words, 0) }',
    'plain promise': '(words) => { Promise.reject(new Error("lost")); Atomics.load(words, 0) }',
  }
  for (const [form, peer] of Object.entries(forms)) {
    const subject = await subjectFrom(
      `export default scenario(${JSON.stringify(form)}, { peers: 2, setup: () => new Int32Array(new SharedArrayBuffer(8)), peer: ${peer} })`,
    )
    const result = await campaignOf(subject, { runs: 50 })
    t.is(result.status, 'failed', `${form}: ${result.status} ${result.remarks.join()}`)
    t.is(result.failure?.failure?.name, 'peer threw')
    t.regex(String(result.failure?.failure?.message), /threw Error: lost/, form)
    t.regex(String(result.failure?.failure?.stack), /subject\.scenario\.ts:/, form)
  }
})

test.serial('event loop: a rejection that somebody handles is none', async (t) => {
  const forms = {
    'awaited later': 'async (words) => { const p = (async () => { throw new Error("found") })(); try { await p } catch { Atomics.load(words, 0) } }',
    catch: '(words) => { (async () => { throw new Error("found") })().catch(() => {}); Atomics.load(words, 0) }',
    'callback of then': '(words) => { Promise.reject(new Error("found")).then(undefined, () => Atomics.load(words, 0)); Atomics.load(words, 0) }',
    'all settled': 'async (words) => { await Promise.allSettled([(async () => { await null; throw new Error("found") })()]); Atomics.load(words, 0) }',
  }
  for (const [form, peer] of Object.entries(forms)) {
    const subject = await subjectFrom(
      `export default scenario(${JSON.stringify(form)}, { peers: 2, setup: () => new Int32Array(new SharedArrayBuffer(8)), peer: ${peer} })`,
    )
    const result = await campaignOf(subject, { runs: 50 })
    t.is(result.status, 'passed', `${form}: ${result.status} ${result.remarks.join()} ${result.failure?.failure?.message}`)
  }
})

test.serial('event loop: operations in promise callbacks are steps of their peer', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('then', {
      peers: 2,
      setup: () => new Int32Array(new SharedArrayBuffer(8)),
      peer(words) {
        Promise.resolve().then(() => {
          const seen = Atomics.load(words, 0)
          Atomics.store(words, 0, seen + 1)
        })
      },
      invariants: [{ name: 'counted', atEnd: (words) => (words[0] === 2 ? undefined : 'counted ' + words[0]) }],
      knownBad: { breaks: ['counted'] },
    })`)
  const result = await campaignOf(subject)
  t.is(result.status, 'passed', result.remarks.join())
  t.is(result.failure?.failure?.message, 'counted 1')
})

test.serial('event loop: a promise that never settles is a deadlock', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('never', { peers: 2, setup: () => new Int32Array(new SharedArrayBuffer(8)), async peer(words, me) { Atomics.load(words, 0); if (me.id === 0) await new Promise(() => {}) } })`)
  const { failure } = await campaignOf(subject)
  t.is(failure?.failure?.message, 'peer 0 waits, and nobody is left to wake it')
})

test.serial('event loop: a promise that another peer settles', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('across', {
      peers: { waiter: 1, other: 1 },
      setup: () => { const world = { words: new Int32Array(new SharedArrayBuffer(8)) }; world.promise = new Promise((resolve) => { world.resolve = resolve }); return world },
      peer: {
        async waiter({ words, promise }) { Atomics.load(words, 0); await promise; Atomics.load(words, 0) },
        other({ words, resolve }) { Atomics.load(words, 0); resolve(); Atomics.load(words, 0) },
      },
    })`)
  const result = await campaignOf(subject)
  t.is(result.status, 'passed', result.failure?.failure?.message)
})

test.serial('event loop: a timer of an earlier execution stops none of a later one', async (t) => {
  const subject = await subjectFrom(`
    let kept
    export default scenario('kept timer', {
      peers: 1,
      setup: () => new Int32Array(new SharedArrayBuffer(8)),
      peer(words, me) {
        Atomics.load(words, 0)
        const before = kept
        kept = setTimeout(() => me.event('fired'), 5)
        kept.mine = true
        if (before !== undefined) clearTimeout(before)
      },
    })`)
  for (let i = 0; i < 3; i++) {
    const outcome = await outcomeOf(subject)
    t.deepEqual(
      outcome.history.map((event) => event.name),
      ['fired'],
    )
  }
})

test.serial('event loop: many tasks in a row need no stack', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('many tasks', {
      peers: 1,
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)), count: 0 }),
      peer(world) {
        Atomics.load(world.words, 0)
        for (let i = 0; i < 30000; i++) queueMicrotask(() => { if (world.count++ < 0) Atomics.load(world.words, 0) })
      },
      invariants: [{ name: 'all', atEnd: (world) => (world.count === 30000 ? undefined : 'only ' + world.count) }],
    })`)
  const outcome = await outcomeOf(subject)
  t.is(outcome.failure, undefined, outcome.failure?.message)
})

test.serial('event loop: an async operation returns, or throws, when its promise settles', async (t) => {
  const subject = await subjectFrom(`
    async function read(words, index) {
      await null
      const value = Atomics.load(words, index)
      if (value > 0) throw new Error('not zero')
      return value
    }
    export default scenario('async operation', {
      peers: 1,
      setup: () => new Int32Array(new SharedArrayBuffer(8)),
      async peer(words, me) {
        const first = me.call('read', [words, 0], read)
        me.event('called')
        const value = await first
        me.event('value', value)
        Atomics.store(words, 1, 1)
        try { await me.call('read', [words, 1], read) } catch (error) { me.event('caught') }
      },
    })`)
  const { history, failure } = await outcomeOf(subject)
  t.is(failure, undefined, failure?.message)
  t.deepEqual(
    history.map(({ kind, name, data }) => (kind === 'return' ? [kind, data] : [kind, name])),
    [
      ['invoke', 'read'],
      ['event', 'called'],
      ['return', 0],
      ['event', 'value'],
      ['invoke', 'read'],
      ['throw', 'read'],
      ['event', 'caught'],
    ],
  )
})
