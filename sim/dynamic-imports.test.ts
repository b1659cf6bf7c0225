import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'
import { type DiscoveredScenario, discover } from './discover.js'
import { DynamicImports } from './dynamic-imports.js'
import { execution } from './execution.js'
import { replay } from './replay.js'
import { RandomWalk } from './strategies/random.js'
import { actorsOfTrace, campaignOf, execute, executeMany, loadSubject, outcomeOf, STRATEGIES, scenarioFile, temporaryFolder } from './subjects.test.support.js'

type Files = Readonly<Record<string, string>>

/** A project of its own with the scenario `source` in it: nothing of it was ever loaded. */
function project(source: string, files: Files): string {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return scenarioFile(source, folder)
}

async function subject(source: string, files: Files): Promise<DiscoveredScenario> {
  const [found] = await discover([project(source, files)])
  return found as DiscoveredScenario
}

/** Two peers load what they need when they need it, and look at what modules have done so far. */
const PLUGINS = `
import { plugins } from './plugins.js'
export default scenario('plugins', {
  peers: 2,
  setup: () => new Int32Array(new SharedArrayBuffer(64)),
  async peer(words, me) {
    Atomics.add(words, 0, plugins.length)
    if (!plugins.includes('one')) await import('./one.js')
    const name = Atomics.add(words, 1, 1) === 0 ? 'two' : 'three'
    const [{ run }] = await Promise.all([import('./' + name + '.js'), import('node:path')])
    run(words)
    import('library').then(({ count }) => count(words))
    await import('./missing.js').catch(({ code }) => Atomics.store(words, 4, code.length))
    Atomics.add(words, 5, plugins.length + Math.floor(Math.random() * 1000) + (Date.now() % 1000))
  },
})`
const PLUGIN_FILES = {
  'plugins.js': 'export const plugins = []',
  'one.js': "import { plugins } from './plugins.js'; plugins.push('one'); Math.random(); export const made = Date.now()",
  'two.js': "import { plugins } from './plugins.js'; plugins.push('two'); export const run = (words) => Atomics.add(words, 2, 2)",
  'three.js':
    "import { plugins } from './plugins.js'; await null; plugins.push('three'); export const run = (words) => { Atomics.add(words, 2, 3); Atomics.add(words, 3, 1) }",
  'node_modules/library/package.json': '{"name":"library","main":"index.cjs"}',
  'node_modules/library/index.cjs': 'exports.count = (words) => words.length',
}

for (const [name, strategy] of Object.entries(STRATEGIES)) {
  test.serial(`imports: the first execution is like all others, ${name}`, async (t) => {
    const one = await subject(PLUGINS, PLUGIN_FILES)
    loadSubject(one)
    for (const seed of [1, 2, 3, 1, 2]) {
      await execute(seed, strategy())
      const first = execution.trace.hash()
      t.is(execution.failure, undefined)
      await execute(seed, strategy())
      t.is(execution.trace.hash(), first, `seed ${seed}`)
    }
  })
}

test.serial('imports: a recording replays where nothing was loaded before, and in another project the trace is the same', async (t) => {
  // What the top level of a module tells others is state of modules, which recordings do not hold.
  const quiet = PLUGINS.replaceAll('plugins.length', '1').replace('if (!plugins.includes', 'if (plugins.includes')
  const first = await subject(quiet, PLUGIN_FILES)
  const outcome = await outcomeOf(first, 7)
  t.is(outcome.verdict, 'passed')
  const second = await subject(quiet, PLUGIN_FILES)
  const again = await replay({ ...outcome.recording, file: second.file }, second)
  t.deepEqual([again.traceHash, again.trace.length], [outcome.traceHash, outcome.trace.length])
  const third = await subject(quiet, PLUGIN_FILES)
  loadSubject(third)
  await execute(7, new RandomWalk())
  t.is(execution.trace.hash(), outcome.traceHash)
})

test.serial('imports: a replay begins anew where a module was loaded that recorded executions found loaded', async (t) => {
  const source = `
    import { plugins } from './plugins.js'
    export default scenario('one plugin', {
      peers: 2,
      setup: () => new Int32Array(new SharedArrayBuffer(4)),
      async peer(words) {
        if (plugins.length === 0) await import('./one.js')
        for (let i = 0; i < plugins.length; i++) Atomics.add(words, 0, 1)
      },
    })`
  const { recording, traceHash } = await outcomeOf(await subject(source, PLUGIN_FILES), 7)
  t.is((await replay(recording, await subject(source, PLUGIN_FILES))).traceHash, traceHash)
})

test.serial('imports: a campaign passes, and finds all orders', async (t) => {
  const result = await campaignOf(await subject(PLUGINS, PLUGIN_FILES), { runs: 500 })
  t.deepEqual([result.status, result.remarks], ['passed', []])
  t.true(result.distinct > 20)
})

test.serial('imports: a module is evaluated once for all peers, in the real world, and its code is stepped', async (t) => {
  const one = await subject(
    `export default scenario('shared', {
       peers: 3,
       setup: () => new Int32Array(new SharedArrayBuffer(4)),
       async peer(words, me) {
         const { bump, facts } = await import('./shared.js')
         bump(words)
         bump(words)
         me.event('facts', facts)
       },
       invariants: [{ name: 'sum', atEnd: (words) => words[0] >= 2 && words[0] <= 6 ? undefined : String(words[0]) }],
     })`,
    {
      'shared.js': `
        import { existsSync } from 'node:fs'
        let evaluations = 0
        const own = new Int32Array(new SharedArrayBuffer(4))
        export const facts = { evaluations: ++evaluations, exists: existsSync(import.meta.filename), own }
        export function bump(words) { Atomics.store(words, 0, Atomics.load(words, 0) + 1); Atomics.add(own, 0, 1) }`,
    },
  )
  const finals = new Set<number>()
  let total = 0
  await executeMany(one, new RandomWalk(), 100, () => {
    t.is(execution.failure, undefined)
    finals.add((execution.world as Int32Array)[0] as number)
    const [event] = execution.history
    const { evaluations, exists, own } = (event as { data: unknown }).data as { evaluations: number; exists: boolean; own: Int32Array }
    t.deepEqual([evaluations, exists], [1, true])
    total = own[0] as number
  })
  // Steps of different peers went between those of one, and the module's memory is no execution's.
  t.true(finals.size > 2)
  t.is(total, 101 * 6)
  t.true(new Set(actorsOfTrace()).size >= 3)
})

const REQUIRES = `
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
export default scenario('requires', {
  peers: 2,
  setup: () => new Int32Array(new SharedArrayBuffer(16)),
  peer(words, me) {
    const state = require('./state.cjs')
    Atomics.add(words, 0, state.loaded.length)
    const { own, exists } = require('./later.cjs')
    Atomics.add(words, 1, state.loaded.length)
    new Int32Array(new SharedArrayBuffer(4))[0] = 7
    me.event('facts', { own: Atomics.load(own, 0), exists })
    delete require.cache[require.resolve('./again.cjs')]
    Atomics.add(words, 2, require('./again.cjs').value)
  },
})`

test.serial('imports: what CommonJS requires while a peer runs is evaluated once in the real world, and the first execution is like all others', async (t) => {
  const one = await subject(REQUIRES, {
    'state.cjs': 'exports.loaded = []',
    'later.cjs': `
      require('./state.cjs').loaded.push('later')
      exports.own = new Int32Array(new SharedArrayBuffer(4))
      exports.exists = require('node:fs').existsSync(__filename)`,
    'again.cjs': 'exports.value = 3',
  })
  loadSubject(one)
  await execute(1, new RandomWalk())
  const first = execution.trace.hash()
  for (let i = 0; i < 3; i++) {
    await execute(1, new RandomWalk())
    t.is(execution.failure, undefined)
    t.is(execution.trace.hash(), first)
    for (const { data } of execution.history) t.deepEqual(data, { own: 0, exists: true })
  }
})

test.serial('imports: promises that module variables keep settle, although the execution is run again', async (t) => {
  const result = await campaignOf(
    await subject(
      `let ready
       const start = async () => (await import('./a.js')).value
       export default scenario('lazy', {
         peers: 2,
         setup: () => new Int32Array(new SharedArrayBuffer(4)),
         async peer(words) { ready ??= start(); Atomics.add(words, 0, await ready) },
         invariants: [{ name: 'sum', atEnd: (words) => words[0] === 4 ? undefined : String(words[0]) }],
       })`,
      { 'a.js': 'export const value = 2' },
    ),
  )
  t.deepEqual([result.status, result.remarks, result.failure?.failure], ['passed', [], undefined])
})

test.serial('imports: from set-up, from recoveries and of peers that crash', async (t) => {
  const result = await campaignOf(
    await subject(
      `export default scenario('crashes', {
         peers: 2,
         setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)), module: import('./a.js') }),
         async peer({ words, module }) {
           ;(await module).bump(words)
           ;(await import('./b.js')).bump(words)
         },
         async recover({ words }) { (await import('./c.js')).bump(words, 1) },
         faults: { crashes: 1, restarts: 1 },
         invariants: [{ name: 'sum', atEnd: ({ words }) => words[0] >= 2 && words[0] <= 6 ? undefined : String(words[0]) }],
       })`,
      Object.fromEntries(['a', 'b', 'c'].map((name) => [`${name}.js`, 'export const bump = (words, at = 0) => Atomics.add(words, at, 1)'])),
    ),
  )
  t.deepEqual([result.status, result.remarks, result.failure?.failure], ['passed', [], undefined])
})

test.serial('imports: a rejection that nobody handles is a violation', async (t) => {
  const { failure } = await campaignOf(
    await subject(
      `export default scenario('unhandled', { peers: 2, setup: () => new Int32Array(new SharedArrayBuffer(4)), peer(words, me) { Atomics.add(words, 0, 1); if (me.id === 1) import('./missing.js') } })`,
      {},
    ),
  )
  t.regex(failure?.failure?.message ?? '', /^peer 1 threw Error: Cannot find module '.*missing\.js' imported from .* \(a rejection that nobody handled\)$/)
})

test.serial('imports: a top level that never ends is a fault that names the import', async (t) => {
  const one = await subject(
    `export default scenario('waits', { peers: 1, setup: () => new Int32Array(new SharedArrayBuffer(4)), async peer(words) { await import('./endless.js') } })`,
    { 'endless.js': 'await new Promise(() => {})' },
  )
  loadSubject(one)
  const imports = new DynamicImports(execution, 20)
  void imports.ask('./endless.js', one.file, undefined)
  t.true(imports.mustLoad)
  await t.throwsAsync(imports.load(), {
    name: 'HarnessFault',
    message: /^scenario "waits": expected import\("\.\/endless\.js"\) in .*subject\.scenario\.ts to end, got no end within 20 ms/,
  })
})

test.serial('imports: a specifier that is another one each time is a fault', async (t) => {
  const result = await campaignOf(
    await subject(
      `let count = 0
       export default scenario('ever new', { peers: 1, setup: () => new Int32Array(new SharedArrayBuffer(4)), async peer() { await import('./a.js?' + count++) } })`,
      { 'a.js': '' },
    ),
  )
  t.is(result.status, 'fault')
  t.regex(
    result.remarks.join(),
    /loads another module each time the same execution is run, lastly for import\("\.\/a\.js\?\d+"\) in .*subject\.scenario\.ts; expected/,
  )
})
